import type { Reason } from '../schema.ts'

/** What is known of one fan at the moment of deciding a mass send. */
export type MassFacts = {
  following: boolean
  /** Mass sends of each month the job would count in, reserved and spent together. */
  usedByMonth: readonly number[]
}

export type Verdict = { send: true } | { send: false; reason: Reason }

/**
 * May this mass send go to this fan? The one place where it is decided: pre-flight, freezing and the last look
 * before the call all ask here. `limit` is the month's allowance, null where the account has none.
 */
export function decideMassRecipient(facts: MassFacts, limit: number | null): Verdict {
  if (!facts.following) return { send: false, reason: 'not_following' }
  if (limit !== null && facts.usedByMonth.some((used) => used >= limit))
    return { send: false, reason: 'month_used_up' }
  return { send: true }
}

/**
 * The verdict for every tuple of facts that can occur, so that SQL can decide a million people by a join on it.
 * Counts above the limit decide like the limit; read them with `least(used, limit)`.
 */
export function massVerdicts(limit: number | null): { following: boolean; used: number; verdict: Verdict }[] {
  const counts = Array.from({ length: (limit ?? 0) + 1 }, (_, used) => used)
  return [true, false].flatMap((following) =>
    counts.map((used) => ({
      following,
      used,
      verdict: decideMassRecipient({ following, usedByMonth: [used] }, limit),
    })),
  )
}
