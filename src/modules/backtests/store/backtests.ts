import { type SqlBool, sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import type { SamplePerson } from '../rules/sums.ts'
import {
  type Backtest,
  type BacktestResult,
  type BacktestVariant,
  backtestResult,
  backtestVariant,
  type NewBacktest,
} from '../schema.ts'

export type BacktestRow = {
  id: string
  accountId: string
  kind: Backtest['kind']
  subjectId: string | null
  name: string
  variants: BacktestVariant[]
  days: number
  sample: number
  from: Date
  to: Date
  logUpto: string
  runId: string | null
  cancelledAt: Date | null
  result: BacktestResult | null
  createdAt: Date
  createdBy: string | null
  finishedAt: Date | null
  run: {
    state: 'queued' | 'running' | 'done' | 'failed'
    done: number
    total: number | null
    reason: string | null
    detail: Record<string, unknown> | null
    finishedAt: Date | null
  } | null
}
type Stored = Omit<BacktestRow, 'variants' | 'result' | 'run'> & {
  variants: unknown
  result: unknown
  run: (Omit<NonNullable<BacktestRow['run']>, 'finishedAt'> & { finishedAt: string | null }) | null
}

const ROWS = sql`select b.id, b.account_id as "accountId", b.kind, b.subject_id as "subjectId", b.name, b.variants, b.days,
    b.sample, b.from_at as "from", b.to_at as "to", b.log_upto as "logUpto", b.run_id as "runId",
    b.cancelled_at as "cancelledAt", b.result, b.created_at as "createdAt", o.name as "createdBy",
    b.finished_at as "finishedAt",
    (select json_build_object('state', r.state, 'done', r.done, 'total', r.total, 'reason', r.error_reason,
      'detail', r.error_detail, 'finishedAt', r.finished_at) from background_runs r where r.id = b.run_id) as run
  from backtests b left join operators o on o.id = b.created_by`

const rowOf = ({ run, ...stored }: Stored): BacktestRow => ({
  ...stored,
  variants: backtestVariant.array().parse(stored.variants),
  result: stored.result === null ? null : backtestResult.parse(stored.result),
  run: run && { ...run, finishedAt: run.finishedAt === null ? null : new Date(run.finishedAt) },
})

export type BacktestKey = { accountId: string; backtestId: string }

export async function findBacktest(
  db: Executor,
  { accountId, backtestId }: BacktestKey,
): Promise<BacktestRow | undefined> {
  const { rows } = await sql<Stored>`${ROWS}
    where b.id = ${backtestId}::bigint and b.account_id = ${accountId}::bigint`.execute(db)
  return rows[0] && rowOf(rows[0])
}

type Filter = {
  accountId: string
  kind?: Backtest['kind'] | undefined
  subjectId?: string | undefined
  cursor?: string | undefined
  limit: number
}

export async function listBacktests(db: Executor, filter: Filter): Promise<Page<BacktestRow>> {
  const { accountId, kind, subjectId, cursor, limit } = filter
  const where = [
    sql<SqlBool>`b.account_id = ${accountId}::bigint`,
    ...(kind === undefined ? [] : [sql<SqlBool>`b.kind = ${kind}`]),
    ...(subjectId === undefined ? [] : [sql<SqlBool>`b.subject_id = ${subjectId}::bigint`]),
    ...(cursor === undefined ? [] : [sql<SqlBool>`b.id < ${cursor}::bigint`]),
  ]
  const { rows } = await sql<Stored>`${ROWS} where ${sql.join(where, sql` and `)}
    order by b.id desc limit ${limit + 1}`.execute(db)
  return toPage(rows.map(rowOf), limit, ({ id }) => id)
}

type New = NewBacktest & {
  accountId: string
  kind: Backtest['kind']
  from: Date
  to: Date
  by: string | null
}

/** The log as far as it is settled: nothing can appear before that any more. */
export async function insertBacktest(trx: Executor, one: New): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into backtests (account_id, kind, subject_id, name, variants, days, sample, from_at, to_at, log_upto, created_by,
      created_at)
    values (${one.accountId}::bigint, ${one.kind}, ${one.subjectId}::bigint, ${one.name}, ${JSON.stringify(one.variants)}::jsonb,
      ${one.days}::int, ${one.sample}::int, ${one.from}, ${one.to}, log_settled(), ${one.by}::bigint, ${one.to})
    returning id`.execute(trx)
  return rows[0]?.id as string
}

export const setRun = (trx: Executor, id: string, runId: string) =>
  sql`update backtests set run_id = ${runId}::bigint where id = ${id}::bigint`.execute(trx)

/** False where it is over already. */
export async function cancel(trx: Executor, id: string, now: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update backtests b set cancelled_at = ${now}, finished_at = ${now}
    where b.id = ${id}::bigint and b.cancelled_at is null and b.result is null
      and exists (select from background_runs r where r.id = b.run_id and r.state in ('queued', 'running'))`.execute(
    trx,
  )
  return numAffectedRows === 1n
}

