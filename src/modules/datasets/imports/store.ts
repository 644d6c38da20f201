import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import type { Executor } from '../../../infra/transaction.ts'
import type { DatasetImport, Mapping, RowError } from '../schema.ts'

export type ImportRow = DatasetImport & {
  datasetId: number
  fileKey: string | null
  format: 'csv' | 'xlsx'
  createdById: string | null
}

const imports = (db: Executor) =>
  db
    .selectFrom('dataset_imports as i')
    .leftJoin('background_runs as r', 'r.id', 'i.run_id')
    .leftJoin('operators as o', 'o.id', 'i.created_by')
    .select([
      'i.id',
      'i.dataset_id',
      'i.run_id',
      'i.file_key',
      'i.file_name',
      'i.format',
      'i.columns',
      'i.sample',
      'i.mapping',
      'i.records',
      'i.counts',
      'i.created_by',
      'i.created_at',
      'r.state',
      'r.total',
      'r.error_reason',
      'r.error_detail',
      'r.finished_at',
      'o.name as created_by_name',
    ])

type Row = Awaited<ReturnType<ReturnType<typeof imports>['executeTakeFirstOrThrow']>>

const present = (row: Row): ImportRow => ({
  id: row.id,
  datasetId: row.dataset_id,
  fileKey: row.file_key,
  format: row.format as ImportRow['format'],
  fileName: row.file_name,
  state: row.run_id === null ? 'draft' : ((row.state ?? 'done') as ImportRow['state']),
  columns: row.columns,
  sample: row.sample as string[][],
  mapping: row.mapping as Mapping | null,
  progress: { done: Number(row.records), total: row.total === null ? null : Number(row.total) },
  counts: row.counts as Record<string, number>,
  error:
    row.error_reason === null
      ? null
      : { reason: row.error_reason, detail: (row.error_detail ?? {}) as Record<string, unknown> },
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  createdById: row.created_by,
  createdBy: row.created_by_name,
})

type NewImport = {
  datasetId: number
  fileKey: string
  fileName: string
  format: 'csv' | 'xlsx'
  bytes: number
  columns: readonly string[]
  sample: readonly (readonly string[])[]
  createdBy: string | null
  at: Date
}

export async function insertImport(trx: Executor, made: NewImport): Promise<string> {
  const row = await trx
    .insertInto('dataset_imports')
    .values({
      dataset_id: made.datasetId,
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
  if (lock) await sql`select from dataset_imports where id = ${id} for update`.execute(db)
  const row = await imports(db).where('i.id', '=', id).executeTakeFirst()
  return row && present(row)
}

export async function selectImports(
  db: Executor,
  { datasetId, cursor, limit }: { datasetId: number; cursor?: string | undefined; limit: number },
): Promise<ImportRow[]> {
  let query = imports(db).where('i.dataset_id', '=', datasetId).orderBy('i.id', 'desc')
  if (cursor !== undefined) query = query.where('i.id', '<', cursor)
  return (await query.limit(limit + 1).execute()).map(present)
}

/** Begins, or with the same mapping goes on with, an import. */
export async function beginImport(
  trx: Executor,
  id: string,
  { runId, mapping, anew }: { runId: string; mapping: Mapping; anew: boolean },
): Promise<void> {
  await sql`
    update dataset_imports set run_id = ${runId}, mapping = ${JSON.stringify(mapping)}::jsonb,
      records = case when ${anew} then 0 else records end,
      counts = case when ${anew} then '{}' else counts end
    where id = ${id}`.execute(trx)
  if (anew) await sql`delete from dataset_import_errors where import_id = ${id}`.execute(trx)
}

const MAX_KEPT_ERRORS = 100_000
export type RecordError = { record: number; key: string | null; errors: RowError[] }

/**
 * Moves an import on by what was just written, in the same transaction; false, and nothing moved, where it does not
 * stand where it was thought to.
 */
export async function moveImport(
  client: PoolClient,
  id: string,
  moved: { from: number; to: number; counts: Record<string, number>; errors: readonly RecordError[] },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update dataset_imports set records = $3, counts = counts || (
       select coalesce(jsonb_object_agg(key, value::int + coalesce((counts ->> key)::int, 0)), '{}')
       from jsonb_each_text($4::jsonb))
     where id = $1 and records = $2`,
    [id, moved.from, moved.to, JSON.stringify(moved.counts)],
  )
  if (rowCount === 0) return false
  if (moved.errors.length > 0)
    await client.query(
      `insert into dataset_import_errors (import_id, record, row_key, errors)
       select $1::bigint, e.record, e.row_key, e.errors::jsonb
       from unnest($2::bigint[], $3::text[], $4::text[]) as e (record, row_key, errors)
       where (select count(*) from dataset_import_errors where import_id = $1) < ${MAX_KEPT_ERRORS}`,
      [
        id,
        moved.errors.map(({ record }) => record),
        moved.errors.map(({ key }) => key),
        moved.errors.map(({ errors }) => JSON.stringify(errors)),
      ],
    )
  return true
}

/** Refused records in the order of the file, after one; at most 1,000. */
export async function selectErrors(db: Executor, importId: string, after: number): Promise<RecordError[]> {
  const rows = await db
    .selectFrom('dataset_import_errors')
    .select(['record', 'row_key', 'errors'])
    .where('import_id', '=', importId)
    .where('record', '>', String(after))
    .orderBy('record')
    .limit(1_000)
    .execute()
  return rows.map((row) => ({
    record: Number(row.record),
    key: row.row_key,
    errors: row.errors as unknown as RowError[],
  }))
}

/** Files of imports that are over, and of drafts nobody started, with what was shown of them; whose file nobody else has. */
export async function takeOldFiles(trx: Executor, before: Date): Promise<string[]> {
  const { rows } = await sql<{ file_key: string }>`
    with old as (
      select i.id, i.file_key from dataset_imports i left join background_runs r on r.id = i.run_id
      where i.file_key is not null and i.created_at < ${before}
        and (r.id is null or r.state in ('done', 'failed'))
      order by i.id limit 20 for update of i skip locked),
    cleared as (
      update dataset_imports i set file_key = null, sample = '[]' from old where i.id = old.id returning i.id)
    select distinct old.file_key from old where not exists (
      select from dataset_imports other where other.file_key = old.file_key
        and not other.id = any(array(select id from old)))
      and not exists (select from people_imports p where p.file_key = old.file_key)`.execute(trx)
  return rows.map((row) => row.file_key)
}

/** Refused records name people: they are kept for a while only. */
export async function deleteOldErrors(trx: Executor, before: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from dataset_import_errors e using (
      select e.import_id, e.record from dataset_import_errors e join dataset_imports i on i.id = e.import_id
      where i.created_at < ${before} limit 5000) old
    where e.import_id = old.import_id and e.record = old.record`.execute(trx)
  return Number(numAffectedRows ?? 0)
}
