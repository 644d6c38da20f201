import {
  type Kysely,
  Kysely as KyselyClient,
  PostgresDialect,
  type PostgresPoolClient,
  sql,
  type Transaction,
} from 'kysely'
import type { Pool, PoolClient } from 'pg'
import type { DB } from './database-types.ts'
import { prepared } from './postgres/connect.ts'

export type Db = Kysely<DB>
/** A database or a transaction on it: stores take either. */
export type Executor = Kysely<DB> | Transaction<DB>
export type { DB } from './database-types.ts'

export const createDb = (pool: Pool): Db =>
  new KyselyClient<DB>({ dialect: new PostgresDialect({ pool: naming(pool) }) })

const PREPARE = '/* prepared */ '
/**
 * Put first in a statement that is asked many times a second with the same text: the server parses and plans it once per
 * connection. Only where the plan is the same whatever the values are: rows found one by one through an index.
 */
export const prepare = sql.raw(PREPARE)

/** What the query builder talks to: the same connections, statements that begin with {@link prepare} by their names. */
function naming(pool: Pool) {
  const known = new WeakMap<PoolClient, PostgresPoolClient>()
  return {
    async connect() {
      const client = await pool.connect()
      const named = known.get(client) ?? nameFor(client)
      known.set(client, named)
      return named
    },
    end: () => pool.end(),
  }
}

function nameFor(client: PoolClient): PostgresPoolClient {
  const query = (text: string, values: readonly unknown[]) =>
    client.query(text.startsWith(PREPARE) ? prepared(text, [...values]) : { text, values: [...values] })
  return { query, release: () => client.release() } as unknown as PostgresPoolClient
}

/** Stores on a connection whose transaction someone else begins and ends. */
export const onClient = (client: PoolClient): Executor => {
  const lent = { ...nameFor(client), release: () => undefined }
  return new KyselyClient<DB>({
    dialect: new PostgresDialect({ pool: { connect: async () => lent, end: async () => undefined } }),
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