export async function isCancelled(db: Executor, id: string): Promise<boolean> {
  const { rows } = await sql`select from backtests where id = ${id}::bigint and cancelled_at is null`.execute(
    db,
  )
  return rows.length === 0
}

type Samples = { reached: readonly SamplePerson[]; notReached: readonly SamplePerson[] }

/** Everything that came of it, or nothing: false where it was cancelled. */
export async function writeResult(
  trx: Executor,
  id: string,
  { result, samples, now }: { result: BacktestResult; samples: readonly Samples[]; now: Date },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update backtests set result = ${JSON.stringify(result)}::jsonb, finished_at = ${now}
    where id = ${id}::bigint and cancelled_at is null and result is null`.execute(trx)
  if (numAffectedRows !== 1n) return false
  const rows = samples.flatMap(({ reached, notReached }, variant) =>
    [reached, notReached].flatMap((some) => some.map((one, n) => ({ ...one, variant, n }))),
  )
  if (rows.length === 0) return true
  const column = <T>(pick: (row: (typeof rows)[number]) => T) => rows.map(pick)
  await sql`insert into backtest_people (backtest_id, variant, reached, n, contact_id, turn_at, decided_at, reason)
    select ${id}::bigint, u.* from unnest(${column((row) => row.variant)}::smallint[],
      ${column((row) => row.reached)}::boolean[], ${column((row) => row.n)}::smallint[],
      ${column((row) => row.person)}::bigint[], ${column((row) => new Date(row.turnAt).toISOString())}::timestamptz[],
      ${column((row) => new Date(row.decidedAt).toISOString())}::timestamptz[], ${column((row) => row.reason)}::text[]) as u`.execute(
    trx,
  )
  return true
}

export type StoredPerson = {
  variant: number
  contactId: string
  name: string | null
  nickname: string | null
  turnAt: Date
  decidedAt: Date
  reached: boolean
  reason: string | null
}

/** As they are today: who merged since goes by the id that stayed. */
export async function listSamplePeople(
  db: Executor,
  { id, variant, reached }: { id: string; variant: number; reached: boolean },
): Promise<StoredPerson[]> {
  const { rows } = await sql<StoredPerson>`
    select p.variant, c.id as "contactId", c.name, f.remark as nickname, p.turn_at as "turnAt", p.decided_at as "decidedAt",
      p.reached, p.reason
    from backtest_people p join backtests b on b.id = p.backtest_id
    left join contact_aliases a on a.contact_id = p.contact_id
    join contacts c on c.id = coalesce(a.merged_into, p.contact_id)
    left join lateral (select nullif(remark, '') as remark from fans
      where contact_id = c.id and account_id = b.account_id order by remark is null, id limit 1) f on true
    where p.backtest_id = ${id}::bigint and p.variant = ${variant}::int and p.reached = ${reached}::boolean
    order by p.n`.execute(db)
  return rows
}
