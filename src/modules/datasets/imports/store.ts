import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import type { TableFormat } from '../../../infra/spreadsheets/index.ts'
import type { Executor } from '../../../infra/transaction.ts'
import {
  fileImportValues,
  MAX_KEPT_ERRORS,
  moveFileImport,
  type NewFileImport,
  presentFileImport,
} from '../../runs/index.ts'
import type { DatasetImport, Mapping, RowError } from '../schema.ts'

export type ImportRow = DatasetImport & {
  datasetId: number
  fileKey: string | null
  format: TableFormat
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
      'o.name as by_name',
    ])

type Row = Awaited<ReturnType<ReturnType<typeof imports>['executeTakeFirstOrThrow']>>

const present = (row: Row): ImportRow => ({
  ...presentFileImport(row),
  datasetId: row.dataset_id,
  mapping: row.mapping as Mapping | null,
})

export async function insertImport(
  trx: Executor,
  made: NewFileImport & { datasetId: number },
): Promise<string> {
  const row = await trx
    .insertInto('dataset_imports')
    .values({ ...fileImportValues(made), dataset_id: made.datasetId })
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

export type RecordError = { record: number; key: string | null; errors: RowError[] }

/** Like {@link moveFileImport}, with what was refused. */
export async function moveImport(
  client: PoolClient,
  id: string,
  moved: { from: number; to: number; counts: Record<string, number>; errors: readonly RecordError[] },
): Promise<boolean> {
  if (!(await moveFileImport(client, 'dataset_imports', id, moved))) return false
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
