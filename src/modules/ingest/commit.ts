import type { Pool, PoolClient } from 'pg'
import { type Incoming, idOf, type Outcome } from './incoming.ts'
import { findOrMakeFans } from './people.ts'
import { sumUp } from './rules.ts'
import { insertEvents, insertKeys, selectReplies } from './store.ts'
import { inIngest, isAboutContent } from './transaction.ts'

/**
 * Stores what came in, in one transaction: keys, people, events. A repeat, within the batch or of earlier days, changes
 * nothing. When the batch can't be stored as a whole each item is tried alone, so that a bad one harms no other; its
 * place in the answer then holds the error. Throws where the database can't be reached.
 */
export async function commitIncoming(pool: Pool, items: readonly Incoming[]): Promise<(Outcome | Error)[]> {
  try {
    return await attempt(pool, items)
  } catch (error) {
    if (items.length === 1 || !isAboutContent(error)) throw error
  }
  const results: (Outcome | Error)[] = []
  for (const item of items) {
    results.push(await attempt(pool, [item]).then(([outcome]) => outcome as Outcome, asError))
  }
  return results
}

const asError = (error: unknown): Error => {
  if (!isAboutContent(error)) throw error
  return error as Error
}

const attempt = (pool: Pool, items: readonly Incoming[]): Promise<Outcome[]> =>
  inIngest(pool, (client) => storeAll(client, items))

/**
 * In this order everywhere, so that two batches never wait for each other: keys, then people in the order of their
 * openids, and only then numbers of the event sequence, so that one fan's events are numbered as they are committed.
 */
async function storeAll(client: PoolClient, items: readonly Incoming[]): Promise<Outcome[]> {
  const first = new Map<string, Incoming>()
  for (const item of items) {
    const id = idOf(item)
    if (!first.has(id)) first.set(id, item)
  }
  const fresh = new Set(await insertKeys(client, [...first.values()]))
  const news = [...first].filter(([id]) => fresh.has(id)).map(([, item]) => item)
  if (news.length > 0) {
    const people = await findOrMakeFans(client, sumUp(news), news[0]?.receivedAt as Date)
    await insertEvents(
      client,
      news.map((item) => ({
        ...item,
        fan: item.person && people.get(`${item.accountId}:${item.person.openid}`),
      })),
    )
  }
  const known = [...first].filter(([id]) => !fresh.has(id)).map(([, item]) => item)
  const replies = await selectReplies(client, known)
  return items.map((item) => {
    const id = idOf(item)
    // the first of several in one batch is the one that is stored
    const stored = fresh.has(id) && first.get(id) === item
    return { outcome: stored ? 'stored' : 'repeated', reply: replies.get(id) ?? null }
  })
}
