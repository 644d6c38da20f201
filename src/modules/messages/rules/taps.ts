import { isMenuLink } from '../../../wechat/rules/customer-service-limits.ts'
import type { ResolvedContent } from '../schema/resolved.ts'
import { textParts } from './text-parts.ts'

/**
 * What a tap on this content sends in the fan's name: the items of a 菜单消息, and what `weixin://bizmsgmenu` links of a text say.
 * WeChat tells such a tap by the item's id, which is known to be missing now and then.
 */
export function tapsOf(content: ResolvedContent): string[] {
  if (content.channel !== 'customer-service') return []
  const { message } = content
  if (message.msgtype === 'msgmenu') return distinct(message.msgmenu.list.map((item) => item.content))
  if (message.msgtype !== 'text') return []
  return distinct(
    textParts(message.text.content).flatMap((part) =>
      part.kind === 'link' && isMenuLink(part.href) ? [saidBy(part.href, part.label)] : [],
    ),
  )
}

function saidBy(href: string, label: string): string {
  const said = new URLSearchParams(href.slice(href.indexOf('?') + 1)).get('msgmenucontent')
  return said === null || said === '' ? label : said
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts.filter((text) => text !== ''))]
