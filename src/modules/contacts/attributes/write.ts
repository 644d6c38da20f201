import type { PoolClient } from 'pg'
import { prepared } from '../../../infra/postgres/connect.ts'
import { type AttributeType, convert, type Stored, typeOf } from './values.ts'

/** One value of one person. Null takes the value away. Of several of one person and key the last holds. */
export type AttributeChange = {
  contactId: string
  key: string
  value: unknown
  /** From a public source: whoever sends such must not use up the attributes there may be. */
  isPublic?: boolean
}
export type AttributeOrigin = 'source' | 'import' | 'operator'
export type AttributesWritten = {
  /** Values that are new or other than before. */
  changed: number
  /** Of whom something changed. */
  people: Set<string>
  /** Values that were not taken, by reason. */
  refused: { contactId: string; key: string; reason: 'does_not_fit' | 'bad_key' | 'too_many_attributes' }[]
}

export const MAX_ATTRIBUTES = 500
/** Of these, kept for what is declared and what servers, imports and operators say. */
const NOT_FOR_PUBLIC = 200
const MAX_KEY_BYTES = 128
const NAME_KEYS = new Set(['name', '$name'])
const MAX_NAME = 120

type Known = { id: number; type: AttributeType; ignored: boolean }

/**
 * Writes what is now known of people, in the caller's transaction, which holds them: the value before ends at `now` and the new
 * one begins; what is the same already is not written. Keys nobody has declared are discovered with the type of their
 * first value, up to 500 in all, of public sources up to 300. A value that does not fit its attribute's type is counted there and changes nothing. `name` sets
 * the name people are shown by. A handful of statements, whatever the number of changes (≤ 1,000).
 */
export async function writeAttributes(
  client: PoolClient,
  changes: readonly AttributeChange[],
  now: Date,
  _options: { origin?: AttributeOrigin } = {},
): Promise<AttributesWritten> {
  const written: AttributesWritten = { changed: 0, people: new Set(), refused: [] }
  const last = new Map(changes.map((change) => [`${change.contactId}:${change.key}`, change]))
  const wanted = [...last.values()]
  note(written, await writeNames(client, wanted))
  const plain = wanted.filter(({ key }) => !NAME_KEYS.has(key))
  for (const { contactId, key } of plain.filter((change) => !isKey(change.key)))
    written.refused.push({ contactId, key, reason: 'bad_key' })
  const usable = plain.filter((change) => isKey(change.key))
  if (usable.length === 0) return written
  await client.query(WITH_TYPES_AS_THEY_ARE)
  const attributes = await findOrDiscover(client, usable, now)
  const values: Value[] = []
  const misfits: (AttributeChange & { id: number })[] = []
  for (const change of usable) {
    const attribute = attributes.get(change.key)
    if (attribute === undefined) {
      const reason = change.value === null || change.value === undefined ? undefined : reasonFor(change)
      if (reason !== undefined) written.refused.push({ contactId: change.contactId, key: change.key, reason })
      continue
    }
    if (attribute.ignored) continue
    const items = change.value == null ? [] : convert(change.value, attribute.type)
    if (items !== undefined) values.push({ contactId: change.contactId, attributeId: attribute.id, items })
    else {
      misfits.push({ ...change, id: attribute.id })
      written.refused.push({ contactId: change.contactId, key: change.key, reason: 'does_not_fit' })
    }
  }
  await countMisfits(client, misfits, now)
  note(written, await writeSpans(client, values, now))
  return written
}

function note(written: AttributesWritten, { changed, people }: Changed): void {
  written.changed += changed
  for (const id of people) written.people.add(id)
}

/** Held, shared, by whoever reads types and writes values by them; alone by whoever changes a type. */
export const TYPES_LOCK = { classId: 7303, objectId: 1 }
const WITH_TYPES_AS_THEY_ARE = `select pg_advisory_xact_lock_shared(${TYPES_LOCK.classId}, ${TYPES_LOCK.objectId})`

const isKey = (key: string): boolean =>
  key !== '' && Buffer.byteLength(key) <= MAX_KEY_BYTES && !key.includes('\0') && key.isWellFormed()

