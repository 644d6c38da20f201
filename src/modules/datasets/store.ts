import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { Dataset, Field, Level } from './schema.ts'

type StoredField = Omit<Field, 'level'>

const datasets = (db: Executor) =>
  db
    .selectFrom('datasets as d')
    .leftJoin('operators as o', 'o.id', 'd.created_by')
    .select([
      'd.id',
      'd.key',
      'd.name',
      'd.fields',
      'd.line_fields',
      'd.retention_days',
      'd.archived_at',
      'd.created_at',
      'o.name as created_by',
    ])

type Row = Awaited<ReturnType<ReturnType<typeof datasets>['executeTakeFirstOrThrow']>>

const withLevel = (fields: unknown, level: Level): Field[] =>
  ((fields ?? []) as StoredField[]).map((field) => ({ ...field, level }))

const present = (row: Row): Dataset => ({
  id: row.id,
  key: row.key,
  name: row.name,
  fields: [...withLevel(row.fields, 'row'), ...withLevel(row.line_fields, 'line')],
  hasLines: row.line_fields !== null,
  retentionDays: row.retention_days,
  archived: row.archived_at !== null,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
})

export async function selectDatasets(db: Executor, filter: { archived?: boolean } = {}): Promise<Dataset[]> {
  let query = datasets(db).orderBy('d.id')
  if (filter.archived !== undefined)
    query = query.where('d.archived_at', filter.archived ? 'is not' : 'is', null)
  return (await query.execute()).map(present)
}

export async function selectDataset(db: Executor, key: string): Promise<Dataset | undefined> {
  const row = await datasets(db).where('d.key', '=', key).executeTakeFirst()
  return row && present(row)
}

export async function countDatasets(db: Executor): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from datasets`.execute(db)
  return rows[0]?.n ?? 0
}

type NewDataset = {
  key: string
  name: string
  fields: readonly Field[]
  hasLines: boolean
  retentionDays: number | null
  nextFieldId: number
  createdBy: string | null
  at: Date
}

/** Undefined when the key is taken. */
export async function insertDataset(trx: Executor, made: NewDataset): Promise<number | undefined> {
  const row = await trx
    .insertInto('datasets')
    .values({
      key: made.key,
      name: made.name,
      ...fieldColumns(made.fields, made.hasLines),
      retention_days: made.retentionDays,
      next_field_id: made.nextFieldId,
      created_by: made.createdBy,
      created_at: made.at,
    })
    .onConflict((oc) => oc.column('key').doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

const fieldColumns = (fields: readonly Field[], hasLines: boolean) => {
  const of = (wanted: Level) =>
    JSON.stringify(fields.filter(({ level }) => level === wanted).map(({ level: _level, ...field }) => field))
  return { fields: of('row'), line_fields: hasLines ? of('line') : null }
}

/** The number the next field gets; it is never given again. */
export async function takeFieldId(trx: Executor, datasetId: number): Promise<number> {
  const row = await trx
    .updateTable('datasets')
    .set({ next_field_id: sql`next_field_id + 1` })
    .where('id', '=', datasetId)
    .returning(sql<number>`next_field_id - 1`.as('id'))
    .executeTakeFirstOrThrow()
  return row.id
}

export async function updateFields(
  trx: Executor,
  { id, hasLines }: Dataset,
  fields: readonly Field[],
): Promise<void> {
  await trx.updateTable('datasets').set(fieldColumns(fields, hasLines)).where('id', '=', id).execute()
}

export async function updateDatasetRow(
  trx: Executor,
  id: number,
  change: { name?: string; retention_days?: number | null; archived_at?: Date | null },
): Promise<void> {
  if (Object.keys(change).length > 0)
    await trx.updateTable('datasets').set(change).where('id', '=', id).execute()
}
