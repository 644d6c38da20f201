import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import type { TableFormat } from '../../../infra/spreadsheets/index.ts'
import type { Executor } from '../../../infra/transaction.ts'
import type { ImportOptions, PeopleImport, RowProblem } from '../schema.ts'

export type ImportRow = PeopleImport & {
  fileKey: string | null
  format: TableFormat
  createdById: string | null
  settled: boolean
}

const imports = (db: Executor) =>
  db
    .selectFrom('people_imports as i')
    .leftJoin('background_runs as r', 'r.id', 'i.run_id')
    .leftJoin('operators as o', 'o.id', 'i.created_by')
    .selectAll('i')
    .select(['r.state', 'r.total', 'r.error_reason', 'r.error_detail', 'r.finished_at', 'o.name as by_name'])

type Row = Awaited<ReturnType<ReturnType<typeof imports>['executeTakeFirstOrThrow']>>

const present = (row: Row): ImportRow => ({
  id: row.id,
  fileKey: row.file_key,
  format: row.format as TableFormat,
  fileName: row.file_name,
  state: row.run_id === null ? 'draft' : ((row.state ?? 'done') as ImportRow['state']),
  columns: row.columns,
  sample: row.sample as string[][],
  options: row.options as ImportOptions | null,
  progress: { done: Number(row.records), total: row.total === null ? null : Number(row.total) },
  counts: row.counts as Record<string, number>,
  segmentId: row.segment_id,
  error:
    row.error_reason === null
      ? null
      : { reason: row.error_reason, detail: (row.error_detail ?? {}) as Record<string, unknown> },
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  createdById: row.created_by,
  createdBy: row.by_name,
  settled: row.settled_at !== null,
})

type NewImport = {
  fileKey: string
  fileName: string
  format: TableFormat
  bytes: number
  columns: readonly string[]
  sample: readonly (readonly string[])[]
  createdBy: string | null
  at: Date
}

