import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'

/** Class of the advisory locks that ingest transactions hold, shared; the object says after which number theirs come. */
const INGEST_LOCK = 7301
/** Objects of advisory locks have 31 bits to spare; numbers differ by far less than that while a transaction runs. */
const SPAN = 2n ** 31n

/** The last number drawn; 0 before the first. */
const LAST = `case when is_called then last_value else 0 end`

/**
 * To be said before a transaction draws numbers of the event sequence: whoever follows the log stops before them until it
 * has ended.
 */
export const HOLD_BACK = `select pg_advisory_xact_lock_shared(${INGEST_LOCK},
  (select ((${LAST}) & ${SPAN - 1n})::int from events_id_seq))`

/**
 * The highest event number up to which nothing can appear any more: numbers are drawn before the commit, so the log may
 * have holes that fill up. It ends before the first number that an ingest transaction still running may have drawn; other
 * long transactions don't matter. Waits for nobody: what is held back comes with the hint of its commit.
 */
export async function settledUpTo(db: Executor): Promise<bigint> {
  const drawn = await sql<{ last: string }>`select ${sql.raw(LAST)} as last from events_id_seq`.execute(db)
  const last = BigInt(drawn.rows[0]?.last ?? 0)
  // Only now: a transaction not seen here has ended, or will draw numbers later than the one just read.
  const { rows } = await sql<{ objid: string }>`
    select objid::bigint as objid from pg_locks
    where locktype = 'advisory' and classid = ${INGEST_LOCK} and objsubid = 2
      and database = (select oid from pg_database where datname = current_database())`.execute(db)
  let settled = last
  for (const { objid } of rows) {
    const before = last - BigInt.asUintN(31, last - BigInt(objid))
    if (before < settled) settled = before
  }
  return settled
}
