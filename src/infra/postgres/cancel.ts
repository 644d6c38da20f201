import { sql } from 'kysely'
import type { Pool } from 'pg'
import type { Log } from '../log.ts'
import type { Executor } from '../transaction.ts'

/**
 * Cancels what runs on a transaction's connection when the signal aborts: nobody waits for it any more. Returns how to
 * stop listening; it waits for a cancellation under way, so that it never hits what the connection does next.
 */
export async function cancelOnAbort(
  { pool, log }: { pool: Pool; log: Log },
  trx: Executor,
  signal: AbortSignal | undefined,
): Promise<() => Promise<unknown>> {
  if (signal === undefined) return async () => undefined
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
  signal.throwIfAborted()
  let underway: Promise<unknown> = Promise.resolve()
  const cancel = () => {
    underway = pool.query('select pg_cancel_backend($1)', [rows[0]?.pid]).catch((error: Error) => {
      log.debug({ err: error.message }, 'a statement could not be cancelled')
    })
  }
  signal.addEventListener('abort', cancel)
  return () => {
    signal.removeEventListener('abort', cancel)
    return underway
  }
}
