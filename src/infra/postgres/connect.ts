import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

export type PoolOptions = {
  databaseUrl: string
  max: number
  name?: string
  onError?: (error: Error) => void
}

// int8 stays a string (ids beyond 2^53) and timestamptz a Date, as pg has it; a calendar day must not become
// an instant in the machine's time zone.
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.DATE, (value) => value)

/**
 * A pool of connections. One that breaks is reported through `onError` and replaced; waiting for a free one is
 * bounded by 30 s. `end` resolves when every connection is closed, so that a server may be stopped after it.
 */
export function createPool({ databaseUrl, max, name = 'weida', onError }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max,
    types,
    application_name: name,
    // compiling a statement takes longer than nearly all of ours
    options: '-c jit=off',
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 30_000,
    keepAlive: true,
  })
  pool.on('error', (error) => onError?.(error))
  endWithConnections(pool, (error) => onError?.(error))
  return pool
}

const CLOSE_TIMEOUT_MS = 5_000

/** pg's own `end` resolves while its sockets are still closing. */
function endWithConnections(pool: pg.Pool, onError: (error: Error) => void): void {
  const open = new Set<Promise<void>>()
  pool.on('connect', (client) => {
    // In use when it breaks: the query fails too, and whoever made it is told there.
    client.on('error', onError)
    const closed = new Promise<void>((resolve) => client.once('end', () => resolve()))
    open.add(closed)
    void closed.then(() => open.delete(closed))
  })
  const end = pool.end.bind(pool) as () => Promise<void>
  pool.end = async () => {
    await end()
    await Promise.race([Promise.all(open), delay(CLOSE_TIMEOUT_MS, undefined, { ref: false })])
  }
}

const names = new Map<string, string>()
const MAX_NAMES = 500

/**
 * A query the server parses and plans once per connection. For texts that are fixed in the code: after 500
 * different ones further texts go unnamed, since each name stays on the server.
 */
export function prepared(text: string, values: unknown[]): pg.QueryConfig<unknown[]> {
  let name = names.get(text)
  if (!name && names.size < MAX_NAMES) {
    name = createHash('sha1').update(text).digest('base64url')
    names.set(text, name)
  }
  return { name, text, values }
}

export type WaitOptions = { timeoutMs: number; signal?: AbortSignal }

// cannot_connect_now: starting up, shutting down, in recovery.
const NOT_YET = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', '57P03'])

/** Resolves when the database answers a query; throws the last error when it refuses or time is up. */
export async function waitUntilReady(databaseUrl: string, { timeoutMs, signal }: WaitOptions): Promise<void> {
  const until = Date.now() + timeoutMs
  while (!signal?.aborted) {
    try {
      return await answers(databaseUrl)
    } catch (error) {
      const code = (error as { code?: string }).code ?? ''
      if (!NOT_YET.has(code) || Date.now() > until) throw error
    }
    await delay(50)
  }
}

async function answers(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
  } finally {
    await client.end().catch(() => {})
  }
}
