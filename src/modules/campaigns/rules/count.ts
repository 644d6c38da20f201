import type { Count } from '../schema/plan.ts'

/** What is kept of one person in one campaign: As seen, times the count was reached, messages that came of it. */
export type Tally = { seen: number; begun: number; fired: number }
export const NO_TALLY: Tally = { seen: 0, begun: 0, fired: 0 }

/** One more A: the tally after it, and whether the count is reached (触发时机). */
export function counted(tally: Tally, { mode, n }: Count): { tally: Tally; reached: boolean } {
  const seen = tally.seen + 1
  const reached = mode === 'after' ? tally.begun === 0 && seen >= n : seen % n === 0
  return { tally: { ...tally, seen, begun: tally.begun + (reached ? 1 : 0) }, reached }
}

export const mayFire = (tally: Tally, perPerson: number | null): boolean =>
  perPerson === null || tally.fired < perPerson

export const fired = (tally: Tally): Tally => ({ ...tally, fired: tally.fired + 1 })

/** Two people who turned out to be one. */
export const together = (a: Tally, b: Tally): Tally => ({
  seen: a.seen + b.seen,
  begun: a.begun + b.begun,
  fired: a.fired + b.fired,
})
