import type { Ask } from './ask.ts'
import { type Identity, keyOf, openidOf } from './claims.ts'
import { type Facts, pairOf } from './plan.ts'

export type Owner = { contactId: string; fanId: string | null }

const LOOK_UP = `
  select c.kind, c.value, c.contact_id, null::bigint as fan_id
  from unnest($1::text[], $2::text[]) as i (kind, value) join contact_identities c using (kind, value)
  union all
  select 'unionid', unionid, id, null from contacts where unionid = any($3::text[])
  union all
  select 'openid', f.account_id || ':' || f.openid, f.contact_id, f.id
  from unnest($4::bigint[], $5::text[]) as i (account_id, openid) join fans f using (account_id, openid)`
type OwnerRow = { kind: Identity['kind']; value: string; contact_id: string; fan_id: string | null }

/** Who has each of these identities now, by its key. */
export async function selectOwners(ask: Ask, identities: readonly Identity[]): Promise<Map<string, Owner>> {
  const rowsOf = identities.filter(({ kind }) => kind !== 'unionid' && kind !== 'openid')
  const openids = identities.filter(({ kind }) => kind === 'openid').map(({ value }) => openidOf(value))
  const rows = await ask<OwnerRow>(LOOK_UP, [
    rowsOf.map(({ kind }) => kind),
    rowsOf.map(({ value }) => value),
    identities.filter(({ kind }) => kind === 'unionid').map(({ value }) => value),
    openids.map(({ accountId }) => accountId),
    openids.map(({ openid }) => openid),
  ])
  return new Map(rows.map((row) => [keyOf(row), { contactId: row.contact_id, fanId: row.fan_id }]))
}

const FACTS = `
  select c.id, c.unionid, exists (select from fans f where f.contact_id = c.id) as has_fan,
    coalesce((select jsonb_agg(jsonb_build_object('kind', i.kind, 'value', i.value)) from contact_identities i
      where i.contact_id = c.id and i.kind <> 'anonymous'), '[]') as strong
  from contacts c where c.id = any($1::bigint[])`

export async function selectFacts(ask: Ask, ids: readonly string[]): Promise<Map<string, Facts>> {
  const rows = await ask<{ id: string; unionid: string | null; has_fan: boolean; strong: Identity[] }>(
    FACTS,
    [[...ids]],
  )
  return new Map(
    rows.map((row) => [
      row.id,
      { id: row.id, unionid: row.unionid, hasFan: row.has_fan, strong: row.strong },
    ]),
  )
}

const KEPT_APART = `
  with mine as (
    select unnest($1::bigint[]) as id
    union select contact_id from contact_aliases where merged_into = any($1::bigint[]))
  select coalesce(x.merged_into, r.contact_a) as a, coalesce(y.merged_into, r.contact_b) as b
  from contact_reviews r
  left join contact_aliases x on x.contact_id = r.contact_a
  left join contact_aliases y on y.contact_id = r.contact_b
  where r.state = 'kept_apart' and r.contact_a in (select id from mine) and r.contact_b in (select id from mine)`

/** Pairs of these people that someone decided to keep apart. */
export async function selectKeptApart(ask: Ask, ids: readonly string[]): Promise<Set<string>> {
  const rows = await ask<{ a: string; b: string }>(KEPT_APART, [[...ids]])
  return new Set(rows.filter(({ a, b }) => a !== b).map(({ a, b }) => pairOf(a, b)))
}

/** New contacts, in the order asked for. */
export async function insertContacts(ask: Ask, count: number, now: Date): Promise<string[]> {
  if (count === 0) return []
  const rows = await ask<{ id: string }>(
    'insert into contacts (created_at) select $2::timestamptz from generate_series(1, $1::int) returning id',
    [count, now],
  )
  return rows.map((row) => row.id)
}

export type Attached = { identity: Identity; contactId: string }

const INSERT_IDENTITIES = `
  insert into contact_identities (kind, value, contact_id, added_at)
  select kind, value, contact_id, $4::timestamptz
  from unnest($1::text[], $2::text[], $3::bigint[]) as i (kind, value, contact_id)
  order by kind, value`
const LEARN_UNIONIDS = `
  update contacts c set unionid = i.unionid
  from unnest($1::bigint[], $2::text[]) as i (id, unionid) where c.id = i.id`
/** Not known to follow; the platform is asked. */
const INSERT_FANS = `
  insert into fans (account_id, contact_id, openid, following, detail_due_at)
  select account_id, contact_id, openid, false, clock_timestamp()
  from unnest($1::bigint[], $2::bigint[], $3::text[]) as i (account_id, contact_id, openid)
  order by account_id, openid
  on conflict do nothing
  returning id, account_id, openid`

/** Someone else made the fan in the same instant: the whole unit has to look again. */
export class LostRace extends Error {
  readonly code = '40001'
}

/** Gives identities to people; the ids of the fans made, by the identity's key. */
export async function attach(
  ask: Ask,
  attached: readonly Attached[],
  now: Date,
): Promise<Map<string, string>> {
  const unionids = attached.filter(({ identity }) => identity.kind === 'unionid')
  const openids = attached.filter(({ identity }) => identity.kind === 'openid')
  const others = attached.filter(({ identity }) => !['unionid', 'openid'].includes(identity.kind))
  const contacts = (some: readonly Attached[]) => some.map(({ contactId }) => contactId)
  const values = (some: readonly Attached[]) => some.map(({ identity }) => identity.value)
  if (unionids.length > 0) await ask(LEARN_UNIONIDS, [contacts(unionids), values(unionids)])
  if (others.length > 0) {
    await ask(INSERT_IDENTITIES, [
      others.map(({ identity }) => identity.kind),
      values(others),
      contacts(others),
      now,
    ])
  }
  if (openids.length === 0) return new Map()
  const named = openids.map(({ identity }) => openidOf(identity.value))
  const made = await ask<{ id: string; account_id: string; openid: string }>(INSERT_FANS, [
    named.map(({ accountId }) => accountId),
    contacts(openids),
    named.map(({ openid }) => openid),
  ])
  if (made.length < openids.length) throw new LostRace('a fan was made meanwhile')
  return new Map(
    made.map((row) => [keyOf({ kind: 'openid', value: `${row.account_id}:${row.openid}` }), row.id]),
  )
}
