import type { Act } from './timeline.ts'

/** What is told later than this was not late but brought in afterwards, as the history of somebody who has just begun. */
export const BACKFILLED_MS = 24 * 3_600_000

/**
 * What was brought in afterwards is played as if we had been told when it happened: a rule tested on the past is tested on that
 * history, though a live one could never have acted on it. What was merely late stays late. In the order in which we are told.
 */
export function asIfTold(acts: Act[]): { acts: Act[]; backfilled: boolean } {
  const isBackfilled = ({ at, receivedAt }: Act) => receivedAt - at > BACKFILLED_MS
  if (!acts.some(isBackfilled)) return { acts, backfilled: false }
  const told = acts.map((act) => (isBackfilled(act) ? { ...act, receivedAt: act.at } : act))
  return { acts: told.sort((a, b) => a.receivedAt - b.receivedAt), backfilled: true }
}
