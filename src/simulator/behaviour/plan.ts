import type { Queries } from '../store/database.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** When fans act after a mass send, and which share of all who will have acted by then. */
export const STEPS = [
  { afterMs: 10 * MINUTE, reached: 0.25 },
  { afterMs: HOUR, reached: 0.55 },
  { afterMs: 4 * HOUR, reached: 0.75 },
  { afterMs: 12 * HOUR, reached: 0.87 },
  { afterMs: 24 * HOUR, reached: 0.94 },
  { afterMs: 48 * HOUR, reached: 0.98 },
  { afterMs: 72 * HOUR, reached: 1 },
] as const

/** Writes down when the recipients of a mass send will read, share, comment, leave and come. */
export async function planBehaviour(
  tx: Queries,
  { accountId, msgId, from }: { accountId: number; msgId: string; from: Date },
): Promise<void> {
  await tx.run(
    `insert into behaviour_step (account_id, msg_id, step, due_at)
     select $1, $2, n - 1, $3::timestamptz + ms * interval '1 ms' from unnest($4::bigint[]) with ordinality as s(ms, n)`,
    [accountId, msgId, from, STEPS.map((step) => step.afterMs)],
  )
}
