import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { PropertyType, RegisteredEvent, RegisteredProperty } from '../schema.ts'
import type { SeenEvent, SeenProperty } from './rules.ts'

export async function selectKnownNames(db: Executor, names: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ name: string }>`
    select name from event_names where name = any(${[...names]}::text[])`.execute(db)
  return new Set(rows.map((row) => row.name))
}

export async function countNames(db: Executor): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from event_names`.execute(db)
  return rows[0]?.n ?? 0
}

/** Also those that are disabled: what they sent may still be followed. */
export async function selectPublicSources(db: Executor): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`select id from sources where kind = 'public'`.execute(db)
  return new Set(rows.map((row) => row.id))
}

export async function upsertNames(
  db: Executor,
  seen: readonly (readonly [string, SeenEvent])[],
): Promise<void> {
  await sql`
    insert into event_names as n (name, volume, first_seen_at, last_seen_at)
    select * from unnest(${seen.map(([name]) => name)}::text[], ${seen.map(([, one]) => one.volume)}::bigint[],
      ${seen.map(([, one]) => one.firstAt)}::timestamptz[], ${seen.map(([, one]) => one.lastAt)}::timestamptz[])
      as i (name, volume, first_at, last_at) order by 1
    on conflict (name) do update set volume = n.volume + excluded.volume,
      first_seen_at = least(n.first_seen_at, excluded.first_seen_at),
      last_seen_at = greatest(n.last_seen_at, excluded.last_seen_at)`.execute(db)
}

export async function addDropped(
  db: Executor,
  counts: readonly (readonly [string, number])[],
  at: Date,
): Promise<void> {
  await sql`
    update event_names n set dropped = n.dropped + i.count, last_seen_at = greatest(n.last_seen_at, ${at})
    from unnest(${counts.map(([name]) => name)}::text[], ${counts.map(([, count]) => count)}::bigint[]) as i (name, count)
    where n.name = i.name`.execute(db)
}

export async function selectPropertyNames(
  db: Executor,
  events: readonly string[],
): Promise<Map<string, Set<string>>> {
  const { rows } = await sql<{ event_name: string; names: string[] }>`
    select event_name, array_agg(name) as names from event_properties
    where event_name = any(${[...events]}::text[]) group by 1`.execute(db)
  return new Map(rows.map((row) => [row.event_name, new Set(row.names)]))
}

type Seen = SeenProperty & { event: string; name: string }

export async function upsertProperties(db: Executor, seen: readonly Seen[]): Promise<void> {
  if (seen.length === 0) return
  const types = seen.map((one) => JSON.stringify(Object.fromEntries(one.types)))
  await sql`
    insert into event_properties as p (event_name, name, types, sample, first_seen_at, last_seen_at)
    select i.event_name, i.name, i.types::jsonb, i.sample::jsonb, i.first_at, i.last_at
    from unnest(${seen.map((one) => one.event)}::text[], ${seen.map((one) => one.name)}::text[], ${types}::text[],
      ${seen.map((one) => JSON.stringify(one.sample))}::text[], ${seen.map((one) => one.firstAt)}::timestamptz[],
      ${seen.map((one) => one.lastAt)}::timestamptz[]) as i (event_name, name, types, sample, first_at, last_at)
    order by 1, 2
    on conflict (event_name, name) do update set
      types = p.types || (
        select jsonb_object_agg(t.key, t.value::bigint + coalesce((p.types->>t.key)::bigint, 0))
        from jsonb_each_text(excluded.types) as t),
      sample = coalesce(nullif(excluded.sample, 'null'), p.sample),
      first_seen_at = least(p.first_seen_at, excluded.first_seen_at),
      last_seen_at = greatest(p.last_seen_at, excluded.last_seen_at)`.execute(db)
}

type EventRow = {
  name: string
  display_name: string | null
  ignored: boolean
  volume: string
  dropped: string
  first_seen_at: Date
  last_seen_at: Date
  properties: number
  conflicts: number
}

const toEvent = (row: EventRow): RegisteredEvent => ({
  name: row.name,
  displayName: row.display_name,
  ignored: row.ignored,
  volume: Number(row.volume),
  dropped: Number(row.dropped),
  firstSeenAt: row.first_seen_at.toISOString(),
  lastSeenAt: row.last_seen_at.toISOString(),
  properties: row.properties,
  conflicts: row.conflicts,
})

/** A property has a conflict where values of more than one type came; an instant is a text that reads as one. */
const CONFLICT = sql`(select count(distinct case key when 'instant' then 'text' else key end) > 1
  from jsonb_object_keys(p.types) as key)`

type Fragment = ReturnType<typeof sql>
const events = (sortKey: Fragment) => sql`
  select n.name, n.display_name, n.ignored, n.volume, n.dropped, n.first_seen_at, n.last_seen_at,
    c.properties, c.conflicts, ${sortKey} as sort_key
  from event_names n cross join lateral (
    select count(*)::int as properties, (count(*) filter (where ${CONFLICT}))::int as conflicts
    from event_properties p where p.event_name = n.name) c`

export type EventSort = 'volume' | 'name' | 'lastSeen'
/** What each order sorts by, as a text that a cursor can carry. */
const SORTS = {
  volume: { key: sql`lpad(n.volume::text, 20, '0')`, descending: true },
  lastSeen: {
    key: sql`to_char(n.last_seen_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS.US')`,
    descending: true,
  },
  name: { key: sql`''::text`, descending: false },
} as const

