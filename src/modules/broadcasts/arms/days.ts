import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { addBeijingDays, type BeijingDay, startOfDay } from '../../../kernel/beijing.ts'

export type PlannedArm = { broadcastId: string; name: string; at: Date; people: number; calls: number }

/** What other sends of the account have waiting for their time on a Beijing day. */
export async function plannedOn(
  db: Executor,
  { accountId, day, except }: { accountId: string; day: BeijingDay; except: string },
): Promise<PlannedArm[]> {
  const { rows } = await sql<PlannedArm>`
    select b.id as "broadcastId", b.name, a.send_at as at, coalesce(a.planned, 0) as people,
      (select count(*)::int from broadcast_batches x where x.broadcast_id = b.id and x.arm = a.number) as calls
    from broadcast_arms a join broadcasts b on b.id = a.broadcast_id
    where a.account_id = ${accountId}::bigint and b.id <> ${except}::bigint and a.state in ('queued', 'opening')
      and b.state in ('scheduled', 'running', 'paused')
      and a.send_at >= ${startOfDay(day)} and a.send_at < ${startOfDay(addBeijingDays(day, 1))}
    order by a.send_at, a.id`.execute(db)
  return rows
}