function reasonFor({ value }: AttributeChange): 'does_not_fit' | 'too_many_attributes' {
  const type = typeOf(value)
  return type === undefined || convert(value, type) === undefined ? 'does_not_fit' : 'too_many_attributes'
}

const SELECT_ATTRIBUTES = `select key, id, type, ignored from attributes where key = any($1::text[])`
/** In the order of keys, so that two batches that discover the same ones never wait for each other in a circle. */
const INSERT_ATTRIBUTES = `
  insert into attributes (key, type, origin, created_at, personal)
  select i.key, i.type, 'discovered', $3, i.personal
  from unnest($1::text[], $2::text[], $5::bool[]) as i (key, type, personal)
  order by i.key limit greatest(0, $4::int - (select count(*) from attributes))
  on conflict (key) do nothing`

/** What sources call things that tell who somebody is: hidden by role from the first value on, until an operator says otherwise. */
const PERSONAL =
  /phone|mobile|e-?mail|id_?card|passport|(first|last|full|real)_?name|street|^\$?address$|手机|电话|邮箱|身份证|护照|姓名|地址/i

async function findOrDiscover(
  client: PoolClient,
  changes: readonly AttributeChange[],
  now: Date,
): Promise<Map<string, Known>> {
  const keys = [...new Set(changes.map(({ key }) => key))].sort()
  const known = await selectAttributes(client, keys)
  const fresh = changes.filter(({ key }) => !known.has(key))
  const ours = typesOf(fresh.filter(({ isPublic }) => isPublic !== true))
  const publics = typesOf(fresh.filter(({ key, isPublic }) => isPublic === true && !ours.has(key)))
  if (ours.size + publics.size === 0) return known
  for (const [types, most] of [
    [ours, MAX_ATTRIBUTES],
    [publics, MAX_ATTRIBUTES - NOT_FOR_PUBLIC],
  ] as const)
    if (types.size > 0)
      await client.query(
        prepared(INSERT_ATTRIBUTES, [
          [...types.keys()],
          [...types.values()],
          now,
          most,
          [...types.keys()].map((key) => PERSONAL.test(key)),
        ]),
      )
  return selectAttributes(client, keys)
}

/** The type that the first usable value of each key suggests. */
function typesOf(changes: readonly AttributeChange[]): Map<string, AttributeType> {
  const types = new Map<string, AttributeType>()
  for (const { key, value } of changes) {
    if (types.has(key) || value == null) continue
    const type = typeOf(value)
    if (type !== undefined && convert(value, type) !== undefined) types.set(key, type)
  }
  return types
}

async function selectAttributes(client: PoolClient, keys: string[]): Promise<Map<string, Known>> {
  const { rows } = await client.query<Known & { key: string }>(prepared(SELECT_ATTRIBUTES, [keys]))
  return new Map(rows.map(({ key, ...known }) => [key, known]))
}

type Changed = { changed: number; people: string[] }
type Value = { contactId: string; attributeId: number; items: Stored[] }

const COLUMNS = `unnest($1::bigint[], $2::int[], $3::smallint[], $4::text[], $5::float8[])
  as i (contact_id, attribute_id, item, text_value, number_value)`
const PAIRS = `unnest($6::bigint[], $7::int[]) as p (contact_id, attribute_id)`

/** Of the people and attributes told, what holds and is told no more, or told otherwise, ends. What began this instant never was. */
/** Two batches may commit in another order than they came: nothing begins or ends before what is known already. */
const notBefore = (now: string, of: string) => `greatest(${now}::timestamptz, (
  select max(greatest(k.since, case when k.until < 'infinity' then k.until end)) from contact_attributes k
  where k.contact_id = ${of}.contact_id and k.attribute_id = ${of}.attribute_id))`

