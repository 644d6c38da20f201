import type { Advice } from '../../wechat/error-codes.ts'
import type { AccountKind } from '../../wechat/rules/account-abilities.ts'
import {
  DRAFTS_ADDED_PER_DAY,
  SEND_CALLS_PER_DAY,
  SENDS_PER_DAY_OF_SUBSCRIPTION_ACCOUNT,
  SENDS_PER_FAN_AND_MONTH,
} from '../../wechat/rules/broadcast-quota.ts'

/** What an account's interfaces may be used for. Null: the platform sets no such limit. */
export type AccountLimits = {
  /** 群发接口和原创校验 (2026-11): one fan of a service account in a calendar month of Beijing. */
  massPerFanPerMonth: number
  /** The same page: successful mass sends of a subscription account in a Beijing day. */
  massSendsPerDay: number | null
  /** 群发助手使用手册 (2026-11): whole sends of an account in a month. */
  massSendsPerMonth: number
  /** The same manual: people reached by mass sends in a Beijing day. */
  massRecipientsPerDay: number
  /** 群发接口和原创校验: calls of `sendall` and `send` together in a Beijing day. */
  massCallsPerDay: number
  /** 群发速度: people a minute in sends by openid list, where WeChat's own speed is not the narrower one. */
  massPerMinuteByOpenid: number
  /** The same in sends by tag or to all. */
  massPerMinuteByFilter: number
  /** 接口调用频次限制: `draft/add` in a Beijing day; every batch of a mass send needs one copy of its draft. */
  draftAddsPerDay: number
  /** Ours, below what WeChat refuses as too many a minute (45011): customer-service messages. */
  customerServicePerMinute: number
  templatePerMinute: number
  subscriptionPerMinute: number
  /** 接口调用频次限制 (2026-11): `message/custom/send` in a Beijing day. */
  customerServicePerDay: number
  /** The same page: `message/template/send`; WeChat raises it from 100,000 fans on. */
  templatePerDay: number
  subscriptionPerDay: number
  /**
   * 客服消息 → 下发额度: messages within 48 hours of a payment (the event `order_paid`). WeChat’s own pages differ on whether there
   * are any, so none unless set.
   */
  paymentWindowSends: number
}

/** Limits as the platform sets them for a new account; `limitsOf` lays an account's own differences over them. */
export const defaultLimits = (kind: AccountKind): AccountLimits => ({
  massPerFanPerMonth: SENDS_PER_FAN_AND_MONTH,
  massSendsPerDay: kind === 'subscription' ? SENDS_PER_DAY_OF_SUBSCRIPTION_ACCOUNT : null,
  massSendsPerMonth: 400,
  massRecipientsPerDay: 1_000_000,
  massCallsPerDay: SEND_CALLS_PER_DAY,
  massPerMinuteByOpenid: 30_000,
  massPerMinuteByFilter: 300_000,
  draftAddsPerDay: DRAFTS_ADDED_PER_DAY,
  customerServicePerMinute: 60_000,
  templatePerMinute: 60_000,
  subscriptionPerMinute: 60_000,
  customerServicePerDay: 500_000,
  templatePerDay: 100_000,
  subscriptionPerDay: 100_000,
  paymentWindowSends: 0,
})

export const limitsOf = (kind: AccountKind, differences: Partial<AccountLimits>): AccountLimits => ({
  ...defaultLimits(kind),
  ...differences,
})

/** What is stored of edited limits: only where they differ, so that a platform change reaches everyone else. */
export function differencesOf(kind: AccountKind, limits: Partial<AccountLimits>): Partial<AccountLimits> {
  const defaults = defaultLimits(kind)
  const names = Object.keys(defaults) as (keyof AccountLimits)[]
  return Object.fromEntries(
    names.flatMap((name) =>
      limits[name] === undefined || limits[name] === defaults[name] ? [] : [[name, limits[name]]],
    ),
  )
}

/** Why an account sends nothing. All but `by_operator` come from the platform and end when a check succeeds. */
export const PAUSE_REASONS = [
  'by_operator',
  'credential_wrong',
  'ip_not_allowed',
  'secret_frozen',
  'account_restricted',
  'platform_refused',
] as const
export type PauseReason = (typeof PAUSE_REASONS)[number]

/** A check of the credential says nothing about an operator's own decision or a ban of one interface. */
export const endsWithGoodCredential = (reason: string | null): boolean =>
  reason === 'credential_wrong' || reason === 'ip_not_allowed' || reason === 'secret_frozen'

/** Which reason an error code of the platform is, and the sentence that tells what to do. */
export function pauseReasonOf(code: number, purpose: 'call' | 'issuing'): PauseReason {
  if (purpose === 'issuing' && code === 40001) return 'credential_wrong'
  if (code === 40013 || code === 40125 || code === 41002 || code === 41004) return 'credential_wrong'
  if (code === 40164 || code === 89506 || code === 89507) return 'ip_not_allowed'
  if (code === 40243) return 'secret_frozen'
  if (code === 50002 || code === 50004 || code === 50007) return 'account_restricted'
  return 'platform_refused'
}

/** Kept with a pause: what an operator reads. `ip` is the address to allow, where that is the matter. */
export type PauseDetail = { advice: Advice; code?: number; ip?: string; rid?: string; note?: string }
