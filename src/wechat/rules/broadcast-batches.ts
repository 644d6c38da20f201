/** 根据 OpenID 列表群发, checked 2026-11: openids in one call. */
export const SMALLEST_BATCH = 2
export const LARGEST_BATCH = 10_000

export type BatchPlan =
  | { readonly ok: true; readonly sizes: readonly number[] }
  | { readonly ok: false; readonly reason: 'nobody' | 'below_two' }

/**
 * Splits recipients into the fewest batches of 2 to `largest` (3…10,000), never one alone: a single one left over
 * takes a companion from the batch before (10,001 = 9,999 + 2).
 */
export function planBatches(recipients: number, largest = LARGEST_BATCH): BatchPlan {
  if (recipients < 1) return { ok: false, reason: 'nobody' }
  if (recipients < SMALLEST_BATCH) return { ok: false, reason: 'below_two' }
  const rest = recipients % largest
  const full: number[] = Array(Math.floor(recipients / largest)).fill(largest)
  if (rest === 0) return { ok: true, sizes: full }
  if (rest >= SMALLEST_BATCH) return { ok: true, sizes: [...full, rest] }
  return { ok: true, sizes: [...full.slice(1), largest - 1, SMALLEST_BATCH] }
}

/**
 * The batch (from 0) of the recipient at this place (from 0); agrees with {@link planBatches}. In SQL, over a row
 * number from 0: `(place + (total % largest = 1 and place = total - 2)::int) / largest`.
 */
export function batchOf(place: number, recipients: number, largest = LARGEST_BATCH): number {
  const moved = recipients % largest === 1 && place === recipients - 2 ? 1 : 0
  return Math.floor((place + moved) / largest)
}
