/**
 * 客服消息, read 2026-11. The platform documents no length (45002 to 45006 come without numbers): a text of 2,048 bytes is what
 * is commonly used; the others are where a card is still whole on a phone. Characters are code points.
 */
export const CUSTOMER_SERVICE_LIMITS = {
  textBytes: 2_048,
  newsTitle: 64,
  newsDescription: 200,
  miniProgramTitle: 64,
  mediaTitle: 64,
  mediaDescription: 200,
  urlBytes: 1_024,
  pathBytes: 1_024,
  /** 发送客服消息 → 菜单消息; head, items and tail together count as a text. */
  menuItems: 10,
  menuItem: 60,
} as const

export type LengthBreach = { readonly limit: number; readonly actual: number }

const encoder = new TextEncoder()
export const bytesOf = (text: string): number => encoder.encode(text).length

export function overBytes(text: string, limit: number): LengthBreach | undefined {
  // Most texts are far from the limit; a code unit is at most three bytes.
  if (text.length * 3 <= limit) return undefined
  const actual = bytesOf(text)
  return actual > limit ? { limit, actual } : undefined
}

export function overCharacters(text: string, limit: number): LengthBreach | undefined {
  if (text.length <= limit) return undefined
  let actual = 0
  for (const _ of text) actual++
  return actual > limit ? { limit, actual } : undefined
}

/** What a card or link may lead to: `http` or `https`, or the menu links that WeChat itself reads. */
export const isWebAddress = (url: string): boolean =>
  URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
export const isMenuLink = (url: string): boolean => /^weixin:\/\/bizmsgmenu\?/i.test(url)
export const isAppId = (appId: string): boolean => /^wx[0-9a-f]{16}$/.test(appId)
