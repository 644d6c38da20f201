import type { WindowKind } from '../../../wechat/rules/service-window.ts'
import type { TouchChannel } from '../../deliveries/schema.ts'

/** What is on record of one person; instants are milliseconds, ids small enough for a number. */
export type Timeline = {
  /** Canonical. */
  person: string
  fans: readonly Fan[]
  /** In the order in which we were told, or would have been of what was brought in afterwards. */
  acts: readonly Act[]
  /** Whether some of them were brought in afterwards. */
  backfilled: boolean
  /** What they were really sent, in the order of time. */
  sent: readonly Sent[]
  /** In 不再打扰 from here on; infinite: never. */
  suppressedAt: number
  /** When they got or lost a tag that is asked about, in the order of time; told only where nothing but tags is asked about. */
  tagChanges: readonly number[]
}

/** A fan of the account as their row says today; what is not known is −∞. */
export type Fan = { id: number; following: boolean; followedAt: number; unfollowedAt: number }

export type ActKind = WindowKind | 'unfollow'
export type Act = {
  at: number
  receivedAt: number
  fanId: number
  /** Null: counts as A or B only. */
  kind: ActKind | null
  marks: number
}

/** Bits of an act: is A, is B, of the first version and of the second. */
export const MARKS = [
  { a: 1, b: 2 },
  { a: 4, b: 8 },
] as const

export const OWNERS = ['other', 'campaign', 'recall', 'broadcast'] as const
export type OwnerKind = (typeof OWNERS)[number]
export type Sent = {
  at: number
  fanId: number
  owner: OwnerKind
  ownerId: string
  channel: TouchChannel
  purpose: 'marketing' | 'service'
  /** In frequency caps. */
  counts: boolean
  /** By the account that is played. */
  here: boolean
  /** From which of the fan's windows it took. */
  window: WindowKind | null
}
