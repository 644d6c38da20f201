import { partsOfText } from '../../../wechat/rules/text-links.ts'

/** A stretch of a text message: plain, or a link whose address and label may hold placeholders. */
export type TextPart =
  | { kind: 'plain'; text: string }
  | { kind: 'bare'; url: string }
  | ({ kind: 'link' } & LinkInText)

/** Splits a text message into what is filled in as text and what is filled in as an address. */
export const textParts = (text: string): TextPart[] =>
  partsOfText(text).map((part) => {
    if (part.kind === 'text') return { kind: 'plain', text: part.text }
    if (part.kind === 'mini-program') {
      return { kind: 'link', href: part.href, label: part.label, appId: part.appId, path: part.path }
    }
    // A bare address shows itself; written as a link with itself as its label it means the same.
    if (part.href === part.label) return { kind: 'bare', url: part.href }
    return { kind: 'link', href: part.href, label: part.label, appId: '', path: '' }
  })

export const isMiniProgramLink = (part: Extract<TextPart, { kind: 'link' }>): boolean =>
  part.appId !== '' || part.path !== ''

/** A link as somebody writes it; with `appId` and `path` it leads into a mini program. */
export type LinkInText = { href: string; label: string; appId: string; path: string }

/** The text of a link as WeChat reads it. */
export function writeLink(link: LinkInText): string {
  const attributes = [
    `href="${quoted(link.href)}"`,
    ...(link.appId === '' ? [] : [`data-miniprogram-appid="${quoted(link.appId)}"`]),
    ...(link.path === '' ? [] : [`data-miniprogram-path="${quoted(link.path)}"`]),
  ]
  return `<a ${attributes.join(' ')}>${link.label}</a>`
}

const quoted = (value: string): string => value.replaceAll('"', '%22')
