import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid, notFound } from '../../../kernel/errors.ts'
import { monthsToReserve } from '../../../wechat/rules/broadcast-quota.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { lockMassLedger, type Reason } from '../../deliveries/index.ts'
import { holdSegments } from '../../segments/index.ts'
import { cancelArm, endIfDone } from '../arms/end.ts'
import { segmentsIn } from '../audience.ts'
import { freeBookings } from '../budget/book.ts'
import { requireRoom } from '../budget/room.ts'
import { planBookings } from '../budget/store.ts'
import { deleteCopies, renewContent, stayAsConfirmed, takeNew } from '../following/answer-changed.ts'
import { fanLimitOf } from '../groups/plan.ts'
import { subjectOf } from '../prepare.ts'
import { readBroadcast } from '../present.ts'
import { dueAt, isWaiting, timeProblem } from '../rules/times.ts'
import { commandsOf } from '../rules.ts'
import type { Broadcast } from '../schema.ts'
import { type ArmChange, changeArm } from '../store/arms.ts'
import { deleteBatches } from '../store/batches.ts'
import * as store from '../store/broadcasts.ts'
import type { ArmRow, GroupRow } from '../store/groups.ts'
import { deleteRecipients } from '../store/recipients.ts'

type Key = { accountId: string; broadcastId: string }
type GroupKey = Key & { place: number }
type Trx = Parameters<Parameters<typeof inTransaction>[1]>[0]
/** `waiting` are the arms of the group whose time has not come; of a tested group there may be several. */
type Waiting = { broadcast: store.BroadcastRow; group: GroupRow; waiting: ArmRow[]; now: Date }

/**
 * Gives a group another time, or sends it at once. `already_started` when its time has come, `time_passed` for a time
 * that is past, `day_taken` where the account's one send of that day is promised to another.
 */
export const retimeGroup = (ctx: Ctx, key: GroupKey, sendAt: Date | null): Promise<Broadcast> =>
  changeWaiting(ctx, key, 'broadcast.retimed', async (trx, { broadcast, group, waiting, now }) => {
    const [arm] = waiting
    if (group.test !== null || arm === undefined)
      throw conflict('test_time_fixed', 'the times of an A/B test are kept as they were confirmed')
    const problem = timeProblem(sendAt, now)
    if (problem !== null)
      throw invalid(problem, 'no mass send can go out then', { at: sendAt?.toISOString() })
    await requireRoom(ctx, trx, broadcast, sendAt ?? now)
    const needsCopies = arm.frozenContent?.kind === 'articles'
    await changeArm(trx, arm.id, {
      state: 'queued',
      send_at: sendAt,
      due_at: dueAt(sendAt, now, needsCopies && arm.batchesReady < arm.tally.planned + arm.tally.held),
    })
    if (fanLimitOf(await getAccount(ctx, broadcast.accountId)) !== null)
      await planBookings(trx, { broadcastId: broadcast.id, arm: arm.number }, monthsToReserve(sendAt ?? now))
    if (broadcast.timing.kind !== 'each')
      await store.changeBroadcast(trx, broadcast.id, now, { timing: { kind: 'each' } })
    return { from: arm.sendAt?.toISOString(), to: sendAt?.toISOString() ?? null }
  })

/** Takes a group out before its time; when it was the last one that waits, the broadcast ends with what has been sent. */
export const cancelGroup = (ctx: Ctx, key: GroupKey): Promise<Broadcast> =>
  changeWaiting(ctx, key, 'broadcast.group_cancelled', async (trx, { broadcast, waiting, now }) => {
    let people = 0
    for (const arm of waiting) people += await cancelArm(trx, { broadcast, arm, reason: 'cancelled', now })
    await endIfDone(ctx, trx, broadcast.id)
    return { people }
  })

/** Locks, checks that the group still waits for its time, changes, audits, wakes the workers. */
async function changeWaiting(
  ctx: Ctx,
  key: GroupKey,
  action: string,
  apply: (trx: Trx, waiting: Waiting) => Promise<Record<string, unknown>>,
): Promise<Broadcast> {
  await inTransaction(ctx.db, async (trx) => {
    await lockMassLedger(trx, key.accountId)
    const broadcast = await store.findBroadcast(trx, { ...key, lock: true })
    const group = broadcast?.groups.find(({ place }) => place === key.place)
    if (broadcast === undefined || group === undefined) throw notFound('group')
    const now = ctx.clock.now()
    const waiting = group.arms.filter((arm) => isWaiting(broadcast.state, arm, now))
    if (waiting.length === 0)
      throw conflict('already_started', 'its time has come, or nothing of it waits', {
        state: group.arms[0]?.state,
      })
    const detail = await apply(trx, { broadcast, group, waiting, now })
    await audit(ctx, trx, {
      action,
      accountId: key.accountId,
      subject: subjectOf(key.broadcastId),
      detail: { group: group.name, ...detail },
    })
  })
  await ctx.wake.notify('broadcasts')
  return readBroadcast(ctx, key.accountId, key.broadcastId)
}

