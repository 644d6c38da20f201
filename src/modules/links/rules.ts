/** What tells a person's tap from a machine's look. */
export type LinkRequest = {
  method: string
  headers: Record<string, string | string[] | undefined>
}

const ROBOT =
  /bot\/|slackbot|telegrambot|crawl|spider|slurp|preview|facebookexternalhit|embedly|scanner|monitor|headless|lighthouse|curl|wget|libwww|python|java\/|go-http|okhttp|node-fetch|undici|axios|httpclient|postman|^mozilla\/[45]\.0$/i
const AHEAD = /prefetch|preview|prerender/i

/**
 * Whether a request is somebody's tap: not a robot or checker of links by its name, not a look ahead by a browser or chat
 * program, not a request for the headers alone. When in doubt it is one: a shown link that nobody counts is worse.
 */
export function isTap({ method, headers }: LinkRequest): boolean {
  if (method !== 'GET') return false
  const text = (name: string) => [headers[name] ?? ''].flat().join(' ')
  if (['purpose', 'sec-purpose', 'x-purpose', 'x-moz'].some((name) => AHEAD.test(text(name)))) return false
  const agent = text('user-agent').trim()
  return agent !== '' && !ROBOT.test(agent)
}

/** WeChat and its browser may ask twice for one tap: of a link of one message, one tap counts in so long. */
export const TAP_MS = 10_000
export const tapKey = ({ deliveryId, index }: { deliveryId: string; index: number }, at: Date): string =>
  `link:${deliveryId}:${index}:${Math.floor(at.getTime() / TAP_MS)}`

/** The parameter by which pages and mini programs of the brand learn through which message they were opened. */
export const LINK_PARAMETER = 'wd'

/** Where a tap leads: the operator's address, which names the code where the page is one that we track. */
export function destinationOf(address: string, code: string, tracked: ReadonlySet<string>): string {
  if (!URL.canParse(address)) return address
  const url = new URL(address)
  // a header holds no other letters
  if (!tracked.has(url.origin)) return /^[\x21-\x7e]+$/.test(address) ? address : url.href
  url.searchParams.set(LINK_PARAMETER, code)
  return url.href
}

/** A mini program's path with the code as a parameter, in place of one that was there. */
export function tieMiniProgram(path: string, code: string): string {
  const [before = '', ...fragment] = path.split('#')
  const [page = '', query = ''] = splitOnce(before, '?')
  const kept = query.split('&').filter((pair) => pair !== '' && !pair.startsWith(`${LINK_PARAMETER}=`))
  return [`${page}?${[...kept, `${LINK_PARAMETER}=${code}`].join('&')}`, ...fragment].join('#')
}

function splitOnce(text: string, by: string): [string, string] {
  const at = text.indexOf(by)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + by.length)]
}
