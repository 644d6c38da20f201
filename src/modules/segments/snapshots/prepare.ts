import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { PREPARE_MINUTES, type SnapshotState } from '../schema/segment.ts'

/**
 * 执行前刷新: has an on-demand segment computed anew 15 minutes before `runAt` (at once if that is over). Other kinds keep
 * their own times and nothing is planned. Asked twice for the same run it plans once.
 */
export async function prepareForRun(trx: Executor, segmentId: string, runAt: Date): Promise<void> {
  const dueAt = new Date(runAt.getTime() - PREPARE_MINUTES * 60_000)
  await sql`insert into segment_preparations (segment_id, run_at, due_at)
    select id, ${runAt.toISOString()}::timestamptz, ${dueAt.toISOString()}::timestamptz from segments
    where id = ${segmentId}::bigint and update_kind = 'on_demand'
    on conflict (segment_id, run_at) do nothing`.execute(trx)
}

/** A run that was called off needs nothing computed. What was begun already ends. */
export const forgetRun = (trx: Executor, segmentId: string, runAt: Date) =>
  sql`delete from segment_preparations
    where segment_id = ${segmentId}::bigint and run_at = ${runAt.toISOString()}::timestamptz`.execute(trx)

/** Where the computation for a run stands: `planned` before its time, null where none was asked for. */
export async function preparationState(
  db: Executor,
  segmentId: string,
  runAt: Date,
): Promise<'planned' | SnapshotState | null> {
  const { rows } = await sql<{ state: SnapshotState | null }>`
    select n.state from segment_preparations p left join segment_snapshots n on n.id = p.snapshot_id
    where p.segment_id = ${segmentId}::bigint and p.run_at = ${runAt.toISOString()}::timestamptz`.execute(db)
  const [row] = rows
  return row === undefined ? null : (row.state ?? 'planned')
}
