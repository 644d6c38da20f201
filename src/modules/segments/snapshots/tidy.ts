import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'

/** Newest computations of a segment whose members are kept; older ones keep their size. */
export const KEPT_MEMBERS = 100
/** Thirteen months of sizes for the chart, and of computations that failed. */
const KEPT_DAYS = 400
const UNKNOWN_IDS_DAYS = 30
const RUNS_DAYS = 7
const AT_ONCE = 50

/** A current snapshot, and one that a send was made from, stay as they are for good. */
const inUse = sql`exists (select from segments s where s.current_snapshot_id = n.id)
  or exists (select from segment_uses u where u.snapshot_id = n.id)`

/** Lets go of members and sizes that nobody needs any more, a bounded number at a time. */
export function tidySegments(ctx: Ctx): Promise<number> {
  const before = (days: number) => new Date(ctx.clock.now().getTime() - days * 86_400_000).toISOString()
  return inTransaction(ctx.db, async (trx) => {
    const did = (await dropMembers(trx)) + (await deleteOld(trx, before(KEPT_DAYS)))
    await sql`delete from segment_preparations where run_at < ${before(RUNS_DAYS)}::timestamptz`.execute(trx)
    const ids = await sql`delete from segment_unknown_ids where (segment_id, place) in (
      select i.segment_id, i.place from segment_unknown_ids i join segments s on s.id = i.segment_id
      where s.created_at < ${before(UNKNOWN_IDS_DAYS)}::timestamptz limit 10000)`.execute(trx)
    return did + Number(ids.numAffectedRows ?? 0)
  })
}

async function dropMembers(trx: Executor): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    update segment_snapshots set state = 'dropped' where id in (
      select n.id from (
        select id, row_number() over (partition by segment_id order by id desc) as place
        from segment_snapshots where state = 'ready') n
      where n.place > ${KEPT_MEMBERS}::int and not (${inUse}) order by n.id limit ${AT_ONCE})
    returning id`.execute(trx)
  if (rows.length > 0)
    await sql`delete from segment_chunks where snapshot_id = any(${rows.map(({ id }) => id)}::bigint[])`.execute(
      trx,
    )
  return rows.length
}

async function deleteOld(trx: Executor, before: string): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from segment_snapshots where id in (
      select n.id from segment_snapshots n
      where n.finished_at < ${before}::timestamptz and not (${inUse}) order by n.id limit ${AT_ONCE})`.execute(
    trx,
  )
  return Number(numAffectedRows ?? 0)
}
