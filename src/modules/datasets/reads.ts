import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { addBeijingDays, startOfDay } from '../../kernel/beijing.ts'
import type { QueryOf } from '../../kernel/endpoint.ts'
import { invalid, notFound } from '../../kernel/errors.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import { canSeePersons, scopeOf, withinScope } from '../contacts/index.ts'
import { findField } from './commands.ts'
import type {
  Cell,
  Dataset,
  DatasetCounts,
  DetailRow,
  Field,
  Level,
  listRowsEndpoint,
  PersonDataset,
} from './schema.ts'
import { getDataset, listDatasets } from './shape.ts'
import { columnName, table } from './tables.ts'
import { cellOf } from './writing/rows-store.ts'

/** What stands in place of a value that the caller's role may not see. */
const HIDDEN = '***'
const DAY_MS = 86_400_000

const PERSON = sql`coalesce(alias.merged_into, r.contact_id)`
const ALIAS = sql`left join contact_aliases alias on alias.contact_id = r.contact_id`

/** Rows of people within the caller's accounts, and of nobody where the row belongs to one of them. */
function visible(ctx: Ctx): RawBuilder<boolean> {
  const scope = scopeOf(ctx)
  if (scope === null) return sql<boolean>`true`
  const own = sql`r.account_id = any(${scope}::bigint[])`
  return sql<boolean>`((r.account_id is null or ${own})
    and ((r.contact_id is null and ${own}) or ${withinScope(scope, PERSON)}))`
}

type Filter = QueryOf<typeof listRowsEndpoint>

/** Rows as known now, those that happened last first. */
export async function listRows(ctx: Ctx, key: string, filter: Filter): Promise<Page<DetailRow>> {
  const dataset = await getDataset(ctx, key)
  const rows = await selectRows(ctx, dataset, filter)
  const lines = await selectLines(
    ctx,
    dataset,
    rows.map((row) => row.key),
  )
  const shown = rows.map((row) => present(ctx, dataset, { row, lines: lines.get(row.key) ?? [] }))
  return toPage(shown, filter.limit, (row) => `${Date.parse(row.at)}.${row.key}`)
}

type Row = {
  key: string
  contact_id: string | null
  contact_name: string | null
  account_id: string | null
  at: Date
  received_at: Date
} & Record<string, unknown>

async function selectRows(ctx: Ctx, dataset: Dataset, filter: Filter): Promise<Row[]> {
  const conditions = [sql`r.until = 'infinity'`, visible(ctx)]
  if (filter.rowKey !== undefined) conditions.push(sql`r.key = ${filter.rowKey}`)
  if (filter.from !== undefined) conditions.push(sql`r.at >= ${startOfDay(filter.from)}::timestamptz`)
  if (filter.to !== undefined)
    conditions.push(sql`r.at < ${startOfDay(addBeijingDays(filter.to, 1))}::timestamptz`)
  if (filter.contactId !== undefined)
    conditions.push(sql`r.contact_id = any(${await everyId(ctx, filter.contactId)}::bigint[])`)
  if (filter.cursor !== undefined) {
    const { at, key } = readCursor(filter.cursor)
    conditions.push(sql`(r.at, r.key) < (${at}::timestamptz, ${key}::text)`)
  }
  const { rows } = await sql<Row>`
    select r.key, ${PERSON} as contact_id, c.name as contact_name, r.account_id, r.at, r.received_at${columns(dataset, 'row')}
    from ${table(dataset.id)} r ${ALIAS} left join contacts c on c.id = ${PERSON}
    where ${sql.join(conditions, sql` and `)}
    order by r.at desc, r.key desc limit ${filter.limit + 1}`.execute(ctx.db)
  return rows
}