export async function insertImport(trx: Executor, made: NewImport): Promise<string> {
  const row = await trx
    .insertInto('people_imports')
    .values({
      file_key: made.fileKey,
      file_name: made.fileName,
      format: made.format,
      bytes: made.bytes,
      columns: [...made.columns],
      sample: JSON.stringify(made.sample),
      created_by: made.createdBy,
      created_at: made.at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export async function selectImport(
  db: Executor,
  id: string,
  { lock = false } = {},
): Promise<ImportRow | undefined> {
  if (lock) await sql`select from people_imports where id = ${id} for update`.execute(db)
  const row = await imports(db).where('i.id', '=', id).executeTakeFirst()
  return row && present(row)
}

/** Newest first; `by`: only those of one operator. */
export async function selectImports(
  db: Executor,
  { by, cursor, limit }: { by: string | null; cursor?: string | undefined; limit: number },
): Promise<ImportRow[]> {
  let query = imports(db).orderBy('i.id', 'desc')
  if (by !== null) query = query.where('i.created_by', '=', by)
  if (cursor !== undefined) query = query.where('i.id', '<', cursor)
  return (await query.limit(limit + 1).execute()).map(present)
}

/** Begins, or with the same options goes on with, an import. */
export async function beginImport(
  trx: Executor,
  id: string,
  { runId, options, anew }: { runId: string; options: ImportOptions; anew: boolean },
): Promise<void> {
  await sql`
    update people_imports set run_id = ${runId}, options = ${JSON.stringify(options)}::jsonb,
      records = case when ${anew} then 0 else records end,
      counts = case when ${anew} then '{}' else counts end
    where id = ${id}`.execute(trx)
  if (!anew) return
  await sql`delete from people_import_errors where import_id = ${id}`.execute(trx)
  await sql`delete from people_import_members where import_id = ${id}`.execute(trx)
}

const MAX_KEPT_ERRORS = 100_000
export type RowError = { record: number; problems: RowProblem[] }

/**
 * Moves an import on by what was just written, in the same transaction; false, and nothing moved, where it does not
 * stand where it was thought to.
 */
export async function moveImport(
  client: PoolClient,
  id: string,
  moved: {
    from: number
    to: number
    counts: Record<string, number>
    errors: readonly RowError[]
    members: readonly string[]
  },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update people_imports set records = $3, counts = counts || (
       select coalesce(jsonb_object_agg(key, value::int + coalesce((counts ->> key)::int, 0)), '{}')
       from jsonb_each_text($4::jsonb))
     where id = $1 and records = $2`,
    [id, moved.from, moved.to, JSON.stringify(moved.counts)],
  )
  if (rowCount === 0) return false
  if (moved.errors.length > 0)
    await client.query(
      `insert into people_import_errors (import_id, record, problems)
       select $1::bigint, e.record, e.problems::jsonb from unnest($2::bigint[], $3::text[]) as e (record, problems)
       where (select count(*) from people_import_errors where import_id = $1) < ${MAX_KEPT_ERRORS}`,
      [
        id,
        moved.errors.map(({ record }) => record),
        moved.errors.map(({ problems }) => JSON.stringify(problems)),
      ],
    )
  if (moved.members.length > 0)
    await client.query(
      `insert into people_import_members (import_id, contact_id)
       select distinct $1::bigint, m from unnest($2::bigint[]) as m on conflict do nothing`,
      [id, moved.members],
    )
  return true
}

export const hasMembers = async (trx: Executor, id: string): Promise<boolean> => {
  const { rows } = await sql`select from people_import_members where import_id = ${id} limit 1`.execute(trx)
  return rows.length > 0
}

/** The last word on an import. */
export async function settleImport(
  trx: Executor,
  id: string,
  { segmentId, at }: { segmentId: string | null; at: Date },
): Promise<void> {
  await sql`update people_imports set segment_id = ${segmentId}, settled_at = ${at} where id = ${id}`.execute(
    trx,
  )
  await sql`delete from people_import_members where import_id = ${id}`.execute(trx)
}

/** Refused rows in the order of the file, after one; at most 1,000. */
export async function selectErrors(db: Executor, importId: string, after: number): Promise<RowError[]> {
  const rows = await db
    .selectFrom('people_import_errors')
    .select(['record', 'problems'])
    .where('import_id', '=', importId)
    .where('record', '>', String(after))
    .orderBy('record')
    .limit(1_000)
    .execute()
  return rows.map((row) => ({
    record: Number(row.record),
    problems: row.problems as unknown as RowProblem[],
  }))
}

/** Files of imports that are over, and of drafts nobody started, with what was shown of them; whose file nobody else has. */
export async function takeOldFiles(trx: Executor, before: Date): Promise<string[]> {
  const { rows } = await sql<{ file_key: string }>`
    with old as (
      select i.id, i.file_key from people_imports i left join background_runs r on r.id = i.run_id
      where i.file_key is not null and i.created_at < ${before}
        and (r.id is null or r.state in ('done', 'failed'))
      order by i.id limit 20 for update of i skip locked),
    cleared as (
      update people_imports i set file_key = null, sample = '[]' from old where i.id = old.id returning i.id)
    select distinct old.file_key from old where not exists (
      select from people_imports other where other.file_key = old.file_key
        and not other.id = any(array(select id from old)))
      and not exists (select from dataset_imports d where d.file_key = old.file_key)`.execute(trx)
  return rows.map((row) => row.file_key)
}

/** Refused rows name people: they are kept for a while only. */
export async function deleteOldErrors(trx: Executor, before: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from people_import_errors e using (
      select e.import_id, e.record from people_import_errors e join people_imports i on i.id = e.import_id
      where i.created_at < ${before} limit 5000) old
    where e.import_id = old.import_id and e.record = old.record`.execute(trx)
  return Number(numAffectedRows ?? 0)
}
