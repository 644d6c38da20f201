import { isObject, type JsonObject } from '../../json.ts'
import type { Queries } from '../../store/database.ts'
import type { Account } from '../account.ts'
import { findMedia, type MediaRow } from '../material/store.ts'

/** 被动回复, checked 2026-11: one card to a message, up to eight to an event; texts as for customer-service messages. */
const MAX_TEXT_BYTES = 2_048
const MAX_URL_BYTES = 2_048
const MOST_CARDS = 8

export type Judged = { msgtype: string; content: JsonObject }
type Asked = { db: Pick<Queries, 'row'>; account: Account; now: Date; toMessage: boolean }

/** What is wrong with a reply that has the right shape; undefined where the fan gets it. */
export async function judgeReply({ msgtype, content }: Judged, asked: Asked): Promise<string | undefined> {
  switch (msgtype) {
    case 'text':
      return judgeText(String(content['content']), asked.account)
    case 'image':
    case 'voice':
    case 'video':
      return judgeMedia(content['media_id'], [msgtype], asked)
    case 'music':
      return judgeMusic(content, asked)
    case 'news':
      return judgeNews(content['articles'], asked)
    default:
      return undefined
  }
}

function judgeText(text: string, account: Account): string | undefined {
  if (text.trim() === '') return 'an empty text'
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_TEXT_BYTES) return `a text of ${bytes} bytes`
  const { miniPrograms } = account.settings
  for (const [, , appid] of text.matchAll(/\bdata-miniprogram-appid\s*=\s*(["'])(.*?)\1/gi))
    if (miniPrograms && !miniPrograms.includes(appid ?? ''))
      return `a mini program that is not linked: ${appid}`
  return undefined
}

async function judgeMedia(
  id: unknown,
  kinds: readonly MediaRow['kind'][],
  { db, account, now }: Asked,
): Promise<string | undefined> {
  const found = typeof id === 'string' && id !== '' ? await findMedia(db, account.id, id, now) : undefined
  if (found === undefined) return 'no such media'
  if (!kinds.includes(found.kind)) return `media of another kind: ${found.kind}`
  return found.content_type === 'image/gif' && kinds.includes('image') ? 'a moving picture' : undefined
}

async function judgeMusic(content: JsonObject, asked: Asked): Promise<string | undefined> {
  const wrong = [content['MusicUrl'], content['HQMusicUrl']].find(
    (url) => url !== undefined && url !== '' && !isAddress(url),
  )
  if (wrong !== undefined) return 'an address that is none'
  return judgeMedia(content['ThumbMediaId'], ['thumb', 'image'], asked)
}

function judgeNews(articles: unknown, { toMessage }: Asked): string | undefined {
  const cards = Array.isArray(articles) ? articles.filter(isObject) : []
  const most = toMessage ? 1 : MOST_CARDS
  if (cards.length === 0 || cards.length > most) return `${cards.length} cards`
  for (const { Title, Description, Url, PicUrl } of cards) {
    if (!Title && !Description) return 'a card that says nothing'
    if (!isAddress(Url)) return 'a card that leads nowhere'
    if (PicUrl !== undefined && PicUrl !== '' && !isAddress(PicUrl)) return 'an address that is none'
  }
  return undefined
}

const isAddress = (value: unknown): boolean =>
  typeof value === 'string' &&
  Buffer.byteLength(value) <= MAX_URL_BYTES &&
  /^(https?|weixin):\/\/\S+$/i.test(value)
