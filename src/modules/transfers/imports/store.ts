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
  ...presentFileImport(row),
  options: row.options as ImportOptions | null,
  segmentId: row.segment_id,
  settled: row.settled_at !== null,
})

export async function insertImport(trx: Executor, made: NewFileImport): Promise<string> {
  const row = await trx
    .insertInto('people_imports')
    .values(fileImportValues(made))
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

export type RowError = { record: number; problems: RowProblem[] }

/** Like {@link moveFileImport}, with what was refused and whom it wrote. */
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
  if (!(await moveFileImport(client, 'people_imports', id, moved))) return false
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
