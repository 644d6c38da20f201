import { z } from 'zod'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { AppError, conflict, notFound } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { lockMassLedger } from '../../deliveries/index.ts'
import { releaseSegments } from '../../segments/index.ts'
import { cancelArm } from '../arms/end.ts'
import { requireRoom } from '../budget/room.ts'
import { freezeContent } from '../content.ts'
import { driftOf, expectedOf } from '../groups/freeze.ts'
import { runPreflight } from '../preflight.ts'
import { subjectOf } from '../prepare.ts'
import { readBroadcast } from '../present.ts'
import { commandsOf, isEnded } from '../rules.ts'
import type { Broadcast, Preflight } from '../schema.ts'
import { changeArm } from '../store/arms.ts'
import * as store from '../store/broadcasts.ts'
import type { FrozenContent } from '../store/groups.ts'

type Key = { accountId: string; broadcastId: string }

/** 预演 of a draft, or of what a paused broadcast was stopped for. Keeps the last result with the broadcast. */
export async function preflightBroadcast(ctx: Ctx, key: Key): Promise<Preflight> {
  const broadcast = await store.findBroadcast(ctx.db, key)
  if (broadcast === undefined) throw notFound('broadcast')
  const result = await runPreflight(ctx, await getAccount(ctx, key.accountId), broadcast)
  if (broadcast.state === 'draft') {
    await inTransaction(ctx.db, async (trx) => {
      const current = await store.findBroadcast(trx, { ...key, lock: true })
      if (current?.state === 'draft' && current.version === broadcast.version) {
        await store.changeBroadcast(trx, key.broadcastId, ctx.clock.now(), { preflight: result })
      }
    })
  }
  return result
}

/**
 * Confirms and starts a send. Looks once more: `blocked` names everything in the way, `drift` says that the outcome
 * moved by more than one per cent since it was shown, with both numbers. Content is frozen here.
 */
export async function sendBroadcast(
  ctx: Ctx,
  key: Key,
  confirmation: { version: number; expected: { arm: number; reached: number }[] },
): Promise<Broadcast> {
  const account = await getAccount(ctx, key.accountId)
  const draft = await store.findBroadcast(ctx.db, key)
  if (draft === undefined) throw notFound('broadcast')
  if (draft.state !== 'draft') throw conflict('not_a_draft', 'it was confirmed already')
  if (draft.version !== confirmation.version)
    throw conflict('changed_meanwhile', 'someone else changed it meanwhile', { version: draft.version })
  const preflight = await runPreflight(ctx, account, draft)
  if (preflight.blockers.length > 0)
    throw conflict('blocked', 'it can not be sent as it is', { blockers: preflight.blockers })
  const drift = driftOf(
    store.armsOf(draft),
    (arm) => confirmation.expected.find((one) => one.arm === arm)?.reached ?? 0,
    (arm) => expectedOf(preflight, arm) ?? 0,
  )
  if (drift !== null) throw conflict('drift', 'the outcome changed since it was shown', drift)
  const frozen = new Map<string, FrozenContent>()
  for (const { place, arms } of draft.groups)
    for (const [variant, { id, kind, content }] of arms.entries())
      if (content !== null)
        frozen.set(
          id,
          await freezeContent(ctx, key.accountId, content).catch(
            ofPart(kind === 'variant' ? { group: place, variant } : { group: place }),
          ),
        )
  await inTransaction(ctx.db, async (trx) => {
    await lockMassLedger(trx, key.accountId)
    const current = await store.findBroadcast(trx, { ...key, lock: true })
    if (current?.state !== 'draft' || current.version !== confirmation.version) {
      throw conflict('changed_meanwhile', 'someone else changed or sent it meanwhile')
    }
    const now = ctx.clock.now()
    // of two that are confirmed at once for the day's one send, pre-flight has seen neither
    for (const { sendAt } of store.armsOf(current)) await requireRoom(ctx, trx, current, sendAt ?? now)
    await store.changeBroadcast(trx, key.broadcastId, now, {
      state: 'preparing',
      step: 'selecting',
      preflight,
      confirmed_at: now,
      confirmed_by: ctx.actor.kind === 'system' ? null : ctx.actor.id,
    })
    for (const [armId, frozen_content] of frozen) await changeArm(trx, armId, { frozen_content })
    await audit(ctx, trx, {
      action: 'broadcast.confirmed',
      accountId: key.accountId,
      subject: subjectOf(key.broadcastId),
      detail: {
        reached: preflight.reached,
        total: preflight.total,
        path: preflight.path,
        groups: draft.groups.length,
        batches: preflight.batches,
      },
    })
  })
  await ctx.wake.notify('broadcasts')
  return readBroadcast(ctx, key.accountId, key.broadcastId)
}

