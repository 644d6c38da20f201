import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import type { Due } from '../../manifest.ts'
import { nextDue } from '../rules.ts'
import type { UpdateKind } from '../schema/segment.ts'
import { queueSnapshots } from '../store/snapshots.ts'

const AT_ONCE = 50

/**
 * Puts segments whose time has come in the lane: daily ones at their minute, on-demand ones before a run. What was
 * missed while nothing ran is made up for once. Returns how many.
 */
export async function queueDue(ctx: Ctx): Promise<number> {
  const now = ctx.clock.now()
  const did = await inTransaction(
    ctx.db,
    async (trx) => (await queueDaily(trx, now)) + (await queuePrepared(trx, now)),
  )
  if (did > 0) await ctx.wake.notify('segments')
  return did
}

async function queueDaily(trx: Executor, now: Date): Promise<number> {
  const { rows } = await sql<{ id: string; update_kind: UpdateKind; daily_minute: number | null }>`
    select id, update_kind, daily_minute from segments
    where due_at <= ${now}::timestamptz and archived_at is null
    order by due_at, id limit ${AT_ONCE} for update skip locked`.execute(trx)
  if (rows.length === 0) return 0
  const next = rows.map((row) => nextDue(row.update_kind, row.daily_minute, now)?.toISOString() ?? null)
  await sql`update segments s set due_at = d.due_at
    from unnest(${rows.map(({ id }) => id)}::bigint[], ${next}::timestamptz[]) as d (id, due_at) where s.id = d.id`.execute(
    trx,
  )
  await queueSnapshots(
    trx,
    rows.map(({ id }) => id),
    { cause: 'daily', at: now },
  )
  return rows.length
}

async function queuePrepared(trx: Executor, now: Date): Promise<number> {
  const { rows } = await sql<{ segment_id: string; run_at: Date }>`
    select p.segment_id, p.run_at from segment_preparations p
    where p.due_at <= ${now}::timestamptz order by p.due_at, p.segment_id limit ${AT_ONCE} for update skip locked`.execute(
    trx,
  )
  if (rows.length === 0) return 0
  const queued = await queueSnapshots(trx, [...new Set(rows.map((row) => row.segment_id))], {
    cause: 'scheduled',
    at: now,
  })
  await sql`update segment_preparations p set due_at = null, snapshot_id = d.snapshot_id
    from unnest(${rows.map((row) => row.segment_id)}::bigint[], ${rows.map((row) => row.run_at.toISOString())}::timestamptz[],
      ${rows.map((row) => queued.get(row.segment_id) ?? null)}::bigint[]) as d (segment_id, run_at, snapshot_id)
    where p.segment_id = d.segment_id and p.run_at = d.run_at`.execute(trx)
  return rows.length
}

export async function nextSegmentDue(ctx: Ctx): Promise<Due> {
  const { rows } = await sql<{ due_at: Date | null; busy: boolean }>`
    select least(
        (select min(due_at) from segments where due_at is not null and archived_at is null),
        (select min(due_at) from segment_preparations where due_at is not null)) as due_at,
      exists (select from segment_snapshots where state in ('queued', 'running')) as busy`.execute(ctx.db)
  return { dueAt: rows[0]?.due_at ?? null, busy: rows[0]?.busy ?? false }
}
