import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { beijingDay, beijingMonth } from '../../kernel/beijing.ts'
import { massVerdicts } from './rules/mass.ts'

/** The months (`2026-11`) a job counts in; two within 30 minutes of a month's end. */
type Months = readonly string[]
const firstDay = (month: string) => `${month}-01`
const firstDays = (months: Months) => months.map(firstDay)

export type DecidedRow = { fan_id: string; openid: string; used: number; reason: string | null }
/** In which months each arm of a send counts, by the arm's number. */
export type MonthsByArm = ReadonlyMap<number, Months>

/**
 * A SELECT that decides each fan of `audience` (a relation with fan_id, openid, following): `reason` is null for
 * those a mass send may go to, `used` what the month already holds, used or booked, at most the limit. The verdicts
 * come from the one pure rule, joined as a table. In the months of `own` the audience has booked its places itself.
 */
export function decidedAudience(input: {
  accountId: string
  audience: RawBuilder<unknown>
  months: Months
  own?: Months
  limit: number | null
}): RawBuilder<DecidedRow> {
  const { accountId, audience, months, own = [], limit } = input
  const ledgers = limit === null ? sql`` : joinLedgers(accountId, months, false)
  return sql<DecidedRow>`
    select a.fan_id, a.openid, v.taken as used, v.reason
    from (${audience}) a ${ledgers}
    ${joinVerdicts(limit, countsUpTo(months, months, limit, own))}`
}

/**
 * The same for whole audiences of several arms that go out at times of their own: `audience` says the arm of each fan and,
 * as `left_out`, why one who could be reached gets nothing all the same; each arm counts in its own months. Run it under `planForMany`.
 */
export function decidedArms(input: {
  accountId: string
  audience: RawBuilder<unknown>
  months: MonthsByArm
  limit: number | null
}): RawBuilder<DecidedRow & { arm: number }> {
  const { accountId, audience, months, limit } = input
  const all = [...new Set([...months.values()].flat())].sort()
  const ledgers = limit === null ? sql`` : joinLedgers(accountId, all, true)
  return sql<DecidedRow & { arm: number }>`
    select a.fan_id, a.openid, a.arm, v.taken as used, coalesce(v.reason, a.left_out) as reason
    from (${audience}) a ${ledgers}
    ${joinVerdicts(limit, countsByArm(all, months, limit))}`
}

/** What the months hold of a fan: used, and used or booked by others. */
type Counts = { used: RawBuilder<unknown>; taken: RawBuilder<unknown> }

function countsByArm(all: Months, months: MonthsByArm, limit: number | null): Counts {
  const [first, ...others] = months.values()
  if (others.every((one) => one.join() === first?.join())) return countsUpTo(all, first ?? [], limit)
  const byArm = [...months].map(([arm, own]) => ({ arm, ...countsUpTo(all, own, limit) }))
  const cases = (pick: 'used' | 'taken') =>
    sql`case a.arm ${sql.join(
      byArm.map(({ arm, [pick]: count }) => sql`when ${arm}::int then ${count}`),
      sql` `,
    )} end`
  return { used: cases('used'), taken: cases('taken') }
}

function joinVerdicts(limit: number | null, counts: Counts) {
  const verdicts = sql.join(
    massVerdicts(limit).map(
      ({ following, used, taken, verdict }) =>
        sql`(${following}::boolean, ${used}::int, ${taken}::int, ${verdict.send ? null : verdict.reason}::text)`,
    ),
  )
  return sql`join (values ${verdicts}) as v (following, used, taken, reason)
      on v.following = a.following and v.used = ${counts.used} and v.taken = ${counts.taken}`
}

const ledgerName = (index: number) => `m${index}`

/**
 * The planner knows nothing of a month that has just begun and takes it for empty. The whole ledger is joined by its
 * hash; a batch is looked up fan by fan (`offset 0` keeps it so): either way no plan compares everybody with everybody.
 */
const joinLedgers = (accountId: string, months: Months, many: boolean) =>
  sql.join(
    firstDays(months).map((month, index) => {
      const name = sql.ref(ledgerName(index))
      const ofMonth = sql`${name}.account_id = ${accountId}::bigint and ${name}.month = ${month}::date
        and ${name}.fan_id = a.fan_id`
      return many
        ? sql`left join mass_allowances ${name} on ${ofMonth}`
        : sql`left join lateral (select used, booked from mass_allowances ${name} where ${ofMonth} offset 0) ${name} on true`
    }),
    sql` `,
  )

