import { addDraft } from '../../../channels/official-account/drafts.ts'
import { isWechatError } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { AppError, conflict, notFound } from '../../../kernel/errors.ts'
import { adviceOf } from '../../../wechat/error-codes.ts'
import { clientMsgId } from '../../../wechat/rules/client-msg-id.ts'
import { accountClient } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { giveBack } from '../answer.ts'
import { subjectOf } from '../prepare.ts'
import { readBroadcast } from '../present.ts'
import { canResolveBatch, canRetryBatch } from '../rules.ts'
import type { Broadcast } from '../schema.ts'
import { changeArm } from '../store/arms.ts'
import { type BatchRow, changeBatch, findBatch } from '../store/batches.ts'
import * as store from '../store/broadcasts.ts'
import { installationMark } from '../store/installation.ts'
import { tieLinks } from '../tracked-links.ts'

type BatchKey = { accountId: string; broadcastId: string; seq: number }

/**
 * Sends a batch again that the platform definitely refused, under a new key and with a new copy of the draft.
 * `not_safe_to_retry` where anyone may have received it.
 */
export async function retryBatch(
  ctx: Ctx,
  key: BatchKey,
  { allowReprint }: { allowReprint: boolean },
): Promise<Broadcast> {
  const broadcast = await store.findBroadcast(ctx.db, key)
  const batch = broadcast && (await findBatch(ctx.db, key.broadcastId, key.seq))
  if (broadcast === undefined || batch === undefined) throw notFound('batch')
  refuseUnsafe(batch, broadcast)
  const frozen = store.partOf(broadcast, batch.arm).arm.frozenContent
  const draft = frozen?.kind === 'articles' ? await copyAgain(ctx, broadcast, frozen.articles) : null
  const installation = await installationMark(ctx.db)
  await inTransaction(ctx.db, async (trx) => {
    const current = await store.findBroadcast(trx, { ...key, lock: true })
    const locked = await findBatch(trx, key.broadcastId, key.seq, true)
    if (current === undefined || locked === undefined) throw notFound('batch')
    refuseUnsafe(locked, current)
    const attempt = locked.attempt + 1
    const now = ctx.clock.now()
    await changeBatch(trx, locked.id, {
      state: 'planned',
      reason: null,
      detail: null,
      attempt,
      allow_reprint: locked.allow_reprint || allowReprint,
      draft_media_id: draft,
      due_at: now,
      intent_at: null,
      msg_id: null,
      msg_data_id: null,
      accepted_at: null,
      finished_at: null,
      total_count: null,
      filter_count: null,
      sent_count: null,
      error_count: null,
      client_msg_id: clientMsgId({ installation, broadcastId: key.broadcastId, batch: key.seq, attempt }),
    })
    await store.changeBroadcast(trx, key.broadcastId, now, {
      state: 'running',
      ended_at: null,
    })
    await changeArm(trx, store.partOf(current, locked.arm).arm.id, {
      state: 'running',
      reason: null,
      ended_at: null,
    })
    await audit(ctx, trx, {
      action: 'broadcast.batch_retried',
      accountId: key.accountId,
      subject: subjectOf(key.broadcastId),
      detail: { seq: key.seq, attempt, before: locked.reason, ...(allowReprint && { allowReprint }) },
    })
  })
  await ctx.wake.notify('broadcasts')
  return readBroadcast(ctx, key.accountId, key.broadcastId)
}

function refuseUnsafe(batch: BatchRow, broadcast: store.BroadcastRow): void {
  if (!canRetryBatch(batch.state, broadcast.state)) {
    throw conflict('not_safe_to_retry', 'someone may have received this batch, or it is still on its way', {
      state: batch.state,
    })
  }
}

async function copyAgain(
  ctx: Ctx,
  broadcast: store.BroadcastRow,
  articles: Parameters<typeof addDraft>[1],
): Promise<string> {
  try {
    const client = await accountClient(ctx, broadcast.accountId)
    return await addDraft(client, await tieLinks(ctx, broadcast, articles))
  } catch (error) {
    if (!isWechatError(error)) throw error
    throw platformRefused(error)
  }
}

const platformRefused = (error: { errcode: number | undefined; rid: string | null }): AppError =>
  new AppError('unavailable', 'platform_refused', 'WeChat refused the call', {
    errcode: error.errcode ?? null,
    rid: error.rid,
    advice: error.errcode === undefined ? null : adviceOf(error.errcode),
  })

/** Says by hand what became of a batch nobody can know about. "Not sent" gives back what it reserved and allows a retry. */
export async function resolveBatch(
  ctx: Ctx,
  key: BatchKey,
  outcome: 'sent' | 'not_sent',
): Promise<Broadcast> {
  await inTransaction(ctx.db, async (trx) => {
    const current = await store.findBroadcast(trx, { ...key, lock: true })
    const batch = current && (await findBatch(trx, key.broadcastId, key.seq, true))
    if (current === undefined || batch === undefined) throw notFound('batch')
    if (!canResolveBatch(batch.state))
      throw conflict('wrong_state', 'the outcome of this batch is known', { state: batch.state })
    const sent = outcome === 'sent'
    if (!sent) await giveBack(trx, batch)
    await changeBatch(trx, batch.id, {
      state: sent ? 'delivered' : 'failed',
      reason: sent ? 'marked_sent' : 'marked_not_sent',
      finished_at: ctx.clock.now(),
      ...(!sent && { reserved_months: [], reserved_day: null }),
    })
    await audit(ctx, trx, {
      action: 'broadcast.batch_resolved',
      accountId: key.accountId,
      subject: subjectOf(key.broadcastId),
      detail: { seq: key.seq, outcome },
    })
  })
  return readBroadcast(ctx, key.accountId, key.broadcastId)
}
