import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { Field, FieldType } from './schema.ts'
import { COLUMN_TYPES, columnName, table, tableName } from './tables.ts'

type Conversion = { fits: string; using: string }

const bare = (column: string) => `btrim(${column})`
const NUMBER = `'^[-+]?(\\d{1,15}(\\.\\d{1,15})?|\\.\\d{1,15})$'`
const DAY = `'^(19|20|21)\\d\\d-((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|1\\d|2[0-8]))'`
const LEAP_DAY = `'^((19|20|21)(0[48]|[2468][048]|[13579][26])|2000)-02-29'`
const CLOCK = `'^.{10}T([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,6})?)?(Z|[-+](0\\d|1[0-4]):?[0-5]\\d)$'`
const isDay = (column: string) => `(${bare(column)} ~ ${DAY} or ${bare(column)} ~ ${LEAP_DAY})`

/** From text; what is blank becomes no value. */
const FROM_TEXT: Record<Exclude<FieldType, 'text' | 'enumeration'>, (column: string) => Conversion> = {
  number: (c) => ({ fits: `${bare(c)} ~ ${NUMBER}`, using: `nullif(${bare(c)}, '')::double precision` }),
  boolean: (c) => ({
    fits: `lower(${bare(c)}) in ('true', 'false', '1', '0', 'yes', 'no', '是', '否')`,
    using: `case when ${bare(c)} <> '' then lower(${bare(c)}) in ('true', '1', 'yes', '是') end`,
  }),
  date: (c) => ({
    fits: `length(${bare(c)}) = 10 and ${isDay(c)}`,
    using: `nullif(${bare(c)}, '')::date`,
  }),
  instant: (c) => ({
    fits: `${isDay(c)} and ${bare(c)} ~ ${CLOCK}`,
    using: `nullif(${bare(c)}, '')::timestamptz`,
  }),
}

/** How a column of one type becomes one of another; undefined where that would not mean anything. */
function conversionOf(field: Pick<Field, 'id' | 'type'>, to: FieldType): Conversion | undefined {
  const column = columnName(field.id)
  const isText = field.type === 'text' || field.type === 'enumeration'
  if (to === 'text' || to === 'enumeration')
    return { fits: 'true', using: isText ? column : asText(column, field) }
  if (isText) {
    const { fits, using } = FROM_TEXT[to](column)
    return { fits: `(${bare(column)} = '' or (${fits}))`, using }
  }
  if (field.type === 'date' && to === 'instant')
    return { fits: 'true', using: `${column}::timestamp at time zone 'Asia/Shanghai'` }
  return undefined
}

const asText = (column: string, { type }: Pick<Field, 'type'>): string =>
  type === 'instant'
    ? `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
    : `${column}::text`

export type ConversionCount = { values: number; convertible: number; examples: string[] }

/** How many values, of all versions of all rows, would become what; undefined where no value could. */
export async function countConvertible(
  db: Executor,
  datasetId: number,
  { field, to }: { field: Field; to: FieldType },
): Promise<ConversionCount | undefined> {
  const conversion = conversionOf(field, to)
  if (conversion === undefined) return undefined
  const column = sql.raw(columnName(field.id))
  const fits = sql.raw(conversion.fits) as RawBuilder<boolean>
  const { rows } = await sql<{ values: string; convertible: string }>`
    select count(${column}) as values, count(*) filter (where ${column} is not null and ${fits}) as convertible
    from ${table(datasetId, field.level)}`.execute(db)
  const counts = { values: Number(rows[0]?.values ?? 0), convertible: Number(rows[0]?.convertible ?? 0) }
  if (counts.values === counts.convertible) return { ...counts, examples: [] }
  const examples = await sql<{ value: string }>`
    select distinct left(${column}, 60) as value from ${table(datasetId, field.level)}
    where ${column} is not null and not (${fits}) limit 5`.execute(db)
  return { ...counts, examples: examples.rows.map((row) => row.value) }
}

/** Changes the type of a column; every value has been found to fit, in this transaction. */
export async function convertColumn(
  trx: Executor,
  datasetId: number,
  { field, to }: { field: Field; to: FieldType },
): Promise<void> {
  const conversion = conversionOf(field, to)
  if (conversion === undefined || COLUMN_TYPES[field.type] === COLUMN_TYPES[to]) return
  await sql
    .raw(
      `alter table ${tableName(datasetId, field.level)} alter column ${columnName(field.id)}
       type ${COLUMN_TYPES[to]} using ${conversion.using}`,
    )
    .execute(trx)
}
