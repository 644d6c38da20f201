import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { settleLedgers } from '../facts/index.ts'
import type { DeliveryChannel, Settled } from '../model.ts'
import { findSend } from '../store/sends.ts'
import { TallyBook } from '../store/tallies.ts'

const CHUNK = 1_000

export type Resolution = { outcome: 'sent' | 'not-sent'; deliveryIds?: readonly string[] | undefined }

type Unknown = {
  id: string
  runId: string | null
  reason: string | null
  accountId: string
  fanId: string
  templateId: string | null
  reserved: Record<string, unknown> | null
  intentAt: Date
}

/**
 * Marks deliveries whose outcome can't be known, all of a send or those named, as somebody found out. `not-sent` gives
 * back what they had reserved; neither sends anything. Returns how many; `nothing_unknown` where there is none.
 */
export async function resolveUnknown(
  ctx: Ctx,
  key: { accountId: string; sendId: string },
  resolution: Resolution,
): Promise<number> {
  const send = await findSend(ctx.db, key.sendId)
  if (send === undefined || send.accountId !== key.accountId) throw notFound('send')
  let done = 0
  for (;;) {
    const some = await resolveSome(ctx, { ...key, channel: send.channel }, resolution)
    done += some
    if (some < CHUNK) break
  }
  if (done === 0) throw conflict('nothing_unknown', 'no delivery of this send is unknown')
  return done
}

type Key = { accountId: string; sendId: string; channel: DeliveryChannel }

function resolveSome(
  ctx: Ctx,
  { accountId, sendId, channel }: Key,
  { outcome, deliveryIds }: Resolution,
): Promise<number> {
  return inTransaction(ctx.db, async (trx) => {
    const now = ctx.clock.now()
    const state = outcome === 'sent' ? 'accepted' : 'failed'
    const reason = outcome === 'sent' ? 'marked_sent' : 'marked_not_sent'
    const only = deliveryIds === undefined ? sql`` : sql`and d.id = any(${[...deliveryIds]}::bigint[])`
    const { rows } = await sql<Unknown>`
      select d.id, d.run_id as "runId", d.reason, d.account_id as "accountId", d.fan_id as "fanId",
        v.template ->> 'id' as "templateId", d.reserved, d.intent_at as "intentAt"
      from deliveries d join send_versions v on v.send_id = d.send_id and v.version = d.version
      where d.send_id = ${sendId}::bigint and d.account_id = ${accountId}::bigint and d.state = 'unknown' ${only}
      order by d.id limit ${CHUNK} for update of d`.execute(trx)
    if (rows.length === 0) return 0
    await sql`update deliveries set state = ${state}, reason = ${reason}, settled_at = ${now},
        reserved = case when ${outcome === 'sent'} then reserved end
      where id = any(${rows.map((row) => row.id)}::bigint[])`.execute(trx)
    const settled = rows.map(
      ({ runId: _run, reason: _reason, ...row }): Settled => ({
        ...row,
        sendId,
        channel,
        outcome: outcome === 'sent' ? 'accepted' : 'refused',
      }),
    )
    await settleLedgers(trx, settled, now)
    const tallies = new TallyBook()
    for (const { runId, reason: was } of rows) {
      tallies.add({ sendId, runId, state: 'unknown', reason: was }, -1)
      tallies.add({ sendId, runId, state, reason }, 1)
    }
    await tallies.write(trx)
    await audit(ctx, trx, {
      action: 'deliveries.resolved',
      accountId,
      subject: { kind: 'send', id: sendId },
      detail: { outcome, deliveries: rows.length },
    })
    return rows.length
  })
}
