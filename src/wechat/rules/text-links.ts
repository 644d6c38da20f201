/** Where articles of accounts live; a sandbox adds the simulator's host. */
export const ARTICLE_HOSTS: readonly string[] = ['mp.weixin.qq.com']

export type TextLink =
  | { readonly kind: 'article'; readonly href: string; readonly label: string }
  | {
      readonly kind: 'mini-program'
      readonly href: string
      readonly label: string
      readonly appId: string
      readonly path: string
    }
  | { readonly kind: 'foreign'; readonly href: string; readonly label: string }

export type TextPart = { readonly kind: 'text'; readonly text: string } | TextLink

const anchor = /<a\b([^>]*)>([\s\S]*?)<\/a>/gi
const bareUrl = /https?:\/\/[^\s<>"'，。；、！？）】]+/gi

/** Splits a text into plain stretches and links, as the chat shows them; a bare address becomes a link there too. */
export function partsOfText(text: string, articleHosts = ARTICLE_HOSTS): TextPart[] {
  const parts: TextPart[] = []
  let from = 0
  for (const match of text.matchAll(anchor)) {
    parts.push(...plainParts(text.slice(from, match.index), articleHosts))
    parts.push(anchorLink(match[1] ?? '', match[2] ?? '', articleHosts))
    from = match.index + match[0].length
  }
  return [...parts, ...plainParts(text.slice(from), articleHosts)]
}

function plainParts(text: string, articleHosts: readonly string[]): TextPart[] {
  const parts: TextPart[] = []
  let from = 0
  for (const match of text.matchAll(bareUrl)) {
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) })
    parts.push({
      kind: isArticle(match[0], articleHosts) ? 'article' : 'foreign',
      href: match[0],
      label: match[0],
    })
    from = match.index + match[0].length
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) })
  return parts
}

function anchorLink(attributes: string, label: string, articleHosts: readonly string[]): TextLink {
  const href = attribute(attributes, 'href')
  const appId = attribute(attributes, 'data-miniprogram-appid')
  const path = attribute(attributes, 'data-miniprogram-path')
  if (appId || path) return { kind: 'mini-program', href, label, appId, path }
  return { kind: isArticle(href, articleHosts) ? 'article' : 'foreign', href, label }
}

function attribute(attributes: string, name: string): string {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(attributes)
  return (match?.[1] ?? match?.[2] ?? '').replaceAll('&amp;', '&').trim()
}

function isArticle(href: string, articleHosts: readonly string[]): boolean {
  if (!URL.canParse(href)) return false
  const { protocol, host, pathname } = new URL(href)
  return /^https?:$/.test(protocol) && articleHosts.includes(host) && /^\/s(\/|$)/.test(pathname)
}
