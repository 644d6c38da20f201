import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { CONFIRM_WITHIN_MS } from '../../../wechat/rules/broadcast-quota.ts'
import type { Confirmation } from '../schema.ts'

/**
 * 等待管理员确认: batches that WeChat took in and sends once an administrator confirms, where the account has group-send
 * protection or WeChat just said so. The first to run out is told.
 */
export async function confirmationsOf(
  db: Executor,
  broadcastIds: readonly string[],
): Promise<{ broadcastId: string; arm: number; confirmation: Confirmation }[]> {
  if (broadcastIds.length === 0) return []
  const { rows } = await sql<{ broadcast_id: string; arm: number; batches: number; since: Date }>`
    select t.broadcast_id, t.arm, count(*)::int as batches, min(coalesce(t.accepted_at, t.intent_at)) as since
    from broadcast_batches t join accounts a on a.id = t.account_id
    where t.broadcast_id = any(${[...broadcastIds]}::bigint[]) and coalesce(t.accepted_at, t.intent_at) is not null
      and ((t.state = 'accepted' and a.confirms_mass) or (t.state = 'sending' and t.reason = 'awaiting_administrator'))
    group by t.broadcast_id, t.arm`.execute(db)
  return rows.map((row) => ({
    broadcastId: row.broadcast_id,
    arm: row.arm,
    confirmation: {
      batches: row.batches,
      until: new Date(row.since.getTime() + CONFIRM_WITHIN_MS).toISOString(),
    },
  }))
}
