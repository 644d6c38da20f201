import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import {
  type BeijingDay,
  type BeijingMonth,
  beijingDay,
  beijingMonth,
  startOfBeijingDay,
} from '../../../kernel/beijing.ts'
import { getAccount } from '../../accounts/index.ts'
import { followersOf, monthStanding, planForMany } from '../../deliveries/index.ts'
import { fanLimitOf } from '../groups/plan.ts'
import type { Saturation } from '../schema/budget.ts'
import { daysOfMonth } from './calendar.ts'
import { type WaitingArm, waitingArms } from './load.ts'
import { leftsOf, takenOf, usedOf } from './rules.ts'

/** What is counted for the midnight just past is done with by then: results of sends at the day's end are in. */
const AFTER_MINUTES = 10

/**
 * Writes down for one account how much its followers have left as the day begins; the past can't be told from the ledger
 * afterwards. A day on which nothing ran stays unknown.
 */
export async function writeMonthDay(ctx: Ctx): Promise<number> {
  const now = ctx.clock.now()
  const day = beijingDay(now)
  if (now.getTime() - startOfBeijingDay(now).getTime() < AFTER_MINUTES * 60_000) return 0
  const { rows } = await sql<{ id: string }>`
    select a.id from accounts a where a.kind = 'service'
      and not exists (select from mass_month_days d where d.account_id = a.id and d.day = ${day}::date)
    order by a.id limit 1`.execute(ctx.db)
  const id = rows[0]?.id
  if (id === undefined) return 0
  const account = await getAccount(ctx, id)
  const standing = await standingOf(ctx.db, id, beijingMonth(now))
  const lefts = leftsOf(standing, fanLimitOf(account) ?? 0, usedOf)
  await sql`insert into mass_month_days (account_id, day, lefts) values (${id}::bigint, ${day}::date, ${lefts}::int[])
    on conflict do nothing`.execute(ctx.db)
  return 1
}

const standingOf = (db: Executor, accountId: string, month: BeijingMonth) =>
  monthStanding(db, { accountId, month, fans: followersOf(accountId) })

/** 饱和度 of a month: what was written down, what is now, and what the days to come leave once what is planned on them is sent. */
export async function readSaturation(
  ctx: Ctx,
  accountId: string,
  asked: BeijingMonth | undefined,
): Promise<Saturation> {
  const account = await getAccount(ctx, accountId)
  const now = ctx.clock.now()
  const month = asked ?? beijingMonth(now)
  const limit = fanLimitOf(account)
  if (limit === null) return { month, perFan: null, days: [] }
  const today = beijingDay(now)
  const written = await readWritten(ctx.db, accountId, month)
  const ahead = month < beijingMonth(now) ? undefined : await readAhead(ctx, { accountId, month, limit, now })
  const days = daysOfMonth(month).map((day): Saturation['days'][number] => {
    if (day < today) return { day, kind: 'past', lefts: written.get(day) ?? null }
    return { day, kind: day === today ? 'today' : 'ahead', lefts: ahead?.(day) ?? null }
  })
  return { month, perFan: limit, days }
}

async function readWritten(
  db: Executor,
  accountId: string,
  month: BeijingMonth,
): Promise<Map<BeijingDay, number[]>> {
  const rows = await db
    .selectFrom('mass_month_days')
    .select(['day', 'lefts'])
    .where('account_id', '=', accountId)
    .where('day', '>=', `${month}-01`)
    .where('day', '<', sql<string>`(${`${month}-01`}::date + interval '1 month')::date`)
    .execute()
  return new Map(rows.map(({ day, lefts }) => [day, lefts]))
}

type Ahead = { accountId: string; month: BeijingMonth; limit: number; now: Date }
type AheadRow = { used: number; booked: number; fans: number; by: number[] }

/** For a day from today on: today as it is now, each later day after what is planned up to its end. */
async function readAhead(
  ctx: Ctx,
  { accountId, month, limit, now }: Ahead,
): Promise<(day: BeijingDay) => number[]> {
  const waiting = (await waitingArms(ctx.db, { accountId, now })).filter(
    ({ at, state }) => beijingMonth(at) === month && state !== 'draft',
  )
  const days = [...new Set(waiting.map(({ at }) => beijingDay(at)))].sort()
  const today = beijingDay(now)
  const rows: AheadRow[] =
    days.length < 2
      ? (await standingOf(ctx.db, accountId, month)).map((row) => ({ ...row, by: [row.booked] }))
      : await standingByDay(ctx, { accountId, month, waiting, days })
  return (day) =>
    leftsOf(rows, limit, (row) => {
      if (day === today) return row.used
      // what is booked for no day of its own (put off, asking) counts from the first
      const later = days.reduce((sum, on, index) => sum + (on > day ? (row.by[index] ?? 0) : 0), 0)
      return takenOf(row) - later
    })
}

type ByDay = {
  accountId: string
  month: BeijingMonth
  waiting: readonly WaitingArm[]
  days: readonly BeijingDay[]
}

/** Followers by what they used, have booked, and on which of the days. */
async function standingByDay({ db }: Ctx, { accountId, month, waiting, days }: ByDay): Promise<AheadRow[]> {
  const columns = days.map((_, index) => sql.ref(`d${index}`))
  const counted = columns.map(
    (name, index) => sql`(count(*) filter (where w.day = ${index}::int))::smallint as ${name}`,
  )
  const list = sql.join(columns.map((name) => sql`coalesce(p.${name}, 0::smallint)`))
  return inTransaction(db, async (trx) => {
    await planForMany(trx)
    const { rows } = await sql<Omit<AheadRow, 'fans'> & { fans: string }>`
      with plans as (
        select r.fan_id, ${sql.join(counted)}
        from unnest(${waiting.map((one) => one.broadcastId)}::bigint[], ${waiting.map((one) => one.arm)}::smallint[],
          ${waiting.map((one) => days.indexOf(beijingDay(one.at)))}::int[]) as w (broadcast_id, arm, day)
        join broadcast_recipients r on r.broadcast_id = w.broadcast_id and r.arm = w.arm and r.batch_seq is not null
        group by r.fan_id)
      select coalesce(m.used, 0) as used, coalesce(m.booked, 0) as booked, to_jsonb(array[${list}]) as by, count(*) as fans
      from (${followersOf(accountId)}) f
      left join mass_allowances m on m.account_id = ${accountId}::bigint and m.month = ${`${month}-01`}::date
        and m.fan_id = f.fan_id
      left join plans p on p.fan_id = f.fan_id
      group by 1, 2, array[${list}]`.execute(trx)
    return rows.map((row) => ({ ...row, fans: Number(row.fans) }))
  })
}
