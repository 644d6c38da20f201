import type { Count, Reach } from '../../campaigns/schema.ts'
import type { DeliveryPolicy } from '../../deliveries/schema.ts'
import type { RecallTiming } from '../../recalls/schema.ts'

/** One version that is played: what starts a turn, and what its messages are asked about. */
export type Game = {
  accountId: string
  from: number
  to: number
  /** Of the two that are compared; by it its A and B are marked. */
  place: 0 | 1
  policy: DeliveryPolicy
  purpose: 'marketing' | 'service'
  paymentSends: number
  /** Whether it means some people only, and leaves out some; else nothing is asked. */
  audience: boolean
  excluded: boolean
  plot: Plot
}

export type Plot =
  | { kind: 'recall'; timing: RecallTiming }
  | {
      kind: 'event'
      count: Count
      perPerson: number | null
      reach: Reach
      /** A counts from here to there. */
      startsAt: number
      endsAt: number | null
      /** How long B has; null: there is no B. */
      withinMs: number | null
      /** Whether people are asked about again when the time for B is over. */
      askAgain: boolean
    }
  | { kind: 'repeat'; runs: readonly number[] }

/** Questions to an audience: is the person in it at that instant, do they carry a tag that is left out? */
export type Asked = 'audience' | 'excluded'
/** Undefined: not known yet; it is put to the database, and the person is played again. */
export type Ask = (what: Asked, at: number) => boolean | undefined

/** Somebody’s turn and what came of it. */
export type Turn = {
  turnAt: number
  decidedAt: number
  reached: boolean
  /** Null where they were reached. */
  reason: string | null
}
