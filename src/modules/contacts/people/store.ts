import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { IdentityKindName, PersonAttribute } from './schema.ts'

type Ids = readonly string[]

export async function selectIdentities(db: Executor, contactIds: Ids) {
  const { rows } = await sql<{ contact_id: string; kind: IdentityKindName; value: string; added_at: Date }>`
    select contact_id, kind, value, added_at from contact_identities
    where contact_id = any(${[...contactIds]}::bigint[]) and kind <> 'anonymous'
    order by kind, added_at, value`.execute(db)
  return rows
}

/** The latest visitor ids of one person, and how many there are. */
export async function selectVisitorIds(db: Executor, contactId: string, limit: number) {
  const { rows } = await sql<{ value: string; added_at: Date; total: number }>`
    select value, added_at, count(*) over ()::int as total from contact_identities
    where contact_id = ${contactId}::bigint and kind = 'anonymous'
    order by added_at desc, value limit ${limit}`.execute(db)
  return { rows, total: rows[0]?.total ?? 0 }
}

export async function selectVisitors(db: Executor, contactIds: Ids): Promise<Set<string>> {
  const { rows } = await sql<{ contact_id: string }>`
    select id as contact_id from unnest(${[...contactIds]}::bigint[]) as i (id)
    where exists (select from contact_identities a where a.contact_id = i.id and a.kind = 'anonymous')`.execute(
    db,
  )
  return new Set(rows.map((row) => row.contact_id))
}

export type PersonFanRow = {
  id: string
  contact_id: string
  account_id: string
  openid: string
  following: boolean
  followed_at: Date | null
  unfollowed_at: Date | null
  last_interaction_at: Date | null
  subscribe_scene: string | null
  remark: string | null
  tag_ids: number[]
}

/** Fans of these people in the accounts of the scope. */
export async function selectPersonFans(
  db: Executor,
  contactIds: Ids,
  scope: Ids | null,
): Promise<PersonFanRow[]> {
  const { rows } = await sql<PersonFanRow>`
    select id, contact_id, account_id, openid, following, followed_at, unfollowed_at, last_interaction_at,
      subscribe_scene, remark, tag_ids
    from fans where contact_id = any(${[...contactIds]}::bigint[])
      ${scope === null ? sql`` : sql`and account_id = any(${[...scope]}::bigint[])`}
    order by following desc, account_id, id`.execute(db)
  return rows
}

export async function selectTagNames(db: Executor, pairs: readonly { accountId: string; tagId: number }[]) {
  const { rows } = await sql<{ account_id: string; tag_id: number; name: string }>`
    select t.account_id, t.tag_id, t.name from wechat_tags t
    join (select distinct * from unnest(${pairs.map((pair) => pair.accountId)}::bigint[],
      ${pairs.map((pair) => pair.tagId)}::int[]) as i (account_id, tag_id)) i using (account_id, tag_id)`.execute(
    db,
  )
  return new Map(rows.map((row) => [`${row.account_id}:${row.tag_id}`, row.name]))
}

export async function selectOwnTags(db: Executor, contactIds: Ids) {
  const { rows } = await sql<{
    contact_id: string
    id: string
    name: string
    group_name: string | null
    since: Date
  }>`
    select c.contact_id, t.id, t.name, g.name as group_name, c.since
    from contact_tags c join tags t on t.id = c.tag_id left join tag_groups g on g.id = t.group_id
    where c.contact_id = any(${[...contactIds]}::bigint[]) and c.until = 'infinity'
    order by g.name nulls last, t.name`.execute(db)
  return rows
}

export type AttributeRow = {
  contact_id: string
  key: string
  display_name: string | null
  type: string
  personal: boolean
  text_value: string | null
  number_value: number | null
  since: Date
}

/** What holds now; an ignored attribute is left out. `keys` undefined: all. */
export async function selectCurrentAttributes(
  db: Executor,
  contactIds: Ids,
  keys?: readonly string[],
): Promise<AttributeRow[]> {
  const { rows } = await sql<AttributeRow>`
    select v.contact_id, a.key, a.display_name, a.type, a.personal, v.text_value, v.number_value, v.since
    from contact_attributes v join attributes a on a.id = v.attribute_id
    where v.contact_id = any(${[...contactIds]}::bigint[]) and v.until = 'infinity' and not a.ignored
      ${keys === undefined ? sql`` : sql`and a.key = any(${[...keys]}::text[])`}
    order by coalesce(a.display_name, a.key), v.item`.execute(db)
  return rows
}

type Shown = Omit<PersonAttribute, 'since'> & { since: Date }

/** Rows as values: the items of a list together. */
export function valuesOf(rows: readonly AttributeRow[], seesPersons: boolean): Map<string, Shown[]> {
  const people = new Map<string, Shown[]>()
  for (const own of Map.groupBy(rows, (row) => `${row.contact_id}\n${row.key}`).values()) {
    const [first] = own
    if (first === undefined) continue
    const { contact_id, key, display_name: displayName, type, since } = first
    const value = first.personal && !seesPersons ? '***' : currentValue(type, own)
    const shown = people.get(contact_id) ?? []
    people.set(contact_id, shown)
    shown.push({ key, displayName, type, value, since })
  }
  return people
}

function currentValue(type: string, rows: readonly AttributeRow[]): PersonAttribute['value'] {
  const [{ text_value: text, number_value: number }] = rows as [AttributeRow]
  if (type === 'list') return rows.map((row) => row.text_value ?? '')
  if (type === 'boolean') return text === 'true'
  if (type === 'instant' && number !== null) return new Date(number).toISOString()
  return number ?? text ?? ''
}

const MOST_FACETS = 1_000

export async function selectFacets(db: Executor, scope: Ids | null) {
  const [attributes, tags, wechatTags] = await Promise.all([
    db
      .selectFrom('attributes')
      .select(['key', 'display_name', 'type'])
      .where('ignored', '=', false)
      .orderBy(sql`coalesce(display_name, key)`)
      .limit(MOST_FACETS)
      .execute(),
    db
      .selectFrom('tags as t')
      .leftJoin('tag_groups as g', 'g.id', 't.group_id')
      .select(['t.id', 't.name', 'g.name as groupName'])
      .orderBy(sql`g.name nulls last, t.name`)
      .limit(MOST_FACETS)
      .execute(),
    db
      .selectFrom('wechat_tags')
      .select(['account_id as accountId', 'tag_id as tagId', 'name'])
      .where(scope === null ? sql<boolean>`true` : sql<boolean>`account_id = any(${[...scope]}::bigint[])`)
      .orderBy('account_id')
      .orderBy('tag_id')
      .limit(MOST_FACETS)
      .execute(),
  ])
  return {
    attributes: attributes.map(({ display_name: displayName, ...one }) => ({ ...one, displayName })),
    tags,
    wechatTags,
  }
}
