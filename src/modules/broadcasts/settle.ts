import { getMassStatus } from '../../channels/official-account/mass.ts'
import { isWechatError } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { broadcastRecipients } from '../../infra/metrics.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { explainMassStatus } from '../../wechat/rules/mass-status.ts'
import { accountClient, noteConfirmsMass } from '../accounts/index.ts'
import type { DeliveryState } from '../deliveries/schema.ts'
import { giveBack, RESULT_OVERDUE_MS } from './answer.ts'
import { endFinished } from './arms/end.ts'
import { startReadingComments } from './comments/store.ts'
import { expectFiguresOf } from './records/expect.ts'
import { keepArticlesOf } from './records/keep.ts'
import {
  type BatchRow,
  changeBatch,
  claimOverdueResult,
  listWithResult,
  lockBatch,
  releaseBatch,
} from './store/batches.ts'

/** How long the result of an accepted job is asked for before a person has to look. */
const GIVE_UP_MS = 48 * 3_600_000
const CHUNK = 50

/** Brings results home: those pushed, those asked for because the push was lost, and broadcasts that are complete. */
export async function settle(ctx: Ctx): Promise<number> {
  const pushed = await settlePushed(ctx)
  const asked = await askForResult(ctx)
  const ended = await endFinished(ctx)
  return pushed + asked + ended
}

async function settlePushed(ctx: Ctx): Promise<number> {
  const rows = await listWithResult(ctx.db, CHUNK)
  for (const row of rows) {
    const meaning = explainMassStatus(row.status)
    const counts = {
      total_count: row.r_total,
      filter_count: row.r_filter,
      sent_count: row.r_sent,
      error_count: row.r_error,
    }
    await close(ctx, row, {
      ...(meaning.outcome === 'sent'
        ? { state: 'delivered' as const, reason: null, counts: { ...counts, sent_count: row.r_sent ?? 0 } }
        : meaning.reason === 'unknown_status'
          ? { state: 'unknown' as const, reason: meaning.reason, counts }
          : { state: 'failed' as const, reason: reasonOf(meaning), counts }),
      detail: {
        status: row.status,
        statusReason: meaning.reason,
        advice: meaning.advice,
        urls: row.article_urls,
        ...(row.originality !== null && { originality: row.originality }),
      },
      finishedAt: row.received_at,
    })
  }
  return rows.length
}

const reasonOf = (meaning: { outcome: string; reason: string }): string =>
  meaning.outcome === 'refused' ? 'content_refused' : meaning.reason

type Closing = {
  state: DeliveryState
  reason: string | null
  detail: Record<string, unknown>
  counts: Partial<Record<'total_count' | 'filter_count' | 'sent_count' | 'error_count', number | null>>
  finishedAt: Date
}

/** Writes a batch's end. A failure that the platform reports reached nobody, so everything reserved goes back. */
async function close(ctx: Ctx, row: BatchRow, closing: Closing): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    const batch = await lockBatch(trx, row)
    if (batch === undefined || (batch.state !== 'accepted' && batch.state !== row.state)) return
    const failed = closing.state === 'failed'
    if (failed) await giveBack(trx, batch)
    broadcastRecipients.inc({ outcome: closing.state }, batch.size)
    await changeBatch(trx, batch.id, {
      state: closing.state,
      reason: closing.reason,
      detail: closing.detail,
      finished_at: closing.finishedAt,
      ...closing.counts,
      ...(failed && { reserved_months: [], reserved_day: null }),
    })
    if (closing.reason === 'administrator_refused' || closing.reason === 'administrator_late')
      await noteConfirmsMass(ctx, trx, batch.account_id)
    if (closing.state === 'delivered') await startReadingComments(trx, batch.id, ctx.clock.now())
    if (closing.state === 'delivered') await expectFiguresOf(trx, batch.id)
    if (closing.state === 'delivered') await keepArticlesOf(trx, batch.id, closing.finishedAt)
  })
}

/** The push was lost: asks for the state of one overdue job. Numbers can't be asked for, so they stay open. */
async function askForResult(ctx: Ctx): Promise<number> {
  const batch = await claimOverdueResult(ctx.db, ctx.clock.now())
  if (batch === undefined) return 0
  const now = ctx.clock.now()
  const later = new Date(now.getTime() + RESULT_OVERDUE_MS)
  const status = batch.msg_id === null ? 'SENDING' : await readStatus(ctx, batch)
  if (status === undefined) {
    await inTransaction(ctx.db, async (trx) => {
      if (await lockBatch(trx, batch)) await changeBatch(trx, batch.id, { due_at: later })
    })
    return 1
  }
  const givenUp = now.getTime() - (batch.accepted_at?.getTime() ?? 0) > GIVE_UP_MS
  if (status === 'SENDING' && !givenUp) {
    await inTransaction(ctx.db, async (trx) => {
      if (await lockBatch(trx, batch))
        await changeBatch(trx, batch.id, { due_at: later, reason: 'result_missing' })
    })
    return 1
  }
  const base = { detail: { askedStatus: status }, counts: {}, finishedAt: now }
  if (status === 'SEND_FAIL') await close(ctx, batch, { ...base, state: 'failed', reason: 'send_fail' })
  else if (status === 'SENDING')
    await close(ctx, batch, { ...base, state: 'unknown', reason: 'answer_never_came' })
  else await close(ctx, batch, { ...base, state: 'delivered', reason: null })
  return 1
}

async function readStatus(ctx: Ctx, batch: BatchRow) {
  try {
    return await getMassStatus(await accountClient(ctx, batch.account_id), batch.msg_id ?? '')
  } catch (error) {
    if (!isWechatError(error)) {
      await releaseBatch(ctx.db, batch)
      throw error
    }
    ctx.log.warn(
      { broadcastId: batch.broadcast_id, errcode: error.errcode, kind: error.kind },
      'state of a job could not be read',
    )
    return undefined
  }
}