/** For statements over whole audiences, until the end of the transaction: joins by hash, sorts in memory. */
export const planForMany = (trx: Executor) =>
  sql`select set_config('enable_nestloop', 'off', true), set_config('work_mem', '64MB', true)`.execute(trx)

/** What `months` hold at most; `all` are the months whose ledgers are joined, in that order, `own` those booked by the send. */
function countsUpTo(all: Months, months: Months, limit: number | null, own: Months = []): Counts {
  if (limit === null) return { used: sql`0`, taken: sql`0` }
  const most = (count: (month: string) => RawBuilder<unknown>) =>
    sql`least(greatest(${sql.join(months.map(count))}), ${limit}::int)`
  const held = (month: string, column: string) =>
    sql`coalesce(${sql.ref(`${ledgerName(all.indexOf(month))}.${column}`)}, 0)`
  return {
    used: most((month) => held(month, 'used')),
    taken: most((month) =>
      own.includes(month) ? held(month, 'used') : sql`${held(month, 'used')} + ${held(month, 'booked')}`,
    ),
  }
}

/**
 * One intent at a time per account: everything that reads the ledgers and then reserves takes this first, so two
 * sends can't both take a fan's last place of the month.
 */
export const lockMassLedger = (trx: Executor, accountId: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended('mass-ledger', ${accountId}::bigint))`.execute(trx)

type Places = {
  accountId: string
  months: Months
  /** A relation with fan_id. */
  fans: RawBuilder<unknown>
}

/**
 * Moves what the fans have of every month given. Their rows are found by key however little the planner knows of the month:
 * one that isn't there is written with `first`, one that is gets `change`. Returns how many rows it wrote.
 */
async function movePlaces(
  trx: Executor,
  { accountId, months, fans }: Places,
  { first, change }: { first: { used: 0 | 1; booked: 0 | 1 }; change: RawBuilder<unknown> },
): Promise<number> {
  const { numAffectedRows } =
    await sql`insert into mass_allowances as m (account_id, month, fan_id, used, booked)
    select ${accountId}::bigint, month, fan_id, ${sql.lit(first.used)}, ${sql.lit(first.booked)}
    from (${fans}) f cross join unnest(${firstDays(months)}::date[]) as month order by month, fan_id
    on conflict (account_id, month, fan_id) do update set ${change}`.execute(trx)
  return Number(numAffectedRows ?? 0)
}
const NOTHING_YET = { used: 0, booked: 0 } as const

/** Takes one of the month's sends for each fan, in every month given. */
export const reserveMass = (trx: Executor, places: Places) =>
  movePlaces(trx, places, { first: { used: 1, booked: 0 }, change: sql`used = m.used + 1` })

/** Gives back what a definite refusal did not use. */
export const releaseMass = (trx: Executor, places: Places) =>
  movePlaces(trx, places, { first: NOTHING_YET, change: sql`used = m.used - 1 where m.used > 0` })

/**
 * Books one of the month's sends for each fan, in every month given, where used and booked are under `limit` (null: for
 * everybody). Returns how many places it booked: one a fan and month where all had room.
 */
export const bookMass = (trx: Executor, { limit, ...places }: Places & { limit: number | null }) =>
  movePlaces(trx, places, {
    first: { used: 0, booked: 1 },
    change: sql`booked = m.booked + 1 ${limit === null ? sql`` : sql`where m.used + m.booked < ${limit}::int`}`,
  })

/** Frees what {@link bookMass} booked for these fans. */
export const unbookMass = (trx: Executor, places: Places) =>
  movePlaces(trx, places, { first: NOTHING_YET, change: sql`booked = m.booked - 1 where m.booked > 0` })

export type MassDay = { sends: number; calls: number; recipients: number }
const NO_USE: MassDay = { sends: 0, calls: 0, recipients: 0 }

/** What the account's mass interface was used for on the Beijing day of `at`. */
export async function massDay(db: Executor, accountId: string, at: Date): Promise<MassDay> {
  const row = await db
    .selectFrom('mass_days')
    .select(['sends', 'calls', 'recipients'])
    .where('account_id', '=', accountId)
    .where('day', '=', beijingDay(at))
    .executeTakeFirst()
  return row === undefined
    ? NO_USE
    : { sends: row.sends, calls: row.calls, recipients: Number(row.recipients) }
}

/** Adds to (or, with negative numbers, takes from) a day's use. Returns what the day holds then. */
export async function addToMassDay(
  trx: Executor,
  accountId: string,
  day: string,
  use: MassDay,
): Promise<MassDay> {
  const { rows } = await sql<{ sends: number; calls: number; recipients: string }>`
    insert into mass_days as d (account_id, day, sends, calls, recipients)
    values (${accountId}::bigint, ${day}::date, greatest(0, ${use.sends}::int), greatest(0, ${use.calls}::int),
      greatest(0, ${use.recipients}::bigint))
    on conflict (account_id, day) do update set sends = greatest(0, d.sends + ${use.sends}::int),
      calls = greatest(0, d.calls + ${use.calls}::int),
      recipients = greatest(0, d.recipients + ${use.recipients}::bigint)
    returning sends, calls, recipients`.execute(trx)
  const row = rows[0]
  return row === undefined
    ? NO_USE
    : { sends: row.sends, calls: row.calls, recipients: Number(row.recipients) }
}

/** Days of the Beijing month of `at` on which something was sent, oldest first. */
export async function massDaysOfMonth(
  db: Executor,
  accountId: string,
  at: Date,
): Promise<({ day: string } & MassDay)[]> {
  const month = firstDay(beijingMonth(at))
  const rows = await db
    .selectFrom('mass_days')
    .select(['day', 'sends', 'calls', 'recipients'])
    .where('account_id', '=', accountId)
    .where('day', '>=', month)
    .where('day', '<', sql<string>`(${month}::date + interval '1 month')::date`)
    .orderBy('day')
    .execute()
  return rows.map((row) => ({
    day: row.day,
    sends: row.sends,
    calls: row.calls,
    recipients: Number(row.recipients),
  }))
}

/** Days from `from` on (`2026-11-21`) on which something was sent, oldest first. */
export async function massDaysSince(
  db: Executor,
  accountId: string,
  from: string,
): Promise<({ day: string } & MassDay)[]> {
  const rows = await db
    .selectFrom('mass_days')
    .select(['day', 'sends', 'calls', 'recipients'])
    .where('account_id', '=', accountId)
    .where('day', '>=', from)
    .orderBy('day')
    .execute()
  return rows.map((row) => ({ ...row, recipients: Number(row.recipients) }))
}

/** How many of the month's mass sends one fan has used. */
export async function usedByFan(db: Executor, accountId: string, fanId: string, at: Date): Promise<number> {
  const row = await db
    .selectFrom('mass_allowances')
    .select('used')
    .where('account_id', '=', accountId)
    .where('month', '=', firstDay(beijingMonth(at)))
    .where('fan_id', '=', fanId)
    .executeTakeFirst()
  return row?.used ?? 0
}

/** The followers of an account as a relation with fan_id. */
export const followersOf = (accountId: string): RawBuilder<unknown> =>
  sql`select id as fan_id from fans where account_id = ${accountId}::bigint and following`

type Standing = { used: number; booked: number; fans: number }
type Month = { accountId: string; month: string; fans: RawBuilder<unknown> }

/** `fans` (a relation with fan_id) by how many mass sends of a month they used and have booked. */
export async function monthStanding(db: Executor, month: Month): Promise<Standing[]> {
  const rows = await monthStandingBy(db, {
    ...month,
    fans: sql`select fan_id, null as mark from (${month.fans}) n`,
  })
  return rows.map(({ used, booked, fans }) => ({ used, booked, fans }))
}

/** The same apart for each `mark`, a second column of `fans`. */
export async function monthStandingBy<Mark>(
  db: Executor,
  { accountId, month, fans }: Month,
): Promise<(Standing & { mark: Mark })[]> {
  const { rows } = await sql<{ used: number; booked: number; fans: string; mark: Mark }>`
    select coalesce(m.used, 0) as used, coalesce(m.booked, 0) as booked, f.mark, count(*) as fans
    from (${fans}) f
    left join mass_allowances m on m.account_id = ${accountId}::bigint
      and m.month = ${firstDay(month)}::date and m.fan_id = f.fan_id
    group by 1, 2, 3`.execute(db)
  return rows.map((row) => ({ ...row, fans: Number(row.fans) }))
}
