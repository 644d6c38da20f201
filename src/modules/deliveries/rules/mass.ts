import type { Reason } from '../schema.ts'

/** What one month holds for a fan: sends used, reserved and spent together, and those booked for sends that wait. */
type MonthFacts = {
  used: number
  booked: number
  /** The send itself is among those booked. */
  own: boolean
}

/** What is known of one fan at the moment of deciding a mass send. */
export type MassFacts = {
  following: boolean
  /** Each month the job would count in. */
  months: readonly MonthFacts[]
}

export type Verdict = { send: true } | { send: false; reason: Reason }

/**
 * May this mass send go to this fan? The one place where it is decided: pre-flight, freezing and the last look
 * before the call all ask here. `limit` is the month's allowance, null where the account has none. Places booked for
 * others are taken; a send that has booked its own goes while one is left, whoever else booked it too.
 */
export function decideMassRecipient({ following, months }: MassFacts, limit: number | null): Verdict {
  if (!following) return { send: false, reason: 'not_following' }
  if (limit === null) return { send: true }
  if (months.some(({ used }) => used >= limit)) return { send: false, reason: 'month_used_up' }
  if (months.some(({ used, booked, own }) => !own && used + booked >= limit))
    return { send: false, reason: 'month_booked' }
  return { send: true }
}

type KnownVerdict = { following: boolean; used: number; taken: number; verdict: Verdict }

/**
 * The verdict for every tuple of facts that can occur, so that SQL can decide a million people by a join on it: `taken`
 * is `used` with what others booked. Counts above the limit decide like the limit, of several months the highest.
 */
export function massVerdicts(limit: number | null): KnownVerdict[] {
  const counts = Array.from({ length: (limit ?? 0) + 1 }, (_, count) => count)
  return [true, false].flatMap((following) =>
    counts.flatMap((used) =>
      counts.slice(used).map((taken) => ({
        following,
        used,
        taken,
        verdict: decideMassRecipient(
          { following, months: [{ used, booked: taken - used, own: false }] },
          limit,
        ),
      })),
    ),
  )
}
