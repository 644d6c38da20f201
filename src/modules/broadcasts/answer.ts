import type { Transaction } from 'kysely'
import type { MassSubmission } from '../../channels/official-account/mass.ts'
import type { WechatError } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { broadcastRecipients } from '../../infra/metrics.ts'
import { type DB, inTransaction } from '../../infra/transaction.ts'
import { nextBeijingDay } from '../../kernel/beijing.ts'
import { adviceOf } from '../../wechat/error-codes.ts'
import { monthsToReserve } from '../../wechat/rules/broadcast-quota.ts'
import { pauseForPlatformError } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import { addToMassDay, type Reason, releaseMass } from '../deliveries/index.ts'
import { planBookings } from './budget/store.ts'
import { changeArm } from './store/arms.ts'
import {
  anyOtherIntent,
  anySubmitted,
  type BatchRow,
  changeBatch,
  endWaitingBatches,
  lockBatch,
} from './store/batches.ts'
import { findClaimed, partOf } from './store/broadcasts.ts'
import { batchFans } from './store/recipients.ts'

type Trx = Transaction<DB>

/** The contract pushes a result when the job is about to end; asked for by ourselves when it is this late. */
export const RESULT_OVERDUE_MS = 10 * 60_000
/** 45066: the same key within a minute is refused without saying what became of the first. */
const SAME_KEY_PAUSE_MS = 61_000

/** Accepted: what was reserved is spent from here on, and the result comes by callback. */
export function recordAnswer(ctx: Ctx, batch: BatchRow, answer: MassSubmission): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    if ((await lockBatch(trx, batch)) === undefined) return
    const now = ctx.clock.now()
    broadcastRecipients.inc({ outcome: 'accepted' }, batch.size)
    await changeBatch(trx, batch.id, {
      state: 'accepted',
      reason: null,
      detail: answer.repeated ? { repeated: true } : null,
      msg_id: answer.msgId ?? null,
      msg_data_id: answer.msgDataId ?? null,
      accepted_at: now,
      due_at: new Date(now.getTime() + RESULT_OVERDUE_MS),
    })
  })
}

/** Whether it was sent can't be known: shown, never sent again by itself, still reserved. */
export function recordUnknown(ctx: Ctx, batch: BatchRow, reason: Reason): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    if ((await lockBatch(trx, batch)) === undefined) return
    broadcastRecipients.inc({ outcome: 'unknown' }, batch.size)
    await changeBatch(trx, batch.id, { state: 'unknown', reason, finished_at: ctx.clock.now() })
  })
}

/** Whether an earlier call under the key of a batch in flight may have been taken: its answer was lost, or its worker. */
export const mayBeTaken = ({ detail }: BatchRow): boolean => detail?.['mayBeTaken'] !== false

type Refused = { batch: BatchRow; error: WechatError; mayBeTaken: boolean }

/**
 * The kind of the error decides: ask again under the same key, wait for a day, stop the account, or fail the batch.
 * Where an earlier call may have been taken, a refusal of its repeat proves nothing about it: nothing is given back.
 */
export async function recordRefusal(ctx: Ctx, refused: Refused): Promise<void> {
  const { batch, error } = refused
  ctx.log.warn(
    { broadcastId: batch.broadcast_id, seq: batch.seq, errcode: error.errcode, kind: error.kind },
    'batch not accepted',
  )
  await inTransaction(ctx.db, async (trx) => {
    // broadcast before batch, as every command locks them
    await findClaimed(trx, batch.broadcast_id, true)
    const locked = await lockBatch(trx, batch)
    if (locked !== undefined) await applyRefusal(ctx, trx, { ...refused, batch: locked })
  })
}

function applyRefusal(ctx: Ctx, trx: Trx, refused: Refused): Promise<void> {
  const { batch, error } = refused
  switch (error.kind) {
    case 'busy':
    case 'token':
    case 'rate-minute': {
      const silent = error.kind === 'busy' && error.errcode === undefined
      return askAgain(ctx, trx, refused, { reason: silent ? 'no_answer' : 'platform_busy' })
    }
    case 'unknown':
      // an answer nobody can read: the job may be running, the key tells. A code nobody knows proves no refusal.
      return error.errcode === undefined
        ? askAgain(ctx, trx, refused, { reason: 'no_answer' })
        : leaveUnknown(ctx, trx, refused, 'unknown_code')
    case 'confirmation':
      return askAgain(ctx, trx, refused, { reason: 'awaiting_administrator' })
    case 'quota-day':
      return refused.mayBeTaken
        ? askAgain(ctx, trx, refused, { reason: 'calls_used_up', at: nextBeijingDay(ctx.clock.now()) })
        : holdUntilTomorrow(ctx, trx, batch, error)
    case 'account':
      return stopAccount(ctx, trx, refused)
    default:
      return refused.mayBeTaken
        ? leaveUnknown(ctx, trx, refused, 'repeat_refused')
        : failBatch(ctx, trx, batch, error)
  }
}

/** What an account is paused for; kinds that pause always come with a code. */
export const platformRefusal = (error: WechatError) => ({
  errcode: error.errcode ?? 0,
  errmsg: error.errmsg,
  rid: error.rid,
})

