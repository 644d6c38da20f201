import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import type { Trx } from '../model.ts'
import { TallyBook } from '../store/tallies.ts'

const MOST = 5_000

/** Tells off, in chunks, who still waited when their send was ended; returns how many. */
export function skipLeftovers(ctx: Ctx): Promise<number> {
  return inTransaction(ctx.db, async (trx) => {
    const ended = await sql<{
      id: string
    }>`select id from sends where leftovers order by id limit 1 for update skip locked`.execute(trx)
    const sendId = ended.rows[0]?.id
    if (sendId === undefined) return 0
    // asked first: what comes back afterwards is found by the next look
    const more = await anyInFlight(trx, sendId)
    const { rows } = await sql<{
      run_id: string | null
      state: 'planned' | 'held'
      reason: string | null
      n: string
    }>`
      with chunk as materialized (
        select id, run_id, state, reason from deliveries where send_id = ${sendId}::bigint and state in ('planned', 'held')
        order by due_at, id limit ${MOST} for update),
      done as (
        update deliveries d set state = 'skipped', reason = 'ended_early', settled_at = ${ctx.clock.now()}, fence = fence + 1
        from chunk where d.id = chunk.id)
      select run_id, state, reason, count(*) as n from chunk group by 1, 2, 3`.execute(trx)
    const tallies = new TallyBook()
    let n = 0
    for (const { run_id: runId, state, reason, n: count } of rows) {
      tallies.add({ sendId, runId, state, reason }, -Number(count))
      tallies.add({ sendId, runId, state: 'skipped', reason: 'ended_early' }, Number(count))
      n += Number(count)
    }
    await tallies.write(trx)
    if (n < MOST && !more)
      await sql`update sends set leftovers = false where id = ${sendId}::bigint`.execute(trx)
    return n
  })
}

/** What is in flight may still come back as planned or held. */
async function anyInFlight(trx: Trx, sendId: string): Promise<boolean> {
  const { rows } = await sql<{ n: string }>`select coalesce(sum(n), 0) as n from delivery_tallies
    where send_id = ${sendId}::bigint and state = 'sending'`.execute(trx)
  return Number(rows[0]?.n ?? 0) > 0
}
