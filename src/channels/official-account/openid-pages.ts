import type { z } from 'zod'
import type { openIdPage } from '../../wechat/payloads/users.ts'

export type OpenIdPage = {
  readonly openIds: string[]
  /** Pass it as `after` for the next page; null after the last. */
  readonly next: string | null
  /** Of the whole list, where the call tells it. */
  readonly total: number | undefined
}

/**
 * The last page echoes its own last openid, so only an empty one (or an empty `next_openid`) is the end. A page that
 * leads back to where it started would never end and counts as the last.
 */
export function followUpOf(page: z.output<typeof openIdPage>, after?: string): OpenIdPage {
  const openIds = page.data?.openid ?? []
  const ends = openIds.length === 0 || page.next_openid === '' || page.next_openid === after
  return { openIds, next: ends ? null : page.next_openid, total: page.total }
}
