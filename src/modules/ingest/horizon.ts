import { sql } from 'kysely'

/** Class of the advisory locks that ingest transactions hold, shared; the object says after which number theirs come. */
const INGEST_LOCK = 7301
/** Objects of advisory locks have 31 bits to spare; numbers differ by far less than that while a transaction runs. */
const SPAN = 2n ** 31n

/**
 * To be said before a transaction draws numbers of the event sequence: whoever follows the log stops before them until it
 * has ended.
 */
export const HOLD_BACK = `select pg_advisory_xact_lock_shared(${INGEST_LOCK},
  (select (case when is_called then last_value else 0 end & ${SPAN - 1n})::int from events_id_seq))`

/**
 * The highest event number up to which nothing can appear any more: numbers are drawn before the commit, so the log may
 * have holes that fill up. It ends before the first number that an ingest transaction still running may have drawn; other
 * long transactions don't matter. Waits for nobody: what is held back comes with the hint of its commit.
 */
export const settledUpTo = sql<string>`log_settled()`
