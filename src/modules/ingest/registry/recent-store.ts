import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'

/** Of the newest numbers of the log, how many are looked through. */
const NEWEST = 20_000
/** Of a name that is rare among them, how many of its events of any time. */
const RARE = 5_000
/** Fewer than these among the newest, and the rare way is taken. */
const ENOUGH = 200

type Scope = readonly string[] | null
const within = (scope: Scope): RawBuilder<unknown> =>
  scope === null ? sql`true` : sql`e.account_id = any(${[...scope]}::bigint[])`
const newest = sql`e.id > (select last_value - ${sql.lit(NEWEST)} from events_id_seq)`

export type OccurrenceRow = {
  id: string
  account_id: string | null
  source_id: string | null
  contact_id: string | null
  name: string
  at: Date
  received_at: Date
  properties: Record<string, unknown>
}
const COLUMNS = sql`e.id, e.account_id, e.source_id, coalesce(x.merged_into, e.contact_id) as contact_id, e.name, e.at,
  e.received_at, e.properties`
const RESOLVED = sql`events e left join contact_aliases x on x.contact_id = e.contact_id`

export async function selectOccurrences(
  db: Executor,
  { event, limit, scope }: { event: string; limit: number; scope: Scope },
): Promise<OccurrenceRow[]> {
  const { rows } = await sql<OccurrenceRow>`
    select ${COLUMNS} from ${RESOLVED} where e.name = ${event} and ${newest} and ${within(scope)}
    order by e.id desc limit ${limit}`.execute(db)
  return rows
}

/** What a source sent last, as stored. */
export async function selectOfSource(
  db: Executor,
  { sourceId, limit }: { sourceId: string; limit: number },
): Promise<OccurrenceRow[]> {
  const { rows } = await sql<OccurrenceRow>`
    select ${COLUMNS} from ${RESOLVED} where e.source_id = ${sourceId}::bigint and ${newest}
    order by e.id desc limit ${limit}`.execute(db)
  return rows
}

type ValueQuery = {
  event: string
  property: string
  q?: string | undefined
  limit: number
  scope: Scope
}

/** The most frequent values; each item of a list counts as a value. */
export async function selectValues(db: Executor, query: ValueQuery) {
  const among = (where: RawBuilder<unknown>) => valuesAmong(db, query, where)
  const lately = await among(sql`${newest} order by e.id desc limit ${NEWEST}`)
  return lately.lookedAt >= ENOUGH ? lately : among(sql`true limit ${RARE}`)
}

async function valuesAmong(
  db: Executor,
  { event, property, q = '', limit, scope }: ValueQuery,
  where: RawBuilder<unknown>,
) {
  const like = `%${q.replace(/[\\%_]/g, '\\$&')}%`
  const { rows } = await sql<{ looked_at: number; value: string | null; count: number | null }>`
    with looked as materialized (
      select e.properties -> ${property}::text as value from events e
      where e.name = ${event} and ${within(scope)} and ${where}
    ), counted as (
      select left(item #>> '{}', 200) as value, count(*)::int as count
      from looked cross join lateral jsonb_array_elements(
        case jsonb_typeof(value) when 'array' then value when 'object' then '[]' else jsonb_build_array(value) end) as one (item)
      where value is not null and item #>> '{}' ilike ${like} and item #>> '{}' <> ''
      group by 1 order by 2 desc, 1 limit ${limit}
    )
    select (select count(*)::int from looked) as looked_at, value, count
    from (select 1) as always left join counted on true order by count desc nulls last, value`.execute(db)
  const items = rows.flatMap(({ value, count }) =>
    value === null || count === null ? [] : [{ value, count }],
  )
  return { items, lookedAt: rows[0]?.looked_at ?? 0 }
}
