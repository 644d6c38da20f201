import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { BeijingDay } from '../../../kernel/beijing.ts'
import type { Account } from '../../accounts/index.ts'
import { massDaysSince } from '../../deliveries/index.ts'
import type { ArmState, DayLimits, Path, Use } from '../schema.ts'
import type { Waiting } from './rules.ts'

export type WaitingArm = Waiting & {
  broadcastId: string
  arm: number
  name: string
  groupName: string
  path: Path
  state: ArmState
}

export const dayLimitsOf = ({ limits }: Account): DayLimits => ({
  sendsPerDay: limits.massSendsPerDay,
  callsPerDay: limits.massCallsPerDay,
  recipientsPerDay: limits.massRecipientsPerDay,
})

/**
 * What sends of the account have waiting, of all that were confirmed: for their time, being chosen or prepared, or put off
 * to another day; earliest first. What asks an operator waits too, but for nobody knows when: left out.
 */
export async function waitingArms(
  db: Executor,
  { accountId, now, except }: { accountId: string; now: Date; except?: string },
): Promise<WaitingArm[]> {
  const { rows } = await sql<WaitingArm>`
    select b.id as "broadcastId", a.number as arm, b.name, g.name as "groupName", g.path, a.state, w.people, w.calls,
      coalesce(case when a.state = 'running' then w.due_at else a.send_at end, ${now}::timestamptz) as at,
      w.begun
    from broadcast_arms a join broadcasts b on b.id = a.broadcast_id join broadcast_groups g on g.id = a.group_id
    cross join lateral (
      select count(*) filter (where t.state in ('planned', 'held'))::int as calls,
        coalesce(sum(t.size) filter (where t.state in ('planned', 'held')), 0)::int as people,
        min(t.due_at) filter (where t.state in ('planned', 'held')) as due_at,
        coalesce(bool_or(t.reserved_day is not null), false) as begun
      from broadcast_batches t where t.broadcast_id = b.id and t.arm = a.number) w
    where a.account_id = ${accountId}::bigint and (b.id <> ${except ?? null}::bigint) is not false
      and ((a.state in ('queued', 'deciding', 'opening') and b.state in ('preparing', 'scheduled', 'running', 'paused'))
        or (a.state = 'running' and w.calls > 0 and b.state in ('preparing', 'running', 'paused'))
        or (a.state = 'draft' and b.state = 'preparing'))
    order by at, a.id`.execute(db)
  return rows
}

/** The use of each day from `from` on. */
export async function doneByDay(
  db: Executor,
  accountId: string,
  from: BeijingDay,
): Promise<Map<BeijingDay, Use>> {
  const rows = await massDaysSince(db, accountId, from)
  return new Map(rows.map(({ day, ...use }) => [day, use]))
}
