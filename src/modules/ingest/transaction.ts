import type { Pool, PoolClient } from 'pg'
import { beginIngest } from './store.ts'

const RETRYABLE = new Set(['40001', '40P01'])
const ATTEMPTS = 3

/**
 * One transaction of ingest, begun, committed and, after a deadlock, tried again. What `work` returns is true only once
 * this resolves.
 */
export async function inIngest<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn += 1) {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await beginIngest(client)
      const result = await work(client)
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((reason: Error) => {
        broken = reason
      })
      if (turn === ATTEMPTS || !RETRYABLE.has((error as { code?: string }).code ?? '')) throw error
    } finally {
      client.release(broken)
    }
  }
}

/** Data (22), integrity (23) and syntax or access (42) errors are the item's; anything else is the database's. */
export const isAboutContent = (error: unknown): boolean =>
  /^(22|23|42)/.test((error as { code?: string }).code ?? '')
