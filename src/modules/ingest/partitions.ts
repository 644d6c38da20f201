import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { type BeijingMonth, beijingMonth, monthAfter, startOfMonth } from '../../kernel/beijing.ts'

/** The business month and those after it that have a partition ready. */
const MONTHS_AHEAD = 2

/**
 * Makes the months' partitions of the event log ahead of time; returns how many. Events of a month that a sandbox
 * jumped into before it was made wait in the default partition and are moved.
 */
export async function makePartitions(ctx: Ctx): Promise<number> {
  let made = 0
  let month = beijingMonth(ctx.clock.now())
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead += 1) {
    if (!(await exists(ctx.db, month)) && (await makePartition(ctx.db, month))) made += 1
    month = monthAfter(month)
  }
  return made
}

const nameOf = (month: BeijingMonth): string => `events_${month.replace('-', '_')}`

async function exists(db: Executor, month: BeijingMonth): Promise<boolean> {
  const { rows } = await sql<{
    there: boolean
  }>`select to_regclass(${nameOf(month)}) is not null as there`.execute(db)
  return rows[0]?.there ?? false
}

/**
 * Attached rather than created in place: that would lock the whole log. The check spares reading the new table; the
 * default partition is locked for as long as its rows of that month, normally none, take to move.
 */
function makePartition(db: Executor, month: BeijingMonth): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('events.partitions'))`.execute(trx)
    if (await exists(trx, month)) return false
    await sql`set local lock_timeout = '3s'`.execute(trx)
    const table = sql.table(nameOf(month))
    const from = sql.lit(startOfMonth(month).toISOString())
    const to = sql.lit(startOfMonth(monthAfter(month)).toISOString())
    await sql`create table ${table} (like events including defaults including constraints,
      constraint month_only check (at >= ${from}::timestamptz and at < ${to}::timestamptz))`.execute(trx)
    await sql`lock table events_default in access exclusive mode`.execute(trx)
    await sql`with moved as (
        delete from events_default where at >= ${from}::timestamptz and at < ${to}::timestamptz returning *)
      insert into ${table} select * from moved`.execute(trx)
    await sql`alter table events attach partition ${table} for values from (${from}) to (${to})`.execute(trx)
    await sql`alter table ${table} drop constraint month_only`.execute(trx)
    return true
  })
}
