import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import type { Ctx } from '../../context.ts'
import type { TableFormat } from '../../infra/spreadsheets/index.ts'
import { type DB, type Executor, inTransaction } from '../../infra/transaction.ts'
import { assert } from '../../kernel/errors.ts'
import type { RunView } from './schema.ts'

/** An uploaded file: what its import begins with. */
export type NewFileImport = {
  fileKey: string
  fileName: string
  format: TableFormat
  bytes: number
  columns: readonly string[]
  sample: readonly (readonly string[])[]
  createdBy: string | null
  at: Date
}

export const fileImportValues = (made: NewFileImport) => ({
  file_key: made.fileKey,
  file_name: made.fileName,
  format: made.format,
  bytes: made.bytes,
  columns: [...made.columns],
  sample: JSON.stringify(made.sample),
  created_by: made.createdBy,
  created_at: made.at,
})

/** An import beside the run that does it, which is null until it is started. */
type FileImportRow = {
  id: string
  run_id: string | null
  file_key: string | null
  file_name: string
  format: string
  columns: string[]
  sample: unknown
  records: string
  counts: unknown
  created_by: string | null
  created_at: Date
  state: string | null
  total: string | null
  error_reason: string | null
  error_detail: unknown
  finished_at: Date | null
  by_name: string | null
}

/** What every import of a file tells, whatever it imports. */
export const presentFileImport = (row: FileImportRow) => ({
  id: row.id,
  fileKey: row.file_key,
  format: row.format as TableFormat,
  fileName: row.file_name,
  state: row.run_id === null ? ('draft' as const) : ((row.state ?? 'done') as RunView['state']),
  columns: row.columns,
  sample: row.sample as string[][],
  progress: { done: Number(row.records), total: row.total === null ? null : Number(row.total) },
  counts: row.counts as Record<string, number>,
  error:
    row.error_reason === null
      ? null
      : { reason: row.error_reason, detail: (row.error_detail ?? {}) as Record<string, unknown> },
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  createdById: row.created_by,
  createdBy: row.by_name,
})

/** Of one import; whoever keeps refused records stops here. */
export const MAX_KEPT_ERRORS = 100_000

/**
 * Moves an import on by what was just written, in the same transaction; false, and nothing moved, where it does not
 * stand where it was thought to.
 */
export async function moveFileImport(
  client: PoolClient,
  table: keyof DB,
  id: string,
  moved: { from: number; to: number; counts: Record<string, number> },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update ${table} set records = $3, counts = counts || (
       select coalesce(jsonb_object_agg(key, value::int + coalesce((counts ->> key)::int, 0)), '{}')
       from jsonb_each_text($4::jsonb))
     where id = $1 and records = $2`,
    [id, moved.from, moved.to, JSON.stringify(moved.counts)],
  )
  return rowCount !== 0
}

/** All refused records in the order of the file; `after` gives those that come after one, none when it was the last. */
export async function* inOrder<E extends { record: number }>(
  after: (record: number) => Promise<E[]>,
): AsyncGenerator<E> {
  let place = 0
  for (;;) {
    const errors = await after(place)
    yield* errors
    const last = errors.at(-1)
    if (last === undefined) return
    assert(last.record > place, 'errors come in order')
    place = last.record
  }
}

const DAY_MS = 86_400_000
const FILE_DAYS = 1
const ERROR_DAYS = 7
type Tables = { imports: keyof DB; errors: keyof DB; others: keyof DB }

/**
 * Files go a day after they were uploaded, what was refused of them after a week, for it names people; how many went.
 * `others`: imports of another kind, which may have kept the same file.
 */
export async function tidyFileImports(ctx: Ctx, tables: Tables): Promise<number> {
  const daysAgo = (days: number) => new Date(ctx.clock.now().getTime() - days * DAY_MS)
  const keys = await inTransaction(ctx.db, (trx) => takeOldFiles(trx, tables, daysAgo(FILE_DAYS)))
  for (const key of keys) await ctx.files.remove(key)
  return keys.length + (await deleteOldErrors(ctx.db, tables, daysAgo(ERROR_DAYS)))
}

/** Files of imports that are over, and of drafts nobody started, with what was shown of them; whose file nobody else has. */
async function takeOldFiles(trx: Executor, { imports, others }: Tables, before: Date): Promise<string[]> {
  const { rows } = await sql<{ file_key: string }>`
    with old as (
      select i.id, i.file_key from ${sql.table(imports)} i left join background_runs r on r.id = i.run_id
      where i.file_key is not null and i.created_at < ${before}
        and (r.id is null or r.state in ('done', 'failed'))
      order by i.id limit 20 for update of i skip locked),
    cleared as (
      update ${sql.table(imports)} i set file_key = null, sample = '[]' from old where i.id = old.id
      returning i.id)
    select distinct old.file_key from old where not exists (
      select from ${sql.table(imports)} other where other.file_key = old.file_key
        and not other.id = any(array(select id from old)))
      and not exists (select from ${sql.table(others)} o where o.file_key = old.file_key)`.execute(trx)
  return rows.map((row) => row.file_key)
}

async function deleteOldErrors(db: Executor, { imports, errors }: Tables, before: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(errors)} e using (
      select e.import_id, e.record from ${sql.table(errors)} e join ${sql.table(imports)} i on i.id = e.import_id
      where i.created_at < ${before} limit 5000) old
    where e.import_id = old.import_id and e.record = old.record`.execute(db)
  return Number(numAffectedRows ?? 0)
}
