import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import type { Trx } from '../model.ts'
import { TallyBook } from '../store/tallies.ts'

const MOST = 5_000

/** Tells off, in chunks, who still waited when their send was ended; returns how many. */
export function skipLeftovers(ctx: Ctx): Promise<number> {
  return inTransaction(ctx.db, async (trx) => {
    const ended = await nextEnded(trx)
    if (ended === undefined) return 0
    const { sendId, inFlight } = ended
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
    if (n < MOST && !inFlight)
      await sql`update sends set leftovers = false where id = ${sendId}::bigint`.execute(trx)
    return n
  })
}

/**
 * The ended send whose people can be told off now: one that only waits for what is in flight, which may still come back as
 * planned or held, keeps none of the others waiting. Asked before its rows are: what comes back afterwards is found by the
 * next look.
 */
async function nextEnded(trx: Trx): Promise<{ sendId: string; inFlight: boolean } | undefined> {
  const { rows } = await sql<{ sendId: string; inFlight: boolean }>`
    select s.id as "sendId", f.n > 0 as "inFlight"
    from sends s
    cross join lateral (select coalesce(sum(t.n), 0) as n from delivery_tallies t
      where t.send_id = s.id and t.state = 'sending') f
    cross join lateral (select exists (select from deliveries d
      where d.send_id = s.id and d.state in ('planned', 'held')) as any) w
    where s.leftovers order by w.any desc, f.n > 0, s.id limit 1 for update of s skip locked`.execute(trx)
  return rows[0]
}
