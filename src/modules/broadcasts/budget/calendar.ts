import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import {
  addBeijingDays,
  type BeijingDay,
  type BeijingMonth,
  beijingDay,
  beijingMonth,
  monthAfter,
  startOfDay,
  startOfMonth,
} from '../../../kernel/beijing.ts'
import { getAccount } from '../../accounts/index.ts'
import { followersOf, monthStanding } from '../../deliveries/index.ts'
import { fanLimitOf } from '../groups/plan.ts'
import { outsideOfMonth } from '../outside/open.ts'
import type { ArmState, BudgetEntry, DayLoad, MassBudget, Path } from '../schema.ts'
import { dayLimitsOf, doneByDay, type WaitingArm, waitingArms } from './load.ts'
import { leftsOf, spreadDays, takenOf, usedOf } from './rules.ts'

export const daysOfMonth = (month: BeijingMonth): BeijingDay[] => {
  const end = `${monthAfter(month)}-01`
  const days: BeijingDay[] = []
  for (let day = `${month}-01`; day < end; day = addBeijingDays(day, 1)) days.push(day)
  return days
}

/** 额度日历 of one month: what its days hold, and what the account's followers can still receive. */
export async function readCalendar(
  ctx: Ctx,
  accountId: string,
  asked: BeijingMonth | undefined,
): Promise<MassBudget> {
  const account = await getAccount(ctx, accountId)
  const now = ctx.clock.now()
  const month = asked ?? beijingMonth(now)
  const limit = fanLimitOf(account)
  const [waiting, gone, outside, left] = await Promise.all([
    waitingArms(ctx.db, { accountId, now }),
    readGone(ctx, accountId, month),
    outsideOfMonth(ctx.db, accountId, month),
    limit === null ? null : readLefts(ctx, { accountId, month, limit }),
  ])
  const days = await readDays(ctx, { account, month, waiting, now })
  const entries = [...gone, ...waiting.map((one) => entryOf(one, now))]
  return {
    month,
    today: beijingDay(now),
    perFan: limit,
    limits: dayLimitsOf(account),
    days: days.map((day) => ({
      ...day,
      entries: entries.filter(({ at }) => beijingDay(new Date(at)) === day.day),
    })),
    left,
    outside,
  }
}

/** The loads of a month's days; what waits is spread from today on, also over the days before the month. */
async function readDays(
  ctx: Ctx,
  {
    account,
    month,
    waiting,
    now,
  }: {
    account: Awaited<ReturnType<typeof getAccount>>
    month: BeijingMonth
    waiting: readonly WaitingArm[]
    now: Date
  },
): Promise<DayLoad[]> {
  const days = daysOfMonth(month)
  const [first = ''] = days
  const today = beijingDay(now)
  const done = await doneByDay(ctx.db, account.id, [first, today].toSorted()[0] ?? today)
  const ahead = spreadDays(waiting, done, {
    today,
    until: days.at(-1) ?? today,
    limits: dayLimitsOf(account),
  })
  const byDay = new Map(ahead.map((load) => [load.day, load]))
  const nothing = { sends: 0, calls: 0, recipients: 0 }
  return days.map(
    (day) => byDay.get(day) ?? { day, done: done.get(day) ?? nothing, planned: nothing, moved: 0 },
  )
}

async function readLefts(
  { db }: Pick<Ctx, 'db'>,
  { accountId, month, limit }: { accountId: string; month: BeijingMonth; limit: number },
) {
  const rows = await inTransaction(db, (trx) =>
    monthStanding(trx, { accountId, month, fans: followersOf(accountId) }),
  )
  return { now: leftsOf(rows, limit, usedOf), planned: leftsOf(rows, limit, takenOf) }
}

type GoneRow = {
  broadcastId: string
  arm: number
  name: string
  groupName: string
  path: Path
  state: ArmState
  at: Date
  people: number
  calls: number
}

/** What went out, or may have, on each day of the month, by record. */
async function readGone({ db }: Ctx, accountId: string, month: BeijingMonth): Promise<BudgetEntry[]> {
  const { rows } = await sql<GoneRow>`
    select b.id as "broadcastId", a.number as arm, b.name, g.name as "groupName", g.path, a.state,
      min(t.intent_at) as at, sum(t.size)::int as people, count(*)::int as calls
    from broadcast_batches t join broadcasts b on b.id = t.broadcast_id
    join broadcast_arms a on a.broadcast_id = t.broadcast_id and a.number = t.arm
    join broadcast_groups g on g.id = a.group_id
    where t.account_id = ${accountId}::bigint and t.state in ('sending', 'accepted', 'delivered', 'unknown')
      and t.intent_at >= ${startOfMonth(month)} and t.intent_at < ${startOfMonth(monthAfter(month))}
    group by b.id, a.id, g.id, (t.intent_at at time zone 'Asia/Shanghai')::date
    order by at, b.id, a.number`.execute(db)
  return rows.map(({ path, at, ...row }) => ({
    ...row,
    kind: 'done',
    at: at.toISOString(),
    isEstimate: path !== 'list',
  }))
}

/** What should have gone already is of today. */
function entryOf({ path, at, begun: _, ...arm }: WaitingArm, now: Date): BudgetEntry {
  const shown = beijingDay(at) < beijingDay(now) ? startOfDay(beijingDay(now)) : at
  return { ...arm, kind: 'waiting', at: shown.toISOString(), isEstimate: path !== 'list' }
}
