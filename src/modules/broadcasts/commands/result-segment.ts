import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { createStaticSegment } from '../../segments/index.ts'
import type { ResultSegment } from '../schema.ts'
import { armsOf, findBroadcast } from '../store/broadcasts.ts'

/**
 * 存为分群: a static segment of whom a frozen send reached or did not, as its record stands now. `not_frozen_yet` before
 * anybody was chosen. People of a batch whose outcome is unknown or open are in neither.
 */
export function saveResult(
  ctx: Ctx,
  key: { accountId: string; broadcastId: string },
  { name, outcome, reasons, listed }: ResultSegment,
): Promise<{ segmentId: string; size: number }> {
  return inTransaction(ctx.db, async (trx) => {
    const broadcast = await findBroadcast(trx, key)
    if (broadcast === undefined) throw notFound('broadcast')
    if (armsOf(broadcast).every((arm) => arm.planned === null))
      throw conflict('not_frozen_yet', 'nobody has been chosen yet')
    const segmentId = await createStaticSegment(ctx, trx, {
      name,
      accountId: key.accountId,
      listed,
      origin: { kind: 'broadcast', broadcastId: key.broadcastId, outcome, reasons },
      people: outcome === 'reached' ? reached(key.broadcastId) : notReached(key.broadcastId, reasons),
    })
    const { rows } = await sql<{ size: string }>`select n.size from segments s
      join segment_snapshots n on n.id = s.current_snapshot_id where s.id = ${segmentId}::bigint`.execute(trx)
    return { segmentId, size: Number(rows[0]?.size ?? 0) }
  })
}

type People = RawBuilder<{ contact_id: string }>

const recipients = (broadcastId: string) => sql`
  broadcast_recipients r join fans f on f.id = r.fan_id
  left join broadcast_batches t on t.broadcast_id = r.broadcast_id and t.seq = r.batch_seq
  where r.broadcast_id = ${broadcastId}::bigint`

const reached = (broadcastId: string): People =>
  sql<{ contact_id: string }>`select distinct f.contact_id from ${recipients(broadcastId)}
    and t.state in ('accepted', 'delivered')`

const notReached = (broadcastId: string, reasons: readonly string[]): People =>
  sql<{ contact_id: string }>`select distinct f.contact_id from ${recipients(broadcastId)}
    and coalesce(t.state, 'skipped') in ('skipped', 'failed')
    and (${reasons.length === 0} or coalesce(r.reason, t.reason) = any(${[...reasons]}::text[]))`