/** Rows keep the person they came with: those of a person are those of everyone who became them. */
async function everyId(ctx: Ctx, contactId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with person as (
      select coalesce((select merged_into from contact_aliases where contact_id = ${contactId}), ${contactId}::bigint) as id)
    select id from person
    union select a.contact_id from contact_aliases a join person p on a.merged_into = p.id`.execute(ctx.db)
  return rows.map(({ id }) => id)
}

const fieldsOf = (dataset: Dataset, level: Level): Field[] =>
  dataset.fields.filter((field) => field.level === level)

const columns = (dataset: Dataset, level: Level): RawBuilder<unknown> =>
  sql.raw(
    fieldsOf(dataset, level)
      .map(({ id }) => `, r.${columnName(id)}`)
      .join(''),
  )

function readCursor(cursor: string): { at: Date; key: string } {
  const [, at = '', key = ''] = /^(\d{1,15})\.(.+)$/s.exec(cursor) ?? []
  if (at === '') throw invalid('invalid_input', 'this is no cursor')
  return { at: new Date(Number(at)), key }
}

async function selectLines(
  ctx: Ctx,
  dataset: Dataset,
  keys: readonly string[],
): Promise<Map<string, Record<string, unknown>[]>> {
  const found = new Map<string, Record<string, unknown>[]>()
  if (!dataset.hasLines || keys.length === 0) return found
  const { rows } = await sql<{ key: string } & Record<string, unknown>>`
    select r.key${columns(dataset, 'line')} from ${table(dataset.id, 'line')} r
    where r.key = any(${[...keys]}::text[]) and r.until = 'infinity' order by r.key, r.line`.execute(ctx.db)
  for (const row of rows) found.set(row.key, [...(found.get(row.key) ?? []), row])
  return found
}

function present(
  ctx: Ctx,
  dataset: Dataset,
  { row, lines }: { row: Row; lines: Record<string, unknown>[] },
): DetailRow {
  const values = (level: Level, from: Record<string, unknown>): Record<string, Cell> =>
    Object.fromEntries(
      fieldsOf(dataset, level).map((field) => [field.key, shownCell(ctx, field, from[columnName(field.id)])]),
    )
  return {
    key: row.key,
    contactId: row.contact_id,
    contactName: row.contact_name,
    accountId: row.account_id,
    at: row.at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    values: values('row', row),
    lines: lines.map((line) => values('line', line)),
  }
}

function shownCell(ctx: Ctx, field: Field, value: unknown): Cell {
  const read = cellOf(value)
  return field.personal && read !== null && !canSeePersons(ctx.actor) ? HIDDEN : read
}

/** Exact, of what the caller may see; `olderThanDays` leaves out what happened since. */
export async function countRows(
  ctx: Ctx,
  key: string,
  { olderThanDays }: { olderThanDays?: number | undefined } = {},
): Promise<DatasetCounts> {
  const dataset = await getDataset(ctx, key)
  const before =
    olderThanDays === undefined ? null : new Date(ctx.clock.now().getTime() - olderThanDays * DAY_MS)
  const { rows } = await sql<{
    rows: string
    people: string
    unclaimed: string
    first_at: Date | null
    last_at: Date | null
    last_received_at: Date | null
  }>`
    select count(*) as rows, count(distinct ${PERSON}) as people,
      count(*) filter (where r.contact_id is null) as unclaimed, min(r.at) as first_at, max(r.at) as last_at,
      max(r.received_at) as last_received_at
    from ${table(dataset.id)} r ${ALIAS} where r.until = 'infinity' and ${happenedBefore(sql`r`, before)}
      and ${visible(ctx)}`.execute(ctx.db)
  const counted = rows[0]
  return {
    rows: Number(counted?.rows ?? 0),
    people: Number(counted?.people ?? 0),
    unclaimed: Number(counted?.unclaimed ?? 0),
    lines: dataset.hasLines ? await countLines(ctx, dataset, before) : 0,
    firstAt: counted?.first_at?.toISOString() ?? null,
    lastAt: counted?.last_at?.toISOString() ?? null,
    lastReceivedAt: counted?.last_received_at?.toISOString() ?? null,
  }
}

const happenedBefore = (of: RawBuilder<unknown>, before: Date | null): RawBuilder<boolean> =>
  before === null ? sql<boolean>`true` : sql<boolean>`${of}.at < ${before}::timestamptz`

async function countLines(ctx: Ctx, dataset: Dataset, before: Date | null): Promise<number> {
  const seen =
    scopeOf(ctx) === null
      ? sql`true`
      : sql`l.key in (select r.key from ${table(dataset.id)} r ${ALIAS}
          where r.until = 'infinity' and ${visible(ctx)})`
  const { rows } = await sql<{ n: string }>`
    select count(*) as n from ${table(dataset.id, 'line')} l where l.until = 'infinity'
      and ${happenedBefore(sql`l`, before)} and ${seen}`.execute(ctx.db)
  return Number(rows[0]?.n ?? 0)
}

/** Which datasets hold rows of a person; not found where the caller may not see them. */
export async function listPersonDatasets(ctx: Ctx, contactId: string): Promise<PersonDataset[]> {
  const ids = await everyId(ctx, contactId)
  const scope = scopeOf(ctx)
  const { rows } = await sql`
    select from contacts c where c.id = any(${ids}::bigint[]) and ${withinScope(scope, sql`c.id`)}`.execute(
    ctx.db,
  )
  if (rows.length === 0) throw notFound('contact')
  const found: PersonDataset[] = []
  for (const dataset of await listDatasets(ctx)) {
    const one = await sumUpPerson(ctx, dataset, ids)
    if (one !== undefined) found.push(one)
  }
  return found
}

async function sumUpPerson(
  ctx: Ctx,
  dataset: Dataset,
  ids: readonly string[],
): Promise<PersonDataset | undefined> {
  const hides = (field: Field) => field.personal && !canSeePersons(ctx.actor)
  const numbers = fieldsOf(dataset, 'row').filter((field) => field.type === 'number' && !hides(field))
  const sums = sql.raw(numbers.map(({ id }) => `, sum(r.${columnName(id)}) as ${columnName(id)}`).join(''))
  const { rows } = await sql<{ n: string; first_at: Date; last_at: Date } & Record<string, unknown>>`
    select count(*) as n, min(r.at) as first_at, max(r.at) as last_at${sums}
    from ${table(dataset.id)} r ${ALIAS}
    where r.contact_id = any(${[...ids]}::bigint[]) and r.until = 'infinity' and ${visible(ctx)}`.execute(
    ctx.db,
  )
  const row = rows[0]
  if (row === undefined || row.n === '0') return undefined
  return {
    key: dataset.key,
    name: dataset.name,
    rows: Number(row.n),
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    totals: Object.fromEntries(
      numbers.map(({ id, key }) => [key, Number(row[columnName(id)] ?? 0)] as const),
    ),
  }
}

/** How many recent rows suggestions are gathered from. */
const RECENT_ROWS = 20_000
const MAX_SUGGESTIONS = 50

/** Values that occur most in the rows that happened last; the options of an enumeration, used or not. */
export async function listValues(
  ctx: Ctx,
  at: { key: string; field: string; level: Level; q?: string | undefined },
): Promise<{ value: string; rows: number }[]> {
  const dataset = await getDataset(ctx, at.key)
  const field = findField(dataset, at.level, at.field)
  if (field === undefined) throw notFound('field')
  if (field.personal && !canSeePersons(ctx.actor)) return []
  const column = sql.raw(`v.${columnName(field.id)}`)
  const recent = sql`select r.* from ${table(dataset.id)} r ${ALIAS}
    where r.until = 'infinity' and ${visible(ctx)} order by r.at desc, r.key desc limit ${RECENT_ROWS}`
  const from =
    at.level === 'row'
      ? sql`(${recent}) v`
      : sql`(${recent}) r join ${table(dataset.id, 'line')} v on v.key = r.key and v.until = 'infinity'`
  const text =
    field.type === 'instant'
      ? sql`to_char(${column} at time zone 'Asia/Shanghai', 'YYYY-MM-DD')`
      : sql`${column}::text`
  const { rows } = await sql<{ value: string; rows: string }>`
    select ${text} as value, count(*) as rows from ${from}
    where ${column} is not null and strpos(lower(${text}), lower(${at.q ?? ''})) > 0
    group by 1 order by 2 desc, 1 limit ${MAX_SUGGESTIONS}`.execute(ctx.db)
  const used = rows.map((row) => ({ value: row.value, rows: Number(row.rows) }))
  const unused = field.options.filter(
    (option) =>
      option.toLowerCase().includes((at.q ?? '').toLowerCase()) &&
      !used.some(({ value }) => value === option),
  )
  return [...used, ...unused.map((value) => ({ value, rows: 0 }))].slice(0, MAX_SUGGESTIONS)
}
