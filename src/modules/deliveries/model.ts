import type { Transaction } from 'kysely'
import type { DB } from '../../infra/transaction.ts'
import type { ResolvedContent } from '../messages/schema.ts'
import type { Rule } from '../segments/schema.ts'

export type Trx = Transaction<DB>

/** Kinds of messages to single people; the rate, the day's calls and the breaker are kept apart for each. */
export type DeliveryChannel = 'customer-service' | 'template' | 'subscription'
export type SendPurpose = 'marketing' | 'service'
/** For those who did something just now; or for many at a time, never in the way of the others. */
export type SendLane = 'immediate' | 'bulk'
export type SendState = 'running' | 'paused' | 'ended'
export type SendOwner = 'campaign' | 'test' | 'auto-reply' | 'recall'

/** The engine's view of whatever produces messages to single people. */
export type SendRow = {
  id: string
  accountId: string
  ownerKind: SendOwner
  ownerId: string
  name: string
  channel: DeliveryChannel
  purpose: SendPurpose
  lane: SendLane
  state: SendState
  pauseReason: string | null
  pauseDetail: Record<string, unknown> | null
  /** Messages a minute of its own; null: what the account allows. */
  ratePerMinute: number | null
  /** 对照组: ten-thousandths of the people, left without. */
  holdout: number
  /** Messages of one occasion go one after the other: occurrence = {@link PLACES} × event + place. */
  ordered: boolean
  version: number
}

/** Places of one occasion in an ordered send. */
export const PLACES = 16

/** Limits as people entered under them: written by the owner of a send, read when each person is decided. */
export type SendLimits = {
  caps: 'inherit' | 'none'
  /** A window of its own instead of the settings' quiet hours, or none at all. */
  quiet:
    | 'inherit'
    | 'none'
    | { fromMinute: number; untilMinute: number; zone: string; action: 'drop' | 'postpone' }
  /** The last instant a message may still go (ISO); null: any. */
  notAfter: string | null
  /** Asked once more at the intent: still of this audience, and silent since it was planned (`context.silentSince`). */
  still?: { audience: Rule | null; silent: boolean } | null
}

/** Content and limits of a send as people entered under them; never changed, so kept in memory. */
export type SendVersion = {
  sendId: string
  version: number
  content: ResolvedContent
  /** Our row of the template it uses, WeChat's id of it, and what its fields came to when it was written. */
  template: { id: string; wechatId: string; fingerprint: string } | null
  limits: SendLimits
  tracked: boolean
}

/** A delivery in the hands of a worker, before it is decided. */
export type ClaimedRow = {
  id: string
  sendId: string
  version: number
  contactId: string
  fanId: string
  occurrence: string
  runId: string | null
  state: 'planned' | 'held'
  reason: string | null
  detail: Record<string, unknown> | null
  context: Record<string, unknown> | null
  attempts: number
  dueAt: Date
  plannedAt: Date
  /** The last instant this one may still go; null: as its send says. */
  notAfter: Date | null
}

/** What became of a call, as the ledgers need it: what was reserved is spent, given back, or stays as it is. */
export type Settled = {
  id: string
  sendId: string
  accountId: string
  channel: DeliveryChannel
  fanId: string
  /** Our row of the template; null for customer-service messages. */
  templateId: string | null
  /** What `reserve` wrote for it. */
  reserved: Record<string, unknown> | null
  /** The day whose call it took, as `beijingDay` of this instant. */
  intentAt: Date
  /**
   * `accepted`: taken by the platform. `refused`: definitely not (`errcode` says why; undefined: the call never left).
   * `unknown`: stays reserved. `delivered` / `failed`: by receipt, after `accepted` or `unknown`.
   */
  outcome: 'accepted' | 'refused' | 'unknown' | 'delivered' | 'failed'
  errcode?: number | undefined
}