const lateBy = ({ sendAt }: ArmRow) => ({ late: sendAt?.toISOString() ?? null })

/** A rest keeps its time: by it the figures are told that it is decided by. */
function resumed({ kind, frozenContent }: ArmRow): {
  state: 'queued' | 'deciding' | 'opening'
  send_at?: null
} {
  if (kind !== 'rest') return { state: 'queued', send_at: null }
  return frozenContent === null ? { state: 'deciding' } : { state: 'opening' }
}

export type ArmAnswer = 'send' | 'send-new' | 'skip'

/**
 * Says what becomes of an arm that asks: sent as it is, sent with what WeChat has now, or left out. A rest that lacks a
 * winner is told which by a choice.
 */
export async function answerArm(
  ctx: Ctx,
  key: Key & { number: number },
  answer: ArmAnswer,
): Promise<Broadcast> {
  const renewed = answer === 'send-new' ? await renewContent(ctx, key) : undefined
  const unused = await inTransaction(ctx.db, async (trx) => {
    await lockMassLedger(trx, key.accountId)
    const broadcast = await store.findBroadcast(trx, { ...key, lock: true })
    const arm = broadcast && store.armsOf(broadcast).find(({ number }) => number === key.number)
    if (broadcast === undefined || arm === undefined) throw notFound('arm')
    const now = ctx.clock.now()
    if (arm.state !== 'asking') throw conflict('wrong_state', 'it does not ask', { state: arm.state })
    let copies: string[] = []
    if (answer === 'skip') {
      await cancelArm(trx, { broadcast, arm, reason: skippedFor(arm), now })
      await endIfDone(ctx, trx, broadcast.id)
    } else {
      const taken = renewed && (await takeNew(trx, { arm, renewed, now }))
      copies = taken?.copies ?? []
      const change = taken?.change ?? sentAsItIs(arm, now)
      if (change.send_at === null || arm.kind === 'rest') await requireRoom(ctx, trx, broadcast, now)
      await changeArm(trx, arm.id, change)
    }
    await audit(ctx, trx, {
      action: 'broadcast.arm_answered',
      accountId: key.accountId,
      subject: subjectOf(key.broadcastId),
      detail: {
        group: store.partOf(broadcast, key.number).group.name,
        reason: arm.reason,
        answer,
        ...(arm.reason === 'draft_changed' && { changes: arm.detail?.['changes'] }),
      },
    })
    return copies
  })
  await ctx.wake.notify('broadcasts')
  await deleteCopies(ctx, key.accountId, unused)
  return readBroadcast(ctx, key.accountId, key.broadcastId)
}

function sentAsItIs(arm: ArmRow, now: Date): ArmChange {
  if (arm.reason === 'draft_changed') return stayAsConfirmed(arm, now)
  if (arm.reason !== 'missed')
    throw conflict('variant_needed', 'say which variant it gets', { reason: arm.reason })
  return { ...resumed(arm), due_at: now, reason: null, detail: lateBy(arm) }
}

const skippedFor = ({ reason }: ArmRow): Reason =>
  reason === 'missed' ? 'missed' : reason === 'draft_changed' ? 'cancelled' : 'no_winner'

/** 撤回为草稿: as if it had never been confirmed, while nothing of it has begun. People are chosen anew at the next confirm. */
export async function unscheduleBroadcast(ctx: Ctx, key: Key): Promise<Broadcast> {
  await inTransaction(ctx.db, async (trx) => {
    await lockMassLedger(trx, key.accountId)
    const broadcast = await store.findBroadcast(trx, { ...key, lock: true })
    if (broadcast === undefined) throw notFound('broadcast')
    if (!commandsOf(broadcast, false).unschedule)
      throw conflict('already_started', 'part of it has begun or is being chosen', { state: broadcast.state })
    const now = ctx.clock.now()
    await freeBookings(trx, broadcast.accountId, broadcast.id)
    await deleteRecipients(trx, broadcast.id)
    await deleteBatches(trx, broadcast.id)
    for (const arm of store.armsOf(broadcast))
      await changeArm(trx, arm.id, {
        state: 'draft',
        frozen_content: null,
        planned: null,
        skipped: {},
        due_at: null,
        queued_at: null,
        chosen_arm: null,
        chosen_by: null,
      })
    await store.changeBroadcast(trx, broadcast.id, now, {
      state: 'draft',
      step: null,
      version: broadcast.version + 1,
      preflight: null,
      pause_reason: null,
      pause_detail: null,
      confirmed_at: null,
      confirmed_by: null,
    })
    const ids = segmentsIn(broadcast.groups)
    const { id, name, accountId } = broadcast
    await holdSegments(ctx, trx, { kind: 'broadcast', id, name, accountId }, { ids, before: ids })
    await audit(ctx, trx, {
      action: 'broadcast.unscheduled',
      accountId: key.accountId,
      subject: subjectOf(key.broadcastId),
      detail: { people: broadcast.totals.planned },
    })
  })
  await ctx.wake.notify('broadcasts')
  return readBroadcast(ctx, key.accountId, key.broadcastId)
}
