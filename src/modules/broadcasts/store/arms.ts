import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import type { ArmState, Content, Verdict } from '../schema.ts'
import type { FrozenContent } from './groups.ts'
import { holdMaterialsOf } from './uses.ts'

export type ArmChange = Partial<{
  state: ArmState
  content: Content
  frozen_content: FrozenContent | null
  send_at: Date | null
  due_at: Date | null
  reason: string | null
  detail: Record<string, unknown> | null
  planned: number | null
  skipped: Record<string, number>
  queued_at: Date | null
  opened_at: Date | null
  started_at: Date | null
  ended_at: Date | null
  chosen_arm: number | null
  chosen_by: string | null
  verdict: Verdict | null
}>

const JSON_COLUMNS = new Set(['content', 'frozen_content', 'detail', 'skipped', 'verdict'])

/** Writes a change to an arm of a broadcast that the caller has locked, and lets go of its lease. */
export async function changeArm(trx: Executor, armId: string, change: ArmChange): Promise<void> {
  const values = Object.fromEntries(
    Object.entries(change).map(([key, value]) => [
      key,
      JSON_COLUMNS.has(key) && value !== null ? JSON.stringify(value) : value,
    ]),
  )
  const arm = await trx
    .updateTable('broadcast_arms')
    .set({ ...values, lease_until: null })
    .where('id', '=', armId)
    .returning('broadcast_id')
    .executeTakeFirst()
  if (arm && change.content) await holdMaterialsOf(trx, arm.broadcast_id)
}

/** Counts people out of what an arm planned, by reason. */
export async function addArmSkipped(
  trx: Executor,
  key: { broadcastId: string; arm: number },
  gone: Readonly<Record<string, number>>,
): Promise<void> {
  const people = Object.values(gone).reduce((sum, count) => sum + count, 0)
  if (people === 0) return
  await sql`update broadcast_arms a set planned = coalesce(a.planned, ${people}::int) - ${people}::int,
      skipped = a.skipped || (select jsonb_object_agg(k, v::int + coalesce((a.skipped ->> k)::int, 0))
        from jsonb_each_text(${JSON.stringify(gone)}::jsonb) as g (k, v))
    where a.broadcast_id = ${key.broadcastId}::bigint and a.number = ${key.arm}`.execute(trx)
}

export type ArmClaim = { id: string; broadcastId: string; number: number; fence: string; dueAt: Date }

/** Claims an arm whose time to open has come, of a broadcast that isn't paused; the lease is real time. A rest is opened by its choice. */
export async function claimDueArm(db: Executor, now: Date): Promise<ArmClaim | undefined> {
  const { rows } = await sql<ArmClaim>`${prepare}
    update broadcast_arms t set lease_until = clock_timestamp() + interval '2 minutes', fence = t.fence + 1
    where t.id = (
      select a.id from broadcast_arms a join broadcasts b on b.id = a.broadcast_id
      where (a.state = 'opening' or a.state = 'queued' and a.kind <> 'rest') and a.due_at <= ${now} and b.state in ('scheduled', 'running')
        and (a.lease_until is null or a.lease_until < clock_timestamp())
      order by a.due_at, a.id limit 1 for update of a skip locked)
    returning t.id, t.broadcast_id as "broadcastId", t.number, t.fence, t.due_at as "dueAt"`.execute(db)
  return rows[0]
}

export const releaseArm = (db: Executor, claim: ArmClaim, afterMs: number) =>
  sql`update broadcast_arms set lease_until = clock_timestamp() + ${afterMs} * interval '1 millisecond'
    where id = ${claim.id}::bigint and fence = ${claim.fence}::bigint`.execute(db)

/** Broadcasts with a running arm none of whose batches is open any more. */
export async function listFinished(db: Executor): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct b.id from broadcast_arms a join broadcasts b on b.id = a.broadcast_id
    where a.state = 'running' and b.state = 'running' and not exists (
      select 1 from broadcast_batches x where x.broadcast_id = a.broadcast_id and x.arm = a.number
        and x.state in ('planned', 'held', 'sending', 'accepted'))
    limit 100`.execute(db)
  return rows.map((row) => row.id)
}

/** The earliest instant at which an arm is to be looked at, and whether one is due. */
export async function nextArmDue(db: Executor, now: Date): Promise<{ dueAt: Date | null; busy: boolean }> {
  const { rows } = await sql<{ due_at: Date | null; busy: boolean | null }>`
    select min(a.due_at) filter (where a.due_at > ${now}) as due_at, bool_or(a.due_at <= ${now}) as busy
    from broadcast_arms a join broadcasts b on b.id = a.broadcast_id
    where a.state in ('queued', 'deciding', 'opening') and b.state in ('scheduled', 'running')`.execute(db)
  return { dueAt: rows[0]?.due_at ?? null, busy: rows[0]?.busy ?? false }
}
