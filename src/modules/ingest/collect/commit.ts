import type { Pool, PoolClient } from 'pg'
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

/**
 * Stores messages of sources: keys, people, what is known of them, events; a few statements for 500 messages. A repeat
 * changes nothing. Where a part can't be stored it is halved until what is bad stands alone; its place in the answer
 * holds the error. Throws where the database can't be reached: what was stored before then is a repeat next time.
 */
export async function commitItems(pool: Pool, items: readonly Item[]): Promise<ItemOutcome[]> {
  const outcomes: ItemOutcome[] = []
  for (let from = 0; from < items.length; from += MOST)
    outcomes.push(...(await storeOrHalve(pool, items.slice(from, from + MOST))))
  return outcomes
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
  await applyTraits(
    client,
    items.map((item) => ({ ...item, contactId: personOf(item).contactId })),
    receivedAt,
  )
  await insertEventRows(
    client,
    items.flatMap((item) => {
      const { name } = item
      return name === null ? [] : [{ ...item, name, ...personOf(item) }]
    }),
  )
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
