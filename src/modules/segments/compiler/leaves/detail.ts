import { type RawBuilder, sql } from 'kysely'
import type { Condition, FieldFilter } from '../../schema/rule.ts'
import type { Catalogue, DatasetInfo } from '../catalogue.ts'
import type { Frame } from '../frame.ts'
import { NOBODY, type PeopleSet } from '../sets.ts'
import { all, fits, type Value } from '../values.ts'
import { inWindow } from '../windows.ts'
import { aggregated, measured } from './behaviour.ts'

type DetailCondition = Extract<Condition, { kind: 'detail' }>
type Bool = RawBuilder<boolean>

/** Rows of a dataset, or their lines, as they were known at the instant. */
export function detailPeople(condition: DetailCondition, frame: Frame, catalogue: Catalogue): PeopleSet {
  const rows = detailRows(condition, frame, catalogue)
  if (rows === null) return NOBODY
  const { measure, compare } = condition
  return measured({ rows: rows.from, key: frame.keptKey, amount: rows.amount, measure: measure.of, compare })
}

/** Where the rows of a condition come from and what they come to; null where the dataset has no such thing. */
export function detailRows(
  { over, where, measure, window, dataset: key }: DetailCondition,
  frame: Frame,
  catalogue: Catalogue,
): { from: RawBuilder<unknown>; amount: RawBuilder<unknown> } | null {
  const dataset = catalogue.datasets.get(key)
  if (dataset === undefined || (over === 'lines' && !dataset.hasLines)) return null
  const table = over === 'lines' ? linesOf(dataset) : rowsOf(dataset)
  const from = sql`${frame.kept(table)} where s.contact_id is not null and ${frame.holds('s')}
    and ${inWindow(sql`s.at`, window, frame.at)} and ${filtered({ over, where }, dataset, frame)}`
  if (measure.of === 'count') return { from, amount: sql`count(*)` }
  const field = fieldOf(dataset, over, measure.field)
  if (field === undefined) return null
  return {
    from,
    amount:
      measure.of === 'distinct'
        ? sql`count(distinct ${field.expression})`
        : aggregated(measure.of, field.expression),
  }
}

export const rowsOf = (dataset: DatasetInfo) => sql`${sql.id('details', `d${dataset.id}`)}`
export const linesOf = (dataset: DatasetInfo) => sql`${sql.id('details', `d${dataset.id}_lines`)}`

/** Filters of the level counted are tested on the row itself; those of the other level on the row or a line it belongs to. */
function filtered(
  { over, where }: Pick<DetailCondition, 'over' | 'where'>,
  dataset: DatasetInfo,
  frame: Frame,
): Bool {
  const own = where.filter(({ level }) => (level === 'line') === (over === 'lines'))
  const other = where.filter((filter) => !own.includes(filter))
  const tests = own.map((filter) => test(filter, dataset, 's', frame))
  if (other.length > 0) {
    const alias = over === 'lines' ? 'r' : 'l'
    const table = over === 'lines' ? rowsOf(dataset) : linesOf(dataset)
    if (over === 'rows' && !dataset.hasLines) return sql<boolean>`false`
    tests.push(sql<boolean>`exists (select from ${table} ${sql.ref(alias)}
      where ${sql.ref(`${alias}.key`)} = s.key and ${frame.holds(alias)}
        and ${all(other.map((filter) => test(filter, dataset, alias, frame)))})`)
  }
  return all(tests)
}

function test(filter: FieldFilter, dataset: DatasetInfo, alias: 's' | 'r' | 'l', frame: Frame): Bool {
  const field = fieldOf(dataset, filter.level === 'line' ? 'lines' : 'rows', filter.field, alias)
  return field === undefined ? sql<boolean>`false` : fits(field, filter.test, frame.at)
}

function fieldOf(
  dataset: DatasetInfo,
  over: 'rows' | 'lines',
  key: string,
  alias: 's' | 'r' | 'l' = 's',
): Value | undefined {
  const level = over === 'lines' ? 'line' : 'row'
  const field = dataset.fields.find((one) => one.key === key && one.level === level)
  if (field === undefined || field.type === 'list') return undefined
  return { type: field.type, expression: sql.ref(`${alias}.f${field.id}`) }
}
