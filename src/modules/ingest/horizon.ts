import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'

/** Held, shared, by every transaction that takes numbers of the event sequence. */
export const INGEST_LOCK = { classId: 7301, objectId: 1 }

const LONGEST_WAIT_MS = 2_000

/**
 * The highest event number up to which nothing can appear any more: numbers are drawn before the commit, so the log
 * may have holes that fill up. Waits for ingest transactions that were running when it was asked (milliseconds); null
 * when one of them takes too long. Other long transactions don't matter.
 */
export async function settledUpTo(db: Executor): Promise<string | null> {
  const { rows } = await sql<{ last_value: string }>`select last_value from events_id_seq`.execute(db)
  // Only now: whoever has drawn a number up to this one has finished, or is seen here.
  let running = await holders(db)
  const until = Date.now() + LONGEST_WAIT_MS
  while (running.length > 0) {
    if (Date.now() > until) return null
    await delay(3)
    const now = new Set(await holders(db))
    running = running.filter((one) => now.has(one))
  }
  return rows[0]?.last_value ?? '0'
}

async function holders(db: Executor): Promise<string[]> {
  const { rows } = await sql<{ virtualtransaction: string }>`
    select virtualtransaction from pg_locks
    where locktype = 'advisory' and classid = ${INGEST_LOCK.classId} and objid = ${INGEST_LOCK.objectId}
      and objsubid = 2 and database = (select oid from pg_database where datname = current_database())`.execute(
    db,
  )
  return rows.map((row) => row.virtualtransaction)
}
