import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { invalid } from '../../kernel/errors.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import { canSeePersons, findCanonical, idsOfContact, listMerges, scopeOf } from '../contacts/index.ts'
import type { ContactMerge } from '../contacts/schema.ts'
import { impersonal } from './reads.ts'
import { MERGED, type TimelineEntry, UNMERGED } from './schema/timeline.ts'
import { tell } from './tellers.ts'

type Filter = {
  names?: string[] | undefined
  from?: string | undefined
  until?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** What a person did under every id they had, with merges and those taken back in between. */
export async function contactTimeline(
  ctx: Ctx,
  { contactId, ...filter }: Filter & { contactId: string },
): Promise<Page<TimelineEntry>> {
  const person = await findCanonical(ctx, contactId)
  const place = filter.cursor === undefined ? undefined : placeOf(filter.cursor)
  const [events, merges] = await Promise.all([
    selectEvents(ctx, person.id, { ...filter, place }),
    mergeEntries(ctx, person.id, filter.names),
  ])
  const { from, until } = filter
  const entries = [...events, ...merges]
    .filter((entry) => place === undefined || compare(entry, place) > 0)
    .filter(({ at }) => (from === undefined || at >= from) && (until === undefined || at < until))
    .sort(compare)
    .slice(0, filter.limit + 1)
  return toPage(entries, filter.limit, ({ at, name, id }) => `${at}~${rankOf(name)}~${id}`)
}

type Place = { at: string; rank: number; id: string }

function placeOf(cursor: string): Place {
  const [, at, rank, id] = /^(\d{4}-[\d:.TZ-]{10,20})~([012])~(\d{1,19})$/.exec(cursor) ?? []
  if (at === undefined || id === undefined) throw invalid('bad_cursor', 'the cursor is not one of this list')
  return { at, rank: Number(rank), id }
}

const rankOf = (name: string): number => (name === UNMERGED ? 2 : name === MERGED ? 1 : 0)

/** Latest first; at the same instant what was taken back, then merges, then events, each by number. */
function compare(a: { at: string; name: string; id: string }, b: Place | TimelineEntry): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1
  const rank = 'rank' in b ? b.rank : rankOf(b.name)
  if (rankOf(a.name) !== rank) return rank - rankOf(a.name)
  return a.id === b.id ? 0 : BigInt(a.id) < BigInt(b.id) ? 1 : -1
}

type Row = {
  id: string
  account_id: string | null
  contact_id: string
  source_id: string | null
  source_name: string | null
  display_name: string | null
  name: string
  at: Date
  properties: Record<string, unknown>
}

/** Each id's latest by its index, and of those the latest. */
async function selectEvents(
  ctx: Ctx,
  contactId: string,
  { names, from, until, place, limit }: Filter & { place: Place | undefined },
): Promise<TimelineEntry[]> {
  if (names?.every((name) => rankOf(name) > 0)) return []
  const scope = scopeOf(ctx)
  const parts = [
    scope === null ? sql`true` : sql`(e.account_id is null or e.account_id = any(${scope}::bigint[]))`,
    names === undefined || names.length === 0 ? sql`true` : sql`e.name = any(${names}::text[])`,
    from === undefined ? sql`true` : sql`e.at >= ${from}::timestamptz`,
    until === undefined ? sql`true` : sql`e.at < ${until}::timestamptz`,
    place === undefined
      ? sql`true`
      : place.rank === 0
        ? sql`(e.at, e.id) < (${place.at}::timestamptz, ${place.id}::bigint)`
        : sql`e.at <= ${place.at}::timestamptz`,
  ]
  const { rows } = await sql<Row>`
    select e.id, e.account_id, e.contact_id, e.source_id, s.name as source_name, n.display_name, e.name, e.at,
      e.properties
    from (
      select l.* from unnest(${await idsOfContact(ctx.db, contactId)}::bigint[]) as i (id)
      cross join lateral (
        select e.* from events e where e.contact_id = i.id and ${sql.join(parts, sql` and `)}
        order by e.at desc, e.id desc limit ${limit + 1}) l
      order by l.at desc, l.id desc limit ${limit + 1}) e
    left join sources s on s.id = e.source_id left join event_names n on n.name = e.name
    order by e.at desc, e.id desc`.execute(ctx.db)
  const told = await tell(
    ctx,
    rows.map((row) => ({ ...row, accountId: row.account_id })),
  )
  const whole = canSeePersons(ctx.actor)
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    displayName: row.display_name,
    at: row.at.toISOString(),
    accountId: row.account_id,
    sourceId: row.source_id,
    sourceName: row.source_name,
    cameAs: row.contact_id === contactId ? null : row.contact_id,
    properties: whole ? row.properties : impersonal(row.properties),
    told: told(row.id),
    merge: null,
  }))
}

async function mergeEntries(
  ctx: Ctx,
  contactId: string,
  names: readonly string[] | undefined,
): Promise<TimelineEntry[]> {
  const wanted = (name: string) => names === undefined || names.length === 0 || names.includes(name)
  if (!wanted(MERGED) && !wanted(UNMERGED)) return []
  const { items } = await listMerges(ctx, contactId)
  const entry = (merge: ContactMerge, name: string, at: string): TimelineEntry => ({
    id: merge.id,
    name,
    displayName: null,
    at,
    accountId: null,
    sourceId: null,
    sourceName: null,
    cameAs: null,
    properties: {},
    told: [],
    merge,
  })
  return items
    .flatMap((merge) => [
      entry(merge, MERGED, merge.mergedAt),
      ...(merge.undoneAt === null ? [] : [entry(merge, UNMERGED, merge.undoneAt)]),
    ])
    .filter(({ name }) => wanted(name))
}

const LOOK_BACK = 2_000

/** Of the latest events only, so that one with a million answers as fast. */
export async function contactEventNames(ctx: Ctx, contactId: string) {
  const person = await findCanonical(ctx, contactId)
  const scope = scopeOf(ctx)
  const { rows } = await sql<{ name: string; display_name: string | null; count: number }>`
    select e.name, n.display_name, count(*)::int as count
    from (
      select l.name from unnest(${await idsOfContact(ctx.db, person.id)}::bigint[]) as i (id)
      cross join lateral (
        select e.name, e.at from events e where e.contact_id = i.id
          and ${scope === null ? sql`true` : sql`(e.account_id is null or e.account_id = any(${scope}::bigint[]))`}
        order by e.at desc limit ${LOOK_BACK}) l
      limit ${LOOK_BACK}) e
    left join event_names n on n.name = e.name
    group by e.name, n.display_name order by count(*) desc, e.name limit 50`.execute(ctx.db)
  return {
    items: rows.map(({ name, display_name: displayName, count }) => ({ name, displayName, count })),
  }
}