/** A refusal says which group it is about, and which variant of its test. */
const ofPart =
  (part: { group: number; variant?: number }) =>
  (error: unknown): never => {
    if (!(error instanceof AppError)) throw error
    throw new AppError(error.code, error.reason, error.message, { ...error.detail, ...part })
  }

/** Stops handing out batches at once; one that is in the middle of its call gets its answer. */
export const pauseBroadcast = (ctx: Ctx, key: Key): Promise<Broadcast> =>
  change(ctx, key, 'pause', async (trx, current, now) => {
    await store.changeBroadcast(trx, current.id, now, {
      state: 'paused',
      pause_reason: 'by_operator',
      pause_detail: null,
      lease_until: null,
    })
  })

/** Goes on with exactly the remainder. After a drift it accepts the numbers that were shown as the new ones. */
export const resumeBroadcast = (ctx: Ctx, key: Key): Promise<Broadcast> =>
  change(ctx, key, 'resume', async (trx, current, now) => {
    const begun = store.armsOf(current).some(({ state }) => state !== 'queued' && state !== 'asking')
    await store.changeBroadcast(trx, current.id, now, {
      state: current.step !== null ? 'preparing' : begun ? 'running' : 'scheduled',
      pause_reason: null,
      pause_detail: null,
      ...(current.pauseReason === 'drift' && { preflight: acceptDrift(current) }),
    })
  })

function acceptDrift({ preflight, pauseDetail }: store.BroadcastRow): Preflight | null {
  const shown = driftDetail.safeParse(pauseDetail)
  if (preflight === null || !shown.success) return preflight
  const nowOf = (number: number, before: number) =>
    shown.data.arms.find(({ arm }) => arm === number)?.now ?? before
  return {
    ...preflight,
    reached: shown.data.now,
    groups: preflight.groups.map((group) => ({
      ...group,
      arms: group.arms.map((arm) => ({ ...arm, reached: nowOf(arm.number, arm.reached) })),
    })),
  }
}
const driftDetail = z.object({
  now: z.number(),
  arms: z.array(z.object({ arm: z.number(), now: z.number() })).default([]),
})

/** Ends it: what was not handed over is never sent, what was keeps its outcome. */
export const cancelBroadcast = (ctx: Ctx, key: Key): Promise<Broadcast> =>
  change(ctx, key, 'cancel', async (trx, current, now) => {
    for (const arm of store.armsOf(current))
      if (!isEnded(arm.state)) await cancelArm(trx, { broadcast: current, arm, reason: 'cancelled', now })
    await releaseSegments(trx, { kind: 'broadcast', id: current.id })
    await store.changeBroadcast(trx, current.id, now, {
      state: 'cancelled',
      step: null,
      pause_reason: null,
      ended_at: now,
      lease_until: null,
    })
  })

type Verb = 'pause' | 'resume' | 'cancel'
const PAST: Record<Verb, string> = {
  pause: 'broadcast.paused',
  resume: 'broadcast.resumed',
  cancel: 'broadcast.cancelled',
}
type Trx = Parameters<Parameters<typeof inTransaction>[1]>[0]

/** Locks, checks that the command makes sense in this state, changes, audits, wakes the workers. */
async function change(
  ctx: Ctx,
  key: Key,
  verb: Verb,
  apply: (trx: Trx, current: store.BroadcastRow, now: Date) => Promise<void>,
): Promise<Broadcast> {
  await inTransaction(ctx.db, async (trx) => {
    const current = await store.findBroadcast(trx, { ...key, lock: true })
    if (current === undefined) throw notFound('broadcast')
    if (!commandsOf(current, false)[verb]) {
      throw conflict('wrong_state', `a broadcast that is ${current.state} can not do that`, {
        state: current.state,
      })
    }
    await apply(trx, current, ctx.clock.now())
    await audit(ctx, trx, {
      action: PAST[verb],
      accountId: key.accountId,
      subject: subjectOf(key.broadcastId),
      detail: { totals: current.totals },
    })
  })
  await ctx.wake.notify('broadcasts')
  return readBroadcast(ctx, key.accountId, key.broadcastId)
}