const END = `
  with told as (select * from ${COLUMNS}),
  pairs as (select p.contact_id, p.attribute_id, ${notBefore('$8', 'p')} as at from ${PAIRS}),
  over as (
    select a.contact_id, a.attribute_id, a.item, a.since, p.at from contact_attributes a join pairs p using (contact_id, attribute_id)
    where a.until = 'infinity' and not exists (
      select from told t where t.contact_id = a.contact_id and t.attribute_id = a.attribute_id and t.item = a.item
        and t.text_value is not distinct from a.text_value and t.number_value is not distinct from a.number_value)),
  never as (
    delete from contact_attributes a using over o
    where a.contact_id = o.contact_id and a.attribute_id = o.attribute_id and a.item = o.item and a.until = 'infinity'
      and a.since >= o.at returning a.contact_id),
  ended as (
    update contact_attributes a set until = o.at from over o
    where a.contact_id = o.contact_id and a.attribute_id = o.attribute_id and a.item = o.item and a.until = 'infinity'
      and a.since < o.at returning a.contact_id)
  select contact_id from ended union all select contact_id from never`
const BEGIN = `
  insert into contact_attributes (contact_id, attribute_id, item, text_value, number_value, since)
  select i.contact_id, i.attribute_id, i.item, i.text_value, i.number_value, ${notBefore('$6', 'i')} from ${COLUMNS}
  order by i.contact_id, i.attribute_id, i.item
  on conflict (contact_id, attribute_id, item, until) do nothing returning contact_id`

async function writeSpans(client: PoolClient, values: readonly Value[], now: Date): Promise<Changed> {
  if (values.length === 0) return { changed: 0, people: [] }
  const rows = values.flatMap(({ items, ...of }) => items.map((stored, item) => ({ ...of, ...stored, item })))
  const columns = [
    rows.map((row) => row.contactId),
    rows.map((row) => row.attributeId),
    rows.map((row) => row.item),
    rows.map((row) => row.text),
    rows.map((row) => row.number),
  ]
  const pairs = [values.map((value) => value.contactId), values.map((value) => value.attributeId)]
  const ended = await client.query<{ contact_id: string }>(prepared(END, [...columns, ...pairs, now]))
  const begun =
    rows.length === 0
      ? undefined
      : await client.query<{ contact_id: string }>(prepared(BEGIN, [...columns, now]))
  return {
    changed: Math.max(ended.rows.length, begun?.rows.length ?? 0),
    people: [...ended.rows, ...(begun?.rows ?? [])].map((row) => row.contact_id),
  }
}

const COUNT_MISFITS = `
  update attributes a set conflicts = a.conflicts + i.n, last_conflict = i.last::jsonb
  from unnest($1::int[], $2::int[], $3::text[]) as i (id, n, last) where a.id = i.id`

async function countMisfits(
  client: PoolClient,
  misfits: readonly (AttributeChange & { id: number })[],
  now: Date,
): Promise<void> {
  if (misfits.length === 0) return
  const byId = [...Map.groupBy(misfits, ({ id }) => id)].sort(([a], [b]) => a - b)
  const shown = (value: unknown) => (JSON.stringify(value) ?? '').toWellFormed().slice(0, 200)
  await client.query(
    prepared(COUNT_MISFITS, [
      byId.map(([id]) => id),
      byId.map(([, all]) => all.length),
      byId.map(([, all]) => JSON.stringify({ value: shown(all.at(-1)?.value), at: now.toISOString() })),
    ]),
  )
}

const SET_NAMES = `
  update contacts c set name = i.name from unnest($1::bigint[], $2::text[]) as i (id, name)
  where c.id = i.id and c.name is distinct from i.name returning c.id`

async function writeNames(client: PoolClient, changes: readonly AttributeChange[]): Promise<Changed> {
  const names = new Map<string, string | null>()
  for (const { contactId, key, value } of changes) {
    if (!NAME_KEYS.has(key)) continue
    if (value === null) names.set(contactId, null)
    else if (typeof value === 'string' || typeof value === 'number') {
      const name = String(value).toWellFormed().replaceAll('\0', '').trim()
      if (name !== '') names.set(contactId, [...name].slice(0, MAX_NAME).join(''))
    }
  }
  if (names.size === 0) return { changed: 0, people: [] }
  const { rows } = await client.query<{ id: string }>(
    prepared(SET_NAMES, [[...names.keys()], [...names.values()]]),
  )
  return { changed: rows.length, people: rows.map((row) => row.id) }
}
