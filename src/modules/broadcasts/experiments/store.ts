import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import type { Verdict } from '../schema.ts'
import type { ArmClaim } from '../store/arms.ts'

/** Claims the rest of a test that is to be decided, of a broadcast that isn't paused; the lease is real time. */
export async function claimUndecided(db: Executor, now: Date): Promise<ArmClaim | undefined> {
  const { rows } = await sql<ArmClaim>`${prepare}
    update broadcast_arms t set lease_until = clock_timestamp() + interval '2 minutes', fence = t.fence + 1
    where t.id = (
      select a.id from broadcast_arms a join broadcasts b on b.id = a.broadcast_id
      where a.kind = 'rest' and a.state in ('queued', 'deciding') and a.due_at <= ${now}
        and b.state in ('scheduled', 'running') and (a.lease_until is null or a.lease_until < clock_timestamp())
      order by a.due_at, a.id limit 1 for update of a skip locked)
    returning t.id, t.broadcast_id as "broadcastId", t.number, t.fence, t.due_at as "dueAt"`.execute(db)
  return rows[0]
}

type Opening = { broadcastId: string; armId: string; variant: number; verdict: Verdict; now: Date }

/**
 * The rest gets its content, whose it is and why, all in one statement, and only where it is still to be decided: false
 * where somebody else did.
 */
export async function openRest(trx: Executor, opening: Opening): Promise<boolean> {
  const { broadcastId, armId, variant, verdict, now } = opening
  const { numAffectedRows } = await sql`
    update broadcast_arms a set state = 'opening', chosen_arm = v.number, content = v.content, frozen_content = v.frozen_content,
      verdict = ${JSON.stringify(verdict)}::jsonb, reason = null, due_at = ${now}, opened_at = ${now}, lease_until = null
    from broadcast_arms v
    where a.id = ${armId}::bigint and a.state = 'deciding' and a.kind = 'rest' and v.broadcast_id = ${broadcastId}::bigint
      and v.group_id = a.group_id and v.kind = 'variant' and v.number = ${variant}::int`.execute(trx)
  return numAffectedRows === 1n
}
