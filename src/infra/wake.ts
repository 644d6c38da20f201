import { sql } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import type { Log } from './log.ts'
import type { Executor } from './transaction.ts'

/** Hints between processes. A lost hint only costs a sweep's interval: rows in tables are the truth. */
export type Wake = {
  /** Tells every process that `topic` has something to do. */
  notify(topic: string): Promise<void>
  on(topic: string, listener: () => void): () => void
  close(): Promise<void>
}

const CHANNEL = 'weida_wake'
const LISTEN_AGAIN_MS = 1_000

/** The same hint from inside a transaction: heard when it has committed, not heard when it hasn't. */
export const notifyOnCommit = (trx: Executor, topic: string) =>
  sql`select pg_notify(${CHANNEL}::text, ${topic}::text)`.execute(trx)

/** Listens on one connection of its own; after it was lost, tries every second until it listens again. */
export async function createWake(pool: Pool, log: Log): Promise<Wake> {
  const listeners = new Map<string, Set<() => void>>()
  let client: PoolClient | undefined
  let retry: NodeJS.Timeout | undefined
  let closed = false

  const listen = async () => {
    const fresh = await pool.connect()
    if (closed) return fresh.release(true)
    fresh.on('notification', ({ payload }) => {
      for (const listener of listeners.get(payload ?? '') ?? []) listener()
    })
    fresh.on('error', (error) => {
      // an error may be said twice
      if (client !== fresh) return
      log.warn({ err: error.message }, 'wake connection lost')
      client = undefined
      fresh.release(true)
      listenLater()
    })
    client = fresh
    try {
      await fresh.query(`listen ${CHANNEL}`)
    } catch (error) {
      if (client === fresh) {
        client = undefined
        fresh.release(true)
      }
      throw error
    }
  }

  const listenLater = () => {
    if (closed) return
    clearTimeout(retry)
    retry = setTimeout(() => void listenAgain(), LISTEN_AGAIN_MS).unref()
  }

  /** What was said meanwhile is lost, so everybody looks once. */
  const listenAgain = async () => {
    try {
      await listen()
    } catch (error) {
      log.warn({ err: (error as Error).message }, 'wake connection not back yet')
      return listenLater()
    }
    for (const topic of listeners.values()) for (const listener of topic) listener()
  }

  await listen()

  return {
    async notify(topic) {
      await pool.query('select pg_notify($1, $2)', [CHANNEL, topic])
    },
    on(topic, listener) {
      const set = listeners.get(topic) ?? new Set()
      listeners.set(topic, set.add(listener))
      return () => set.delete(listener)
    },
    async close() {
      closed = true
      clearTimeout(retry)
      client?.release(true)
      client = undefined
    },
  }
}
