import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { assert, conflict } from '../../kernel/errors.ts'
import type { FieldType, Level } from './schema.ts'

/** Names are made of our own numbers only, never of anything that was typed in. */
const numbered = (id: number): number => {
  assert(Number.isSafeInteger(id) && id > 0, 'a dataset or field without a number')
  return id
}
export const tableName = (datasetId: number, level: Level = 'row'): string =>
  `details.d${numbered(datasetId)}${level === 'line' ? '_lines' : ''}`
export const columnName = (fieldId: number): string => `f${numbered(fieldId)}`

export const COLUMN_TYPES: Record<FieldType, string> = {
  text: 'text',
  enumeration: 'text',
  number: 'double precision',
  boolean: 'boolean',
  date: 'date',
  instant: 'timestamptz',
}

export const table = (datasetId: number, level: Level = 'row'): RawBuilder<unknown> =>
  sql.raw(tableName(datasetId, level))

type Column = { id: number; type: FieldType }
const columns = (fields: readonly Column[]): string =>
  fields.map(({ id, type }) => `, ${columnName(id)} ${COLUMN_TYPES[type]}`).join('')

/**
 * The tables of a dataset: every row a version, the one that holds with `until` infinite; lines are versions along
 * with their row and carry its person and time.
 */
export async function createTables(
  trx: Executor,
  datasetId: number,
  { fields, lineFields }: { fields: readonly Column[]; lineFields: readonly Column[] | null },
): Promise<void> {
  const rows = tableName(datasetId)
  await run(
    trx,
    `create table ${rows} (key text not null, contact_id bigint, account_id bigint, at timestamptz not null,
      since timestamptz not null, until timestamptz not null default 'infinity', received_at timestamptz not null,
      updated_at timestamptz${columns(fields)}, unique (key, until), check (until >= since))`,
    `create index on ${rows} (contact_id, at)`,
    `create index on ${rows} (at, key)`,
  )
  if (lineFields === null) return
  const lines = tableName(datasetId, 'line')
  await run(
    trx,
    `create table ${lines} (key text not null, line int not null, contact_id bigint, at timestamptz not null,
      since timestamptz not null, until timestamptz not null default 'infinity'${columns(lineFields)},
      unique (key, line, until), check (until >= since))`,
    `create index on ${lines} (contact_id, at)`,
  )
}

const run = async (trx: Executor, ...statements: string[]): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(trx)
}

export async function addColumn(
  trx: Executor,
  datasetId: number,
  { level, ...column }: Column & { level: Level },
): Promise<void> {
  await run(
    trx,
    `alter table ${tableName(datasetId, level)} add column ${columnName(column.id)} ${COLUMN_TYPES[column.type]}`,
  )
}

/** Real time: whoever would wait longer than this for the tables is told to try again. */
const LOCK_TIMEOUT = '3s'
/** First key of the advisory locks of this module; second the dataset's id. */
const DEFINITION_LOCK = 0x64617461
/** Shared by whoever writes rows, so that fields never change under them; exclusive for whoever changes fields. */
export const DEFINITION_LOCK_SHARED = `select pg_advisory_xact_lock_shared(${DEFINITION_LOCK}, $1::int)`

/** Waits for writers of rows to finish and keeps others away until the end of the transaction. */
export async function lockDefinition(trx: Executor, datasetId: number): Promise<void> {
  await sql.raw(`set local lock_timeout = '${LOCK_TIMEOUT}'`).execute(trx)
  await sql`select pg_advisory_xact_lock(${DEFINITION_LOCK}::int, ${datasetId}::int)`.execute(trx)
}

/** Turns a lock that could not be had in time into a refusal that says so. */
export async function orBusy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if ((error as { code?: string }).code !== '55P03') throw error
    throw conflict('dataset_busy', 'the dataset is being read or written; try again in a moment')
  }
}
