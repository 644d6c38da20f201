import { type Kysely, Kysely as KyselyClient, PostgresDialect, type Transaction } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import type { DB } from './database-types.ts'

export type Db = Kysely<DB>
/** A database or a transaction on it: stores take either. */
export type Executor = Kysely<DB> | Transaction<DB>
export type { DB } from './database-types.ts'

export const createDb = (pool: Pool): Db => new KyselyClient<DB>({ dialect: new PostgresDialect({ pool }) })

/** Stores on a connection whose transaction someone else begins and ends. */
export const onClient = (client: PoolClient): Executor => {
  const lent = { query: client.query.bind(client), release: () => undefined }
  return new KyselyClient<DB>({
    dialect: new PostgresDialect({
      pool: { connect: async () => lent as PoolClient, end: async () => undefined },
    }),
  })
}

/** Serialisation failures and deadlocks are nobody's fault: the whole unit runs again, at most three times. */
const RETRYABLE = new Set(['40001', '40P01'])

export async function inTransaction<T>(
  db: Executor,
  work: (trx: Transaction<DB>) => Promise<T>,
  options: { isolation?: 'read committed' | 'repeatable read' } = {},
): Promise<T> {
  if (db.isTransaction) return work(db as Transaction<DB>)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db
        .transaction()
        .setIsolationLevel(options.isolation ?? 'read committed')
        .execute(work)
    } catch (error) {
      if (attempt >= 3 || !RETRYABLE.has((error as { code?: string }).code ?? '')) throw error
    }
  }
}