type Query = {
  q?: string | undefined
  ignored?: boolean | undefined
  sort: EventSort
  after?: { key: string; name: string } | undefined
  limit: number
}

export type ListedEvent = RegisteredEvent & { sortKey: string }

export async function selectEvents(db: Executor, query: Query): Promise<ListedEvent[]> {
  const { key, descending } = SORTS[query.sort]
  const like = `%${(query.q ?? '').replace(/[\\%_]/g, '\\$&')}%`
  const direction = descending ? sql`desc` : sql`asc`
  const { after } = query
  const place =
    after === undefined
      ? sql`true`
      : descending
        ? sql`(${key}, n.name) < (${after.key}, ${after.name})`
        : sql`(${key}, n.name) > (${after.key}, ${after.name})`
  const { rows } = await sql<EventRow & { sort_key: string }>`
    ${events(key)}
    where (n.name ilike ${like} or n.display_name ilike ${like})
      and ${query.ignored === undefined ? sql`true` : sql`n.ignored = ${query.ignored}`} and ${place}
    order by ${key} ${direction}, n.name ${direction} limit ${query.limit}`.execute(db)
  return rows.map((row) => ({ ...toEvent(row), sortKey: row.sort_key }))
}

export async function selectEvent(db: Executor, name: string): Promise<RegisteredEvent | undefined> {
  const { rows } = await sql<EventRow>`${events(sql`''`)} where n.name = ${name}`.execute(db)
  return rows[0] && toEvent(rows[0])
}

type PropertyRow = {
  name: string
  display_name: string | null
  types: Partial<Record<PropertyType, number>>
  conflict: boolean
  sample: unknown
  first_seen_at: Date
  last_seen_at: Date
}

const toProperty = (row: PropertyRow): RegisteredProperty => ({
  name: row.name,
  displayName: row.display_name,
  type: mostOf(row.types),
  types: row.types,
  conflict: row.conflict,
  sample: row.sample,
  firstSeenAt: row.first_seen_at.toISOString(),
  lastSeenAt: row.last_seen_at.toISOString(),
})

const mostOf = (types: PropertyRow['types']): PropertyType =>
  (Object.entries(types) as [PropertyType, number][]).toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 'text'

export async function selectProperties(
  db: Executor,
  { event, name }: { event: string; name?: string },
): Promise<RegisteredProperty[]> {
  const { rows } = await sql<PropertyRow>`
    select p.name, p.display_name, p.types, ${CONFLICT} as conflict, p.sample, p.first_seen_at, p.last_seen_at
    from event_properties p where p.event_name = ${event} and ${name === undefined ? sql`true` : sql`p.name = ${name}`}
    order by p.name limit 1000`.execute(db)
  return rows.map(toProperty)
}

/** False where there is no such event. */
export async function updateEvent(
  db: Executor,
  name: string,
  change: { display_name?: string | null; ignored?: boolean },
): Promise<boolean> {
  if (Object.keys(change).length === 0) return (await selectKnownNames(db, [name])).size > 0
  const result = await db.updateTable('event_names').set(change).where('name', '=', name).executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export async function updateProperty(
  db: Executor,
  { event, name, displayName }: { event: string; name: string; displayName: string | null },
): Promise<boolean> {
  const result = await db
    .updateTable('event_properties')
    .set({ display_name: displayName })
    .where('event_name', '=', event)
    .where('name', '=', name)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}
