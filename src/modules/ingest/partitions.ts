import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { type BeijingMonth, beijingMonth, monthAfter, startOfMonth } from '../../kernel/beijing.ts'
import { collectionState, oldestKept } from './collect/state.ts'
import { selectDefaultMonths } from './retention-store.ts'

/** The business month and those after it that have a partition ready. */
const MONTHS_AHEAD = 2

/** Months of late events made in one look. */
const LATE_MONTHS = 3

/**
 * Makes the months' partitions of the event log ahead of time; returns how many. Events of a month that a sandbox
 * jumped into before it was made wait in the default partition and are moved, as are late ones of months still kept.
 */
export async function makePartitions(ctx: Ctx): Promise<number> {
  let made = 0
  let month = beijingMonth(ctx.clock.now())
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead += 1) {
    if (await ensure(ctx.db, month)) made += 1
    month = monthAfter(month)
  }
  const { retentionMonths } = await collectionState(ctx)
  const oldest = beijingMonth(oldestKept(ctx.clock.now(), retentionMonths))
  for (const late of await selectDefaultMonths(ctx.db, LATE_MONTHS + 1)) {
    if (late >= oldest && late < month && (await ensure(ctx.db, late))) made += 1
  }
  return made
}

const ensure = async (db: Executor, month: BeijingMonth): Promise<boolean> =>
  !(await exists(db, month)) && (await makePartition(db, month))

const known = new WeakMap<Ctx['pool'], Set<BeijingMonth>>()
/** Real time in which a month whose partition could not be made is not tried again. */
const TRY_AGAIN_MS = 10_000

/**
 * Makes the months that late events are of, so that they don't wait in the default partition. At most three at a time,
 * and best effort: what could not be made now is moved there by the next look.
 */
export async function ensurePartitions(ctx: Ctx, events: readonly { at: Date }[]): Promise<void> {
  const months = known.get(ctx.pool) ?? new Set<BeijingMonth>()
  known.set(ctx.pool, months)
  const asked = new Set(events.map(({ at }) => beijingMonth(at)))
  const missing = [...asked].filter((month) => !months.has(month)).slice(0, LATE_MONTHS)
  for (const month of missing) {
    months.add(month)
    try {
      await ensure(ctx.db, month)
    } catch (error) {
      ctx.log.info({ err: (error as Error).message, month }, 'a month has no partition yet')
    }
    // it may be dropped, or fail to be made: then it is looked for again
    setTimeout(() => months.delete(month), TRY_AGAIN_MS).unref()
  }
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
 * default partition is locked for the moment. Only where events of that month wait in it is the whole log locked while
 * they move: a reader who had already looked up the partitions would see them in neither.
 */
async function makePartition(db: Executor, month: BeijingMonth): Promise<boolean> {
  for (const whole of [await waits(db, month), true]) {
    const made = await inTransaction(db, (trx) => tryMaking(trx, month, whole)).catch(unlessMore)
    if (made !== undefined) return made
  }
  return false
}

/** Events of the month came in between the look and the lock. */
class MoreWait extends Error {}
function unlessMore(error: Error): undefined {
  if (!(error instanceof MoreWait)) throw error
}

const boundsOf = (month: BeijingMonth) => ({
  from: sql.lit(startOfMonth(month).toISOString()),
  to: sql.lit(startOfMonth(monthAfter(month)).toISOString()),
})

async function waits(db: Executor, month: BeijingMonth): Promise<boolean> {
  const { from, to } = boundsOf(month)
  const { rows } = await sql<{ any: boolean }>`select exists (select from events_default
    where at >= ${from}::timestamptz and at < ${to}::timestamptz) as any`.execute(db)
  return rows[0]?.any ?? false
}

async function tryMaking(trx: Executor, month: BeijingMonth, whole: boolean): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(hashtext('events.partitions'))`.execute(trx)
  if (await exists(trx, month)) return false
  await sql`set local lock_timeout = '3s'`.execute(trx)
  const table = sql.table(nameOf(month))
  const { from, to } = boundsOf(month)
  await sql`create table ${table} (like events including defaults including constraints,
    constraint month_only check (at >= ${from}::timestamptz and at < ${to}::timestamptz))`.execute(trx)
  await sql`lock table ${sql.table(whole ? 'events' : 'events_default')} in access exclusive mode`.execute(
    trx,
  )
  if (!whole && (await waits(trx, month))) throw new MoreWait()
  await sql`with moved as (
      delete from events_default where at >= ${from}::timestamptz and at < ${to}::timestamptz returning *)
    insert into ${table} select * from moved`.execute(trx)
  await sql`alter table events attach partition ${table} for values from (${from}) to (${to})`.execute(trx)
  await sql`alter table ${table} drop constraint month_only`.execute(trx)
  return true
}
