import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import type { ExportedPeople, ExportFormat } from './schema.ts'

export type ExportRow = {
  id: string
  runId: string | null
  runState: string | null
  done: number
  error: { reason: string; detail: Record<string, unknown> } | null
  createdById: string | null
  createdBy: string | null
  createdAt: Date
  format: ExportFormat
  columns: string[]
  kind: ExportedPeople['kind']
  whom: ExportedPeople | null
  /** Accounts the creator could see; null: all. */
  accounts: string[] | null
  whole: boolean
  locale: 'zh-CN' | 'en'
  people: number | null
  fileKey: string | null
  bytes: number | null
  finishedAt: Date | null
  voided: boolean
}

const EXPORTS = sql`
  select e.id, e.run_id as "runId", r.state as "runState", coalesce(r.done, 0)::int as done,
    case when r.error_reason is not null then jsonb_build_object('reason', r.error_reason, 'detail', coalesce(r.error_detail, '{}')) end as error,
    e.created_by as "createdById", o.name as "createdBy", e.created_at as "createdAt", e.format, e.columns,
    e.whom_kind as kind, e.whom, e.accounts::text[] as accounts, e.whole, e.locale, coalesce(e.people, r.total)::int as people,
    e.file_key as "fileKey", e.file_bytes::float8 as bytes, e.finished_at as "finishedAt", e.voided
  from people_exports e left join background_runs r on r.id = e.run_id left join operators o on o.id = e.created_by`

type NewExport = Pick<ExportRow, 'accounts' | 'columns' | 'createdAt' | 'format' | 'locale' | 'whole'> & {
  createdById: string | null
  whom: ExportedPeople
}

export async function insertExport(db: Executor, row: NewExport): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into people_exports (created_by, created_at, format, columns, whom_kind, whom, accounts, whole, locale)
    values (${row.createdById}::bigint, ${row.createdAt}::timestamptz, ${row.format}, ${row.columns}::text[],
      ${row.whom.kind}, ${JSON.stringify(row.whom)}::jsonb, ${row.accounts}::bigint[], ${row.whole}, ${row.locale})
    returning id`.execute(db)
  return rows[0]?.id as string
}

export const setRun = (db: Executor, id: string, runId: string) =>
  sql`update people_exports set run_id = ${runId}::bigint where id = ${id}::bigint`.execute(db)

export async function selectExport(db: Executor, id: string): Promise<ExportRow | undefined> {
  const { rows } = await sql<ExportRow>`${EXPORTS} where e.id = ${id}::bigint`.execute(db)
  return rows[0]
}

/** Of everybody where `createdById` is null. */
export async function selectExports(
  db: Executor,
  { createdById, cursor, limit }: { createdById: string | null; cursor?: string | undefined; limit: number },
): Promise<Page<ExportRow>> {
  const { rows } = await sql<ExportRow>`${EXPORTS} where true
    ${createdById === null ? sql`` : sql`and e.created_by = ${createdById}::bigint`}
    ${cursor === undefined ? sql`` : sql`and e.id < ${cursor}::bigint`}
    order by e.id desc limit ${limit + 1}`.execute(db)
  return toPage(rows, limit, (row) => row.id)
}

/** Before anybody is read: whoever is erased from here on makes what is written void. */
export const beginReading = (db: Executor, id: string) =>
  sql`update people_exports set voided = false where id = ${id}::bigint and finished_at is null`.execute(db)

/** Files are kept by content, and two exports may be equal: who stores one and who removes one wait for each other. */
export const lockFiles = (trx: Executor) =>
  sql`select pg_advisory_xact_lock(hashtext('people_exports'))`.execute(trx)

/** False where somebody was erased since it began to be read. */
export async function finishExport(
  trx: Executor,
  end: { id: string; people: number; fileKey: string; bytes: number; at: Date },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update people_exports set people = ${end.people}, file_key = ${end.fileKey}, file_bytes = ${end.bytes}::bigint,
      finished_at = ${end.at}::timestamptz, whom = null
    where id = ${end.id}::bigint and not voided and finished_at is null`.execute(trx)
  return Number(numAffectedRows ?? 0) > 0
}

/**
 * Nobody knows who is in a file without reading it: all that exist or are being written are void once somebody is erased.
 * In the transaction of the erasure. Returns how many files that were.
 */
export async function voidExports(trx: Executor): Promise<number> {
  const { rows } = await sql<{ held: boolean }>`
    update people_exports set voided = true
    where not voided and (file_key is not null or finished_at is null)
    returning file_key is not null as held`.execute(trx)
  return rows.filter(({ held }) => held).length
}

/** Files that an erasure would take with it. */
export async function countExports(db: Executor): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from people_exports where not voided and file_key is not null`.execute(db)
  return rows[0]?.n ?? 0
}

/** Whether a file that people may still load is the same. */
export async function isFileUsed(trx: Executor, fileKey: string): Promise<boolean> {
  const { rows } = await sql`select from people_exports where file_key = ${fileKey} and not voided`.execute(
    trx,
  )
  return rows.length > 0
}

/** Files that are void or older than the instant, and whether another export has the same one. */
export async function takeDueFiles(trx: Executor, finishedBefore: Date) {
  const { rows } = await sql<{ id: string; key: string; shared: boolean }>`
    select id, file_key as key, exists (
      select from people_exports o where o.file_key = e.file_key and o.id <> e.id and not o.voided
        and o.finished_at > ${finishedBefore}::timestamptz) as shared
    from people_exports e
    where file_key is not null and (voided or finished_at <= ${finishedBefore}::timestamptz)
    order by id limit 50 for update`.execute(trx)
  return rows
}

export const forgetFiles = (trx: Executor, ids: readonly string[], at: Date) =>
  sql`update people_exports set file_key = null, removed_at = ${at}::timestamptz where id = any(${[...ids]}::bigint[])`.execute(
    trx,
  )

/** Whom a run was asked for is of no use once it is over. */
export async function forgetWhom(db: Executor): Promise<number> {
  const { numAffectedRows } = await sql`
    update people_exports e set whom = null
    where whom is not null and not exists (
      select from background_runs r where r.id = e.run_id and r.state in ('queued', 'running'))`.execute(db)
  return Number(numAffectedRows ?? 0)
}

export async function selectColumnFacts(
  db: Executor,
  { keys, accountIds }: { keys: readonly string[]; accountIds: readonly string[] },
) {
  const attributes = await sql<{ key: string; name: string | null }>`
    select key, display_name as name from attributes where key = any(${[...keys]}::text[]) and not ignored`.execute(
    db,
  )
  const accounts = await sql<{ id: string; name: string }>`
    select id, name from accounts where id = any(${[...accountIds]}::bigint[])`.execute(db)
  return {
    attributes: new Map(attributes.rows.map(({ key, name }) => [key, name ?? key])),
    accounts: new Map(accounts.rows.map(({ id, name }) => [id, name])),
  }
}
