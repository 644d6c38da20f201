import type { Pool, PoolClient } from 'pg'
import type { Log } from './log.ts'

/** Hints between processes. A lost hint only costs a sweep's interval: rows in tables are the truth. */
export type Wake = {
  /** Tells every process that `topic` has something to do. */
  notify(topic: string): Promise<void>
  on(topic: string, listener: () => void): () => void
  close(): Promise<void>
}

const CHANNEL = 'weida_wake'

/** Listens on one connection of its own and listens again after it was lost. */
export async function createWake(pool: Pool, log: Log): Promise<Wake> {
  const listeners = new Map<string, Set<() => void>>()
  let client: PoolClient | undefined
  let closed = false

  const listen = async () => {
    client = await pool.connect()
    client.on('notification', ({ payload }) => {
      for (const listener of listeners.get(payload ?? '') ?? []) listener()
    })
    client.on('error', (error) => {
      log.warn({ err: error.message }, 'wake connection lost')
      client?.release(true)
      client = undefined
      if (!closed) setTimeout(() => void listen().catch(() => undefined), 1_000).unref()
    })
    await client.query(`listen ${CHANNEL}`)
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
      client?.release(true)
      client = undefined
    },
  }
}
