import type { Pool, PoolClient } from 'pg'
import type { Answerer } from '../manifest.ts'
import { keepLimits } from './answers.ts'
import { type Incoming, idOf, type Outcome } from './incoming.ts'
import { findOrMakeFans } from './people.ts'
import { sumUp } from './rules.ts'
import { insertEvents, insertKeys, selectRefs, updateRefs } from './store.ts'
import { inIngest, isAboutContent } from './transaction.ts'

/**
 * Stores what came in, in one transaction: keys, people, events. A repeat, within the batch or of earlier days, changes
 * nothing. When the batch can't be stored as a whole each item is tried alone, so that a bad one harms no other; its
 * place in the answer then holds the error. Throws where the database can't be reached.
 */
export async function commitIncoming(
  pool: Pool,
  items: readonly Incoming[],
  answerer?: Answerer,
): Promise<(Outcome | Error)[]> {
  try {
    return await attempt(pool, items, answerer)
  } catch (error) {
    if (items.length === 1 || !isAboutContent(error)) throw error
  }
  const results: (Outcome | Error)[] = []
  for (const item of items) {
    results.push(await attempt(pool, [item], answerer).then(([outcome]) => outcome as Outcome, asError))
  }
  return results
}

const asError = (error: unknown): Error => {
  if (!isAboutContent(error)) throw error
  return error as Error
}

const attempt = (pool: Pool, items: readonly Incoming[], answerer?: Answerer): Promise<Outcome[]> =>
  inIngest(pool, (client) => storeAll(client, items, answerer))

/**
 * In this order everywhere, so that two batches never wait for each other: keys, then people in the order of their
 * openids, then what limits their answers, and only then numbers of the event sequence, so that one fan's events are numbered
 * as they are committed.
 */
async function storeAll(
  client: PoolClient,
  items: readonly Incoming[],
  answerer: Answerer | undefined,
): Promise<Outcome[]> {
  const first = new Map<string, Incoming>()
  for (const item of items) {
    const id = idOf(item)
    if (!first.has(id)) first.set(id, item)
  }
  const fresh = new Set(
    await insertKeys(
      client,
      [...first.values()].map((item) => ({ ...item, ref: item.answer?.limit ? null : item.answer?.ref })),
    ),
  )
  const refs = await storeNews(
    client,
    [...first].filter(([id]) => fresh.has(id)).map(([, item]) => item),
    answerer,
  )
  const known = [...first].filter(([id]) => !fresh.has(id)).map(([, item]) => item)
  for (const [id, ref] of await selectRefs(client, known)) refs.set(id, ref)
  return items.map((item) => {
    const id = idOf(item)
    // the first of several in one batch is the one that is stored
    const stored = fresh.has(id) && first.get(id) === item
    return { outcome: stored ? 'stored' : 'repeated', ref: refs.get(id) ?? null }
  })
}

/** People and events of what wasn't there yet; what each is answered with, by id. */
async function storeNews(
  client: PoolClient,
  news: readonly Incoming[],
  answerer: Answerer | undefined,
): Promise<Map<string, string>> {
  const refs = new Map<string, string>()
  if (news.length === 0) return refs
  const people = await findOrMakeFans(client, sumUp(news), news[0]?.receivedAt as Date)
  const answered = await keepLimits(
    client,
    answerer,
    news.map((item) => ({
      ...item,
      fan: item.person && people.get(`${item.accountId}:${item.person.openid}`),
      answer: item.answer ?? null,
    })),
  )
  const late = answered.flatMap((item, index) => {
    const ref = item.answer?.ref ?? null
    if (ref !== null) refs.set(idOf(item), ref)
    return ref !== null && news[index]?.answer?.limit ? [{ ...item, ref }] : []
  })
  await updateRefs(client, late)
  await insertEvents(
    client,
    answered.map(({ answer, ...item }) => ({
      ...item,
      properties: answer === null ? item.properties : { ...item.properties, reply: answer.note },
    })),
  )
  return refs
}
