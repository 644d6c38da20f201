import type { PassiveReply } from '../../channels/wechat-api/passive-reply.ts'
import { dependsOnPerson, render } from '../messages/index.ts'
import type { ResolvedContent } from '../messages/schema.ts'

type Passable = {
  content: ResolvedContent
  card: { title: string; description: string; url: string; picurl: string } | null
  animated: boolean
}

/**
 * A reply as the answer to the push itself (被动回复): null for what that can't hold (menu messages, cards of mini programs, moving
 * pictures) and for what has to be looked up for each person.
 */
export function passiveOf({ content, card, animated }: Passable, accountName: string): PassiveReply | null {
  if (content.channel !== 'customer-service' || dependsOnPerson(content)) return null
  const names = Object.keys(content.variables)
  const rendered = render(content, Object.fromEntries(names.map((name) => [name, accountName])))
  if (!rendered.ok || rendered.message.channel !== 'customer-service') return null
  const { message } = rendered.message
  switch (message.msgtype) {
    case 'text':
      return { type: 'text', content: message.text.content }
    case 'image':
      return animated ? null : { type: 'image', mediaId: message.image.media_id }
    case 'voice':
      return { type: 'voice', mediaId: message.voice.media_id }
    case 'video': {
      const { media_id: mediaId, title, description } = message.video
      return { type: 'video', mediaId, ...(title && { title }), ...(description && { description }) }
    }
    case 'music': {
      const { thumb_media_id: thumbMediaId, title, description, musicurl, hqmusicurl } = message.music
      return {
        type: 'music',
        thumbMediaId,
        musicUrl: musicurl,
        highQualityMusicUrl: hqmusicurl,
        ...(title && { title }),
        ...(description && { description }),
      }
    }
    case 'news':
      return newsOf(message.news.articles[0])
    case 'mpnewsarticle':
      return card === null ? null : newsOf(card)
    default:
      return null
  }
}

function newsOf(
  card: { title: string; description?: string; url: string; picurl?: string } | undefined,
): PassiveReply | null {
  if (card === undefined) return null
  const { title, description = '', url, picurl: pictureUrl = '' } = card
  return { type: 'news', articles: [{ title, description, url, pictureUrl }] }
}
