import { isWebAddress } from '../../../wechat/rules/customer-service-limits.ts'
import type { ContentLink, ResolvedContent } from '../schema/resolved.ts'
import { hasPlaceholder } from './placeholders.ts'
import { isMiniProgramLink, textParts } from './text-parts.ts'

/** Web addresses that differ from person to person can't be one link of a send; paths of mini programs can. */
export const canFollow = (kind: ContentLink['kind'], url: string): boolean =>
  kind === 'mini-program' ? url !== '' : isWebAddress(url) && !hasPlaceholder(url)

/** Links of one message that are followed at most; those after them are written as they are. */
export const MOST_FOLLOWED = 64

/** Links of a content in the order in which rendering ties them, as many as are followed. Articles of WeChat opened by id have no address to follow. */
export function linksOf(content: ResolvedContent): ContentLink[] {
  const links: ContentLink[] = []
  const add = (kind: ContentLink['kind'], url: string, label: string) => {
    if (canFollow(kind, url) && links.length < MOST_FOLLOWED)
      links.push({ index: links.length, kind, url, label })
  }
  if (content.channel !== 'customer-service') {
    const { title } = content.template
    if (content.miniProgram !== null) add('mini-program', content.miniProgram.pagepath, title)
    add('web', content.channel === 'template' ? content.url : content.page, title)
    return links
  }
  const { message } = content
  if (message.msgtype === 'news') {
    const [card] = message.news.articles
    add('web', card.url, card.title)
  }
  if (message.msgtype === 'miniprogrampage') {
    add('mini-program', message.miniprogrampage.pagepath, message.miniprogrampage.title)
  }
  if (message.msgtype === 'text') {
    for (const part of textParts(message.text.content)) {
      if (part.kind === 'bare') add('web', part.url, part.url)
      if (part.kind !== 'link') continue
      if (isMiniProgramLink(part)) add('mini-program', part.path, part.label)
      else add('web', part.href, part.label)
    }
  }
  return links
}
