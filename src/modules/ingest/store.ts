import type { PoolClient } from 'pg'
import { prepared } from '../../infra/postgres/connect.ts'
import { HOLD_BACK } from './horizon.ts'
import type { FanRef, Incoming } from './incoming.ts'

/**
 * Real time: WeChat gives up after 5 s, and a batch that takes longer is better repeated. The shared lock tells
 * readers of the log that numbers of the sequence may be taken and not yet be seen.
 */
const BEGIN = `begin; set local statement_timeout = 4000; ${HOLD_BACK}`

export const beginIngest = (client: PoolClient) => client.query(BEGIN)

const INSERT_KEYS = `
  insert into source_keys (account_id, key_hash, received_at, reply)
  select i.account_id, i.key_hash, i.received_at, i.reply
  from unnest($1::bigint[], $2::bytea[], $3::timestamptz[], $4::text[]) as i (account_id, key_hash, received_at, reply)
  order by i.account_id, i.key_hash
  on conflict do nothing
  returning account_id || ':' || encode(key_hash, 'hex') as id`

/** The ids of those that were not there yet. Waits for a batch that is storing the same key right now. */
export async function insertKeys(
  client: PoolClient,
  items: readonly (Pick<Incoming, 'accountId' | 'key' | 'receivedAt'> & { ref?: string | null })[],
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    prepared(INSERT_KEYS, [
      items.map((item) => item.accountId),
      items.map((item) => item.key),
      items.map((item) => item.receivedAt),
      items.map((item) => item.ref ?? null),
    ]),
  )
  return rows.map((row) => row.id)
}

const UPDATE_REFS = `
  update source_keys k set reply = i.reply
  from unnest($1::bigint[], $2::bytea[], $3::text[]) as i (account_id, key_hash, reply)
  where k.account_id = i.account_id and k.key_hash = i.key_hash`

/** What was answered, where that was known only after the keys were there. */
export async function updateRefs(
  client: PoolClient,
  items: readonly (Pick<Incoming, 'accountId' | 'key'> & { ref: string })[],
): Promise<void> {
  if (items.length === 0) return
  await client.query(
    prepared(UPDATE_REFS, [
      items.map((item) => item.accountId),
      items.map((item) => item.key),
      items.map((item) => item.ref),
    ]),
  )
}

const SELECT_REFS = `
  select k.account_id || ':' || encode(k.key_hash, 'hex') as id, k.reply
  from source_keys k join unnest($1::bigint[], $2::bytea[]) as i (account_id, key_hash)
    on k.account_id = i.account_id and k.key_hash = i.key_hash
  where k.reply is not null`

/** What was answered to the first push of each of these, where something was. */
export async function selectRefs(
  client: PoolClient,
  items: readonly Incoming[],
): Promise<Map<string, string>> {
  if (items.length === 0) return new Map()
  const { rows } = await client.query<{ id: string; reply: string }>(
    prepared(SELECT_REFS, [items.map((item) => item.accountId), items.map((item) => item.key)]),
  )
  return new Map(rows.map((row) => [row.id, row.reply]))
}

const INSERT_EVENTS = `
  insert into events (account_id, contact_id, fan_id, source_id, name, at, received_at, properties)
  select i.account_id, i.contact_id, i.fan_id, i.source_id, i.name, i.at, i.received_at, i.properties::jsonb
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::timestamptz[], $7::timestamptz[],
      $8::text[])
    with ordinality as i (account_id, contact_id, fan_id, source_id, name, at, received_at, properties, ord)
  order by i.ord`

/** One entry of the log. */
export type EventRow = {
  accountId: string | null
  contactId: string | null
  fanId: string | null
  /** Null for WeChat's own. */
  sourceId: string | null
  name: string
  at: Date
  receivedAt: Date
  /** JSON. */
  properties: string
}

/** The only way into the log, in a transaction of `beginIngest`; numbered in this order. */
export async function insertEventRows(client: PoolClient, rows: readonly EventRow[]): Promise<void> {
  if (rows.length === 0) return
  await client.query(
    prepared(INSERT_EVENTS, [
      rows.map((row) => row.accountId),
      rows.map((row) => row.contactId),
      rows.map((row) => row.fanId),
      rows.map((row) => row.sourceId),
      rows.map((row) => row.name),
      rows.map((row) => row.at),
      rows.map((row) => row.receivedAt),
      rows.map((row) => storable(row.properties)),
    ]),
  )
}

export const insertEvents = (
  client: PoolClient,
  items: readonly (Incoming & { fan: FanRef | null | undefined })[],
): Promise<void> =>
  insertEventRows(
    client,
    items.map(({ fan, ...item }) => ({
      accountId: item.accountId,
      contactId: fan?.contactId ?? null,
      fanId: fan?.id ?? null,
      sourceId: null,
      name: item.name,
      at: item.at,
      receivedAt: item.receivedAt,
      properties: JSON.stringify(item.properties),
    })),
  )

/** PostgreSQL's JSON has neither NUL nor half surrogates; both can stand in a message. */
function storable(text: string): string {
  if (!/\\u(0000|d[89a-f])/i.test(text)) return text
  return JSON.stringify(JSON.parse(text), (_name, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value,
  )
}
