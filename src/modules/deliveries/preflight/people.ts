import { sql } from 'kysely'
import type { Trx } from '../model.ts'
import { type Crowd, TUPLE, type Tuple, tupleRelation } from './relation.ts'

export type TupleRow = Tuple & { contact_id: string; fan_id: string | null }

const CHUNK = 5_000

/**
 * Everybody of a crowd with their tuple, in chunks: kept aside first, so that nothing has to be held in memory and every further
 * question about them is a look-up. `total` is known before the first chunk.
 */
export async function eachChunk(
  trx: Trx,
  crowd: Crowd,
  work: (rows: readonly TupleRow[], progress: { done: number; total: number }) => Promise<'on' | 'enough'>,
): Promise<void> {
  await sql`create temporary table preflight_people on commit drop as ${tupleRelation(crowd)}`.execute(trx)
  // from here on everything is looked up, a chunk at a time
  await sql`select set_config('enable_nestloop', 'on', true)`.execute(trx)
  const counted = await sql<{ n: string }>`select count(*) as n from preflight_people`.execute(trx)
  const total = Number(counted.rows[0]?.n)
  await sql`declare preflight no scroll cursor for select contact_id, fan_id, ${TUPLE} from preflight_people`.execute(
    trx,
  )
  for (let done = 0; ; ) {
    const { rows } = await sql<TupleRow>`fetch ${sql.lit(CHUNK)} from preflight`.execute(trx)
    done += rows.length
    if (rows.length === 0 || (await work(rows, { done, total })) === 'enough') break
  }
  await sql`close preflight`.execute(trx)
}
