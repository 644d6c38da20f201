import { type RawBuilder, sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import type { DeliveryState } from '../schema.ts'

/** How many deliveries of a send, and of a run of it (`0`: of none), are in a state for a reason (``: for none). */
export type TallyKey = { sendId: string; runId: string | null; state: DeliveryState; reason: string | null }
export type Tally = TallyKey & { n: number }

const SLOTS = 16
let turn = Math.floor(Math.random() * SLOTS)
/** Those who count at the same time take different slots, so that they don't wait for each other. */
export function nextSlot(): number {
  turn = (turn + 1) % SLOTS
  return turn
}

/** Changes of states, summed up per send, run, state and reason. */
export class TallyBook {
  readonly #sums = new Map<string, Tally>()

  add(key: TallyKey, n: number): void {
    const name = `${key.sendId}:${key.runId ?? ''}:${key.state}:${key.reason ?? ''}`
    const sum = this.#sums.get(name)
    if (sum === undefined) this.#sums.set(name, { ...key, n })
    else sum.n += n
  }

  /** In one order for everybody, so that two who share a slot can't wait for each other. */
  async write(trx: Executor): Promise<void> {
    const sums = [...this.#sums.entries()].filter(([, { n }]) => n !== 0)
    if (sums.length === 0) return
    const rows = sums.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum)
    const slot = nextSlot()
    await sql`${prepare}insert into delivery_tallies as t (send_id, run_id, slot, state, reason, n)
      select send_id, run_id, ${slot}::smallint, state, reason, n
      from unnest(${rows.map((row) => row.sendId)}::bigint[], ${rows.map((row) => row.runId ?? '0')}::bigint[],
        ${rows.map((row) => row.state)}::text[], ${rows.map((row) => row.reason ?? '')}::text[],
        ${rows.map((row) => row.n)}::bigint[]) as u (send_id, run_id, state, reason, n)
      on conflict (send_id, run_id, state, reason, slot) do update set n = t.n + excluded.n`.execute(trx)
  }
}

export type StateCount = { state: DeliveryState; reason: string | null; n: number }

/** What the deliveries of a send, or of one of its runs, have come to; only what there is at least one of. */
export async function countsOf(db: Executor, sendId: string, runId?: string): Promise<StateCount[]> {
  const { rows } = await sql<{ state: DeliveryState; reason: string; n: string }>`
    select state, reason, sum(n) as n from delivery_tallies
    where send_id = ${sendId}::bigint ${runId === undefined ? sql`` : sql`and run_id = ${runId}::bigint`}
    group by state, reason having sum(n) <> 0 order by state, reason`.execute(db)
  return rows.map((row) => ({ state: row.state, reason: row.reason || null, n: Number(row.n) }))
}

/** Whether nothing of it is still to be sent or in flight. */
export async function isDrained(db: Executor, sendId: string, runId?: string): Promise<boolean> {
  const run = runId === undefined ? undefined : sql`${runId}::bigint`
  const { rows } = await sql<{ drained: boolean }>`
    select ${isDrainedSql(sql`${sendId}::bigint`, run)} as drained`.execute(db)
  return rows[0]?.drained ?? false
}

/** {@link isDrained} as a condition on a column that names a send, and one that names a run of it. */
export const isDrainedSql = (send: RawBuilder<unknown>, run?: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`not exists (select from delivery_tallies open where open.send_id = ${send}
    ${run === undefined ? sql`` : sql`and open.run_id = ${run}`} and open.state in ('planned', 'held', 'sending')
    group by open.state having sum(open.n) <> 0)`

/** What came of calls in the minute of business time of `at`. */
export async function addPace(
  trx: Executor,
  at: Date,
  sums: readonly { sendId: string; accepted: number; refused: number }[],
): Promise<void> {
  const rows = sums
    .filter((row) => row.accepted + row.refused > 0)
    .sort((a, b) => (BigInt(a.sendId) < BigInt(b.sendId) ? -1 : 1))
  if (rows.length === 0) return
  await sql`${prepare}insert into delivery_pace as p (send_id, minute, slot, accepted, refused)
    select send_id, date_trunc('minute', ${at}::timestamptz), ${nextSlot()}::smallint, accepted, refused
    from unnest(${rows.map((row) => row.sendId)}::bigint[], ${rows.map((row) => row.accepted)}::int[],
      ${rows.map((row) => row.refused)}::int[]) as u (send_id, accepted, refused)
    on conflict (send_id, minute, slot) do update
      set accepted = p.accepted + excluded.accepted, refused = p.refused + excluded.refused`.execute(trx)
}

/** Minutes since `since` in which calls came back, oldest first. */
export async function paceOf(
  db: Executor,
  sendId: string,
  since: Date,
): Promise<{ minute: Date; accepted: number; refused: number }[]> {
  const { rows } = await sql<{ minute: Date; accepted: number; refused: number }>`
    select minute, sum(accepted)::int as accepted, sum(refused)::int as refused from delivery_pace
    where send_id = ${sendId}::bigint and minute >= ${since} group by minute order by minute`.execute(db)
  return rows
}