const detailOf = (error: WechatError) => ({
  errcode: error.errcode ?? null,
  rid: error.rid,
  ...(error.errcode !== undefined && { advice: adviceOf(error.errcode) }),
})

/** Nothing is given back and nothing is new: the same call under the same key a little over a minute later, or `at`. */
async function askAgain(
  ctx: Ctx,
  trx: Trx,
  { batch, error, mayBeTaken }: Refused,
  { reason, at }: { reason: Reason; at?: Date },
): Promise<void> {
  await changeBatch(trx, batch.id, {
    reason,
    detail: { ...detailOf(error), mayBeTaken: mayBeTaken || error.ambiguous },
    due_at: at ?? new Date(ctx.clock.now().getTime() + SAME_KEY_PAUSE_MS),
  })
}

async function leaveUnknown(ctx: Ctx, trx: Trx, { batch, error }: Refused, reason: Reason): Promise<void> {
  broadcastRecipients.inc({ outcome: 'unknown' }, batch.size)
  await changeBatch(trx, batch.id, {
    state: 'unknown',
    reason,
    detail: detailOf(error),
    finished_at: ctx.clock.now(),
  })
}

async function holdUntilTomorrow(ctx: Ctx, trx: Trx, batch: BatchRow, error: WechatError): Promise<void> {
  await giveBack(trx, batch)
  const until = nextBeijingDay(ctx.clock.now())
  await changeBatch(trx, batch.id, {
    state: 'held',
    reason: 'calls_used_up',
    detail: detailOf(error),
    due_at: until,
    intent_at: null,
    reserved_months: [],
    reserved_day: null,
  })
  await keepPlaces(trx, batch, until)
}

/** What was given back is booked for when it is tried again. */
const keepPlaces = async (trx: Trx, batch: BatchRow, at: Date) =>
  batch.reserved_months.length > 0 && (await planBookings(trx, { batchId: batch.id }, monthsToReserve(at)))

/** What may have been taken stays in flight and is asked for again, under its key, once the account is active. */
async function stopAccount(ctx: Ctx, trx: Trx, refused: Refused): Promise<void> {
  const { batch, error } = refused
  await pauseForPlatformError(ctx, trx, batch.account_id, platformRefusal(error))
  if (refused.mayBeTaken) return askAgain(ctx, trx, refused, { reason: 'account_paused' })
  await giveBack(trx, batch)
  await changeBatch(trx, batch.id, {
    state: 'held',
    reason: 'account_paused',
    detail: detailOf(error),
    due_at: ctx.clock.now(),
    intent_at: null,
    reserved_months: [],
    reserved_day: null,
  })
  await keepPlaces(trx, batch, ctx.clock.now())
}

/**
 * A definite refusal. What the content caused will meet every batch: the rest is not tried when none got through. Where
 * no mass send is left the record's other batches aren't tried either, and can be once there is.
 */
async function failBatch(ctx: Ctx, trx: Trx, batch: BatchRow, error: WechatError): Promise<void> {
  const now = ctx.clock.now()
  const reason: Reason = error.kind === 'quota-period' ? 'no_mass_quota' : 'refused_by_platform'
  const detail = detailOf(error)
  await giveBack(trx, batch)
  broadcastRecipients.inc({ outcome: 'failed' }, batch.size)
  await changeBatch(trx, batch.id, {
    state: 'failed',
    reason,
    detail,
    finished_at: now,
    reserved_months: [],
    reserved_day: null,
  })
  const hopeless =
    error.kind === 'quota-period' || (error.kind === 'content' && !(await anySubmitted(trx, batch)))
  if (!hopeless) return
  const ended = await endWaitingBatches(trx, {
    broadcastId: batch.broadcast_id,
    arm: batch.arm,
    state: 'failed',
    reason,
    detail,
    at: now,
  })
  if (ended.batches > 0) {
    const broadcast = await findClaimed(trx, batch.broadcast_id)
    if (broadcast !== undefined) await changeArm(trx, partOf(broadcast, batch.arm).arm.id, { reason })
    await audit(ctx, trx, {
      action: 'broadcast.stopped',
      accountId: broadcast?.accountId,
      subject: { kind: 'broadcast', id: batch.broadcast_id },
      detail: { reason, errcode: error.errcode, batches: ended.batches },
    })
  }
}

/** Returns to the ledgers what a batch reserved and surely did not use. */
export async function giveBack(trx: Trx, batch: BatchRow): Promise<void> {
  const months = batch.reserved_months.map((day) => day.slice(0, 7))
  if (months.length > 0)
    await releaseMass(trx, {
      accountId: batch.account_id,
      months,
      fans: batchFans(batch.broadcast_id, batch.seq),
    })
  if (batch.reserved_day !== null) {
    // the call itself was made and counts with the platform; the send counts once for all batches
    const sends = (await anyOtherIntent(trx, batch)) ? 0 : -1
    await addToMassDay(trx, batch.account_id, batch.reserved_day, {
      sends,
      calls: 0,
      recipients: -batch.size,
    })
  }
}
