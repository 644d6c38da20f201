import { type BeijingMonth, beijingMonth, monthAfter, nextBeijingMonth } from '../../kernel/beijing.ts'
import { type AbilityDecision, type AccountType, decideAbility } from './account-abilities.ts'

/** 群发接口和原创校验, checked 2026-11: what a fan of a service account may receive in a calendar month of Beijing. */
export const SENDS_PER_FAN_AND_MONTH = 4
/** The same page: successful mass sends of a subscription account in a Beijing day. */
export const SENDS_PER_DAY_OF_SUBSCRIPTION_ACCOUNT = 1
/** Calls of `sendall` and `send` together in a Beijing day; quota/get may promise more than is granted. */
export const SEND_CALLS_PER_DAY = 100
/** Calls of all `message/mass` interfaces in a minute. */
export const MASS_CALLS_PER_MINUTE = 60
/** Previews by WeChat id in a day; those by openid are not counted among them. */
export const PREVIEWS_BY_WECHAT_ID_PER_DAY = 100
/** `draft/add` in a day: preparing makes one copy per batch. Rises with the number of fans; read quota/get. */
export const DRAFTS_ADDED_PER_DAY = 1000
/** Deletions of what was sent in a day. */
export const MASS_DELETES_PER_DAY = 10

/** 群发保护: an administrator confirms within this, or WeChat drops the send with err(40002). */
export const CONFIRM_WITHIN_MS = 30 * 60_000

/** By openid list, by WeChat tag, or to all followers. */
export type BroadcastPath = 'list' | 'tag' | 'all'

export const decidePath = (account: AccountType, path: BroadcastPath): AbilityDecision =>
  decideAbility(account, `broadcast-${path}`)

/** Only a send to all appears in the account's history. */
export const entersHistory = (path: BroadcastPath): boolean => path === 'all'

/** By tag or to all WeChat chooses the people: our list is an estimate and totals are reconciled. */
export const isExact = (path: BroadcastPath): boolean => path === 'list'

/** How long before a month's end a job may still be running when the next month begins. */
export const MONTH_EDGE_MINUTES = 30

/**
 * The months in which a job submitted at this instant reserves one of the fan's four: near the end of a month WeChat
 * may count it in either, so it takes its place in both.
 */
export function monthsToReserve(at: Date): BeijingMonth[] {
  const month = beijingMonth(at)
  const minutesLeft = (nextBeijingMonth(at).getTime() - at.getTime()) / 60_000
  return minutesLeft <= MONTH_EDGE_MINUTES ? [month, monthAfter(month)] : [month]
}

/** What the month has left for a fan; a ledger that ran over (console sends were added later) counts as empty. */
export const monthRemaining = (used: number): number => Math.max(0, SENDS_PER_FAN_AND_MONTH - used)

/** `used` holds the fan's count in each month the send would reserve in. */
export const canReachFan = (used: readonly number[]): boolean =>
  used.every((count) => count < SENDS_PER_FAN_AND_MONTH)

/** Whether the account's own day still has room for a send; service accounts have no such limit. */
export const accountDayRemaining = (account: AccountType, sentToday: number): number =>
  account.kind === 'service'
    ? Number.POSITIVE_INFINITY
    : Math.max(0, SENDS_PER_DAY_OF_SUBSCRIPTION_ACCOUNT - sentToday)

/** Calls of the day that are left for `send` and `sendall`. */
export const callsRemaining = (calledToday: number): number => Math.max(0, SEND_CALLS_PER_DAY - calledToday)
