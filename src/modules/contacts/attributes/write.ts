import type { PoolClient } from 'pg'
import { prepared } from '../../../infra/postgres/connect.ts'
import { type AttributeType, convert, type Stored, typeOf } from './values.ts'

/** One value of one person. Null takes the value away. Of several of one person and key the last holds. */
export type AttributeChange = { contactId: string; key: string; value: unknown }
export type AttributeOrigin = 'source' | 'import' | 'operator'
export type AttributesWritten = {
  /** Values that are new or other than before. */
  changed: number
  /** Values that were not taken, by reason. */
  refused: { contactId: string; key: string; reason: 'does_not_fit' | 'bad_key' | 'too_many_attributes' }[]
}

export const MAX_ATTRIBUTES = 500
const MAX_KEY_BYTES = 128
const NAME_KEYS = new Set(['name', '$name'])
const MAX_NAME = 120

type Known = { id: number; type: AttributeType; ignored: boolean }

/**
 * Writes what is now known of people, in the caller's transaction, which holds them: the value before ends at `now` and the new
 * one begins; what is the same already is not written. Keys nobody has declared are discovered with the type of their
 * first value, up to 500 in all. A value that does not fit its attribute's type is counted there and changes nothing. `name` sets
 * the name people are shown by. A handful of statements, whatever the number of changes (≤ 1,000).
 */
export async function writeAttributes(
  client: PoolClient,
  changes: readonly AttributeChange[],
  now: Date,
  _options: { origin?: AttributeOrigin } = {},
): Promise<AttributesWritten> {
  const written: AttributesWritten = { changed: 0, refused: [] }
  const last = new Map(changes.map((change) => [`${change.contactId}:${change.key}`, change]))
  const wanted = [...last.values()]
  written.changed += await writeNames(client, wanted)
  const plain = wanted.filter(({ key }) => !NAME_KEYS.has(key))
  for (const { contactId, key } of plain.filter((change) => !isKey(change.key)))
    written.refused.push({ contactId, key, reason: 'bad_key' })
  const usable = plain.filter((change) => isKey(change.key))
  if (usable.length === 0) return written
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
  written.changed += await writeSpans(client, values, now)
  return written
}

const isKey = (key: string): boolean =>
  key !== '' && Buffer.byteLength(key) <= MAX_KEY_BYTES && !key.includes('\0') && key.isWellFormed()

function reasonFor({ value }: AttributeChange): 'does_not_fit' | 'too_many_attributes' {
  const type = typeOf(value)
  return type === undefined || convert(value, type) === undefined ? 'does_not_fit' : 'too_many_attributes'
}

const SELECT_ATTRIBUTES = `select key, id, type, ignored from attributes where key = any($1::text[])`
/** In the order of keys, so that two batches that discover the same ones never wait for each other in a circle. */
const INSERT_ATTRIBUTES = `
  insert into attributes (key, type, origin, created_at)
  select i.key, i.type, 'discovered', $3 from unnest($1::text[], $2::text[]) as i (key, type)
  order by i.key limit greatest(0, ${MAX_ATTRIBUTES} - (select count(*) from attributes))
  on conflict (key) do nothing`

async function findOrDiscover(
  client: PoolClient,
  changes: readonly AttributeChange[],
  now: Date,
): Promise<Map<string, Known>> {
  const keys = [...new Set(changes.map(({ key }) => key))].sort()
  const known = await selectAttributes(client, keys)
  const fresh = new Map<string, AttributeType>()
  for (const { key, value } of changes) {
    if (known.has(key) || fresh.has(key) || value == null) continue
    const type = typeOf(value)
    if (type !== undefined && convert(value, type) !== undefined) fresh.set(key, type)
  }
  if (fresh.size === 0) return known
  await client.query(prepared(INSERT_ATTRIBUTES, [[...fresh.keys()], [...fresh.values()], now]))
  return selectAttributes(client, keys)
}

async function selectAttributes(client: PoolClient, keys: string[]): Promise<Map<string, Known>> {
  const { rows } = await client.query<Known & { key: string }>(prepared(SELECT_ATTRIBUTES, [keys]))
  return new Map(rows.map(({ key, ...known }) => [key, known]))
}

type Value = { contactId: string; attributeId: number; items: Stored[] }

const COLUMNS = `unnest($1::bigint[], $2::int[], $3::smallint[], $4::text[], $5::float8[])
  as i (contact_id, attribute_id, item, text_value, number_value)`
const PAIRS = `unnest($6::bigint[], $7::int[]) as p (contact_id, attribute_id)`

/** Of the people and attributes told, what holds and is told no more, or told otherwise, ends. What began this instant never was. */
const END = `
  with told as (select * from ${COLUMNS}), pairs as (select * from ${PAIRS}),
  over as (
    select a.contact_id, a.attribute_id, a.item, a.since from contact_attributes a join pairs p using (contact_id, attribute_id)
    where a.until = 'infinity' and not exists (
      select from told t where t.contact_id = a.contact_id and t.attribute_id = a.attribute_id and t.item = a.item
        and t.text_value is not distinct from a.text_value and t.number_value is not distinct from a.number_value)),
  never as (
    delete from contact_attributes a using over o
    where a.contact_id = o.contact_id and a.attribute_id = o.attribute_id and a.item = o.item and a.until = 'infinity'
      and a.since >= $8::timestamptz)
  update contact_attributes a set until = $8::timestamptz from over o
  where a.contact_id = o.contact_id and a.attribute_id = o.attribute_id and a.item = o.item and a.until = 'infinity'
    and a.since < $8::timestamptz`
const BEGIN = `
  insert into contact_attributes (contact_id, attribute_id, item, text_value, number_value, since)
  select i.contact_id, i.attribute_id, i.item, i.text_value, i.number_value, $6::timestamptz from ${COLUMNS}
  order by i.contact_id, i.attribute_id, i.item
  on conflict (contact_id, attribute_id, item, until) do nothing`

async function writeSpans(client: PoolClient, values: readonly Value[], now: Date): Promise<number> {
  if (values.length === 0) return 0
  const rows = values.flatMap(({ items, ...of }) => items.map((stored, item) => ({ ...of, ...stored, item })))
  const columns = [
    rows.map((row) => row.contactId),
    rows.map((row) => row.attributeId),
    rows.map((row) => row.item),
    rows.map((row) => row.text),
    rows.map((row) => row.number),
  ]
  const pairs = [values.map((value) => value.contactId), values.map((value) => value.attributeId)]
  const ended = await client.query(prepared(END, [...columns, ...pairs, now]))
  if (rows.length === 0) return ended.rowCount ?? 0
  const begun = await client.query(prepared(BEGIN, [...columns, now]))
  return Math.max(ended.rowCount ?? 0, begun.rowCount ?? 0)
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
  where c.id = i.id and c.name is distinct from i.name`

async function writeNames(client: PoolClient, changes: readonly AttributeChange[]): Promise<number> {
  const names = new Map<string, string | null>()
  for (const { contactId, key, value } of changes) {
    if (!NAME_KEYS.has(key)) continue
    if (value === null) names.set(contactId, null)
    else if (typeof value === 'string' || typeof value === 'number') {
      const name = String(value).toWellFormed().replaceAll('\0', '').trim()
      if (name !== '') names.set(contactId, [...name].slice(0, MAX_NAME).join(''))
    }
  }
  if (names.size === 0) return 0
  const { rowCount } = await client.query(prepared(SET_NAMES, [[...names.keys()], [...names.values()]]))
  return rowCount ?? 0
}
