import type { Ctx } from '../../../context.ts'
import { notifyOnCommit } from '../../../infra/wake.ts'
import { audit } from '../../audit/index.ts'
import type { Trx } from '../model.ts'
import { SEND_PAUSED_TOPIC, setSendState } from '../planning/sends.ts'

/** Pauses a send that can't go on by itself, says so to its owner, and to the audit. */
export async function pauseSend(
  ctx: Ctx,
  trx: Trx,
  send: { sendId: string; accountId: string },
  why: { reason: string; detail: Record<string, unknown> },
): Promise<void> {
  if (!(await setSendState(ctx, trx, send.sendId, 'paused', why))) return
  ctx.log.warn({ sendId: send.sendId, reason: why.reason }, 'send paused')
  await audit(ctx, trx, {
    action: 'send.paused',
    accountId: send.accountId,
    subject: { kind: 'send', id: send.sendId },
    detail: { reason: why.reason, errcode: why.detail['errcode'] ?? null },
  })
  await notifyOnCommit(trx, SEND_PAUSED_TOPIC)
}
