import type { Pool, PoolClient } from 'pg'
import { prepared } from '../../../infra/postgres/connect.ts'
import { findOrMakePeople, type PersonRef } from '../../contacts/index.ts'
import { idOf } from '../incoming.ts'
import { insertEventRows, insertKeys } from '../store.ts'
import { inIngest, isAboutContent } from '../transaction.ts'
import type { Claim, Fact } from './rules/fact.ts'
import { applyTraits } from './traits.ts'

/** One message of a source, ready to be stored. */
export type Item = Fact & {
  sourceId: string
  /** The account whose events these are. */
  accountId: string | null
  /** 16 bytes; the source's id is part of what was hashed. */
  key: Buffer
  receivedAt: Date
}
export type ItemOutcome = 'stored' | 'repeated' | Error

/** Messages in one transaction, so that it takes milliseconds and finds its people in one call. */
const MOST = 500
/** Each is a row or more: who sends hundreds with every message must not hold up those beside them. */
const MOST_TRAITS = 5_000

/**
 * Stores messages of sources: keys, people, what is known of them, events; a few statements for 500 messages. A repeat
 * changes nothing. Where a part can't be stored it is halved until what is bad stands alone; its place in the answer
 * holds the error. Throws where the database can't be reached: what was stored before then is a repeat next time.
 */
export async function commitItems(pool: Pool, items: readonly Item[]): Promise<ItemOutcome[]> {
  const outcomes: ItemOutcome[] = []
  for (const part of partsOf(items)) outcomes.push(...(await storeOrHalve(pool, part)))
  return outcomes
}

function partsOf(items: readonly Item[]): Item[][] {
  const parts: Item[][] = []
  let traits = 0
  for (const item of items) {
    const last = parts.at(-1)
    traits += item.traits.length
    if (last !== undefined && last.length < MOST && traits <= MOST_TRAITS) last.push(item)
    else {
      parts.push([item])
      traits = item.traits.length
    }
  }
  return parts
}

async function storeOrHalve(pool: Pool, items: readonly Item[]): Promise<ItemOutcome[]> {
  try {
    return await inIngest(pool, (client) => storeAll(client, items))
  } catch (error) {
    if (!isAboutContent(error)) throw error
    if (items.length === 1) return [error as Error]
    const half = Math.ceil(items.length / 2)
    const first = await storeOrHalve(pool, items.slice(0, half))
    return [...first, ...(await storeOrHalve(pool, items.slice(half)))]
  }
}

/** Keys of sources stand under this account in `source_keys`. */
const NO_ACCOUNT = '0'
const keyed = ({ key, receivedAt }: Item) => ({ accountId: NO_ACCOUNT, key, receivedAt })

async function storeAll(client: PoolClient, items: readonly Item[]): Promise<ItemOutcome[]> {
  const first = new Map<string, Item>()
  for (const item of items) {
    const id = idOf(keyed(item))
    if (!first.has(id)) first.set(id, item)
  }
  const fresh = new Set(await insertKeys(client, [...first.values()].map(keyed)))
  const news = [...first].filter(([id]) => fresh.has(id)).map(([, item]) => item)
  if (news.length > 0) await storeNews(client, news)
  return items.map((item) => {
    const id = idOf(keyed(item))
    return fresh.has(id) && first.get(id) === item ? 'stored' : 'repeated'
  })
}

/** As everywhere in ingest: people are locked before numbers of the log are drawn. */
async function storeNews(client: PoolClient, items: readonly Item[]): Promise<void> {
  const receivedAt = items[0]?.receivedAt as Date
  const personOf = await findPeople(client, items, receivedAt)
  const proven = await withoutUnproven(
    client,
    items.map((item) => ({ ...item, contactId: personOf(item).contactId })),
  )
  await applyTraits(
    client,
    proven.map((item) => ({ ...item, isPublic: isPublic(item) })),
    receivedAt,
  )
  await insertEventRows(
    client,
    proven.flatMap((item) => {
      const { name } = item
      return name === null ? [] : [{ ...item, name, ...personOf(item) }]
    }),
  )
}

const isPublic = ({ claims: [claim] }: Item): boolean => !claim.mayLink

type Placed = Item & { contactId: string }

const SELECT_KNOWN_PEOPLE = `
  select c.id from contacts c where c.id = any($1::bigint[]) and (c.unionid is not null
    or exists (select from fans f where f.contact_id = c.id)
    or exists (select from contact_identities i where i.contact_id = c.id and i.kind <> 'anonymous'))`

/**
 * An anonymous id is no secret: with it alone a public source says nothing about somebody who is known by more. What
 * happened is stored, without the traits; the event names those that were not taken.
 */
async function withoutUnproven(client: PoolClient, items: readonly Placed[]): Promise<readonly Placed[]> {
  const isUnproven = (item: Placed) =>
    isPublic(item) && item.claims[0].openid === undefined && (item.traits.length > 0 || item.forgetsTraits)
  const asked = items.filter(isUnproven).map(({ contactId }) => contactId)
  if (asked.length === 0) return items
  const { rows } = await client.query<{ id: string }>(prepared(SELECT_KNOWN_PEOPLE, [[...new Set(asked)]]))
  const known = new Set(rows.map(({ id }) => id))
  return items.map((item) => {
    if (!known.has(item.contactId) || !isUnproven(item)) return item
    const { $traits, ...properties } = JSON.parse(item.properties) as Record<string, unknown>
    return {
      ...item,
      traits: [],
      forgetsTraits: false,
      properties: JSON.stringify({ ...properties, $traits: [], $traits_not_taken: $traits ?? [] }),
    }
  })
}

/** Each claim is asked for once, however many messages make it. */
async function findPeople(
  client: PoolClient,
  items: readonly Item[],
  now: Date,
): Promise<(item: Item) => PersonRef> {
  const claims = new Map<string, Claim>()
  for (const { claims: all } of items) for (const claim of all) claims.set(JSON.stringify(claim), claim)
  const keys = [...claims.keys()]
  const people = new Map<string, PersonRef>()
  for (let from = 0; from < keys.length; from += MOST) {
    const part = keys.slice(from, from + MOST)
    const found = await findOrMakePeople(
      client,
      part.map((key) => claims.get(key) as Claim),
      now,
    )
    for (const [index, key] of part.entries()) people.set(key, found[index] as PersonRef)
  }
  return (item) => people.get(JSON.stringify(item.claims[0])) as PersonRef
}
