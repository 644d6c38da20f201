import type { Transaction } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type DB, inTransaction } from '../../../infra/transaction.ts'
import { isMissed } from '../../../kernel/missed.ts'
import { audit } from '../../audit/index.ts'
import { lookAtSources, type OpeningLook } from '../following/sources.ts'
import { subjectOf } from '../prepare.ts'
import { type ArmClaim, changeArm, claimDueArm, releaseArm } from '../store/arms.ts'
import { dueBatchesAt } from '../store/batches.ts'
import { changeBroadcast, findClaimed, partOf } from '../store/broadcasts.ts'
import type { ArmRow } from '../store/groups.ts'
import { copyDrafts } from './copy.ts'
import { cancelArm, endIfDone } from './end.ts'
import { lockOpen, type OpenArm } from './lock.ts'

type Trx = Transaction<DB>
/** WeChat could not be asked: tried again after this, until the time counts as missed. */
const LOOK_AGAIN_MS = 3_000

/**
 * One step of an arm whose time has come: opened, some of its copies made, or let go at its time. A time that passed
 * while nothing ran falls under the policy of its group.
 */
export async function openNext(ctx: Ctx, signal: AbortSignal): Promise<number> {
  const claim = await claimDueArm(ctx.db, ctx.clock.now())
  if (claim === undefined) return 0
  const look = await lookBefore(ctx, claim)
  if (look === 'later') {
    await releaseArm(ctx.db, claim, LOOK_AGAIN_MS)
    return 1
  }
  const going = await step(ctx, claim, look)
  if (going !== undefined) await copyDrafts(ctx, claim, going, signal)
  await ctx.wake.notify('broadcasts')
  return 1
}

/** What became of its articles at WeChat meanwhile, where it is about to begin. */
async function lookBefore(ctx: Ctx, claim: ArmClaim): Promise<OpeningLook> {
  const broadcast = await findClaimed(ctx.db, claim.broadcastId)
  if (broadcast === undefined) return []
  const { arm } = partOf(broadcast, claim.number)
  if (arm.state !== 'queued' || missed(arm, claim, ctx.clock.now())) return []
  return lookAtSources(ctx, { broadcast, arm })
}

/** What was being prepared a moment ago was not missed, however long it takes. */
function missed(arm: ArmRow, claim: ArmClaim, now: Date): boolean {
  const expected = Math.max(arm.sendAt?.getTime() ?? 0, claim.dueAt.getTime())
  return arm.sendAt !== null && isMissed(new Date(expected), now)
}

/** Returns the arm while copies of the draft are missing. */
function step(ctx: Ctx, claim: ArmClaim, look: Exclude<OpeningLook, 'later'>): Promise<OpenArm | undefined> {
  return inTransaction(ctx.db, async (trx) => {
    const open = await lockOpen(trx, claim)
    if (open === undefined) return undefined
    const { arm } = open
    const now = ctx.clock.now()
    if (arm.sendAt !== null && missed(arm, claim, now)) {
      await applyPolicy(ctx, trx, open, arm.sendAt)
      return undefined
    }
    if (arm.state === 'queued') {
      if (look !== 'unasked' && look.length > 0) await ask(ctx, trx, open, 'draft_changed', { changes: look })
      else await begin(ctx, trx, open, look === 'unasked')
      return undefined
    }
    if (arm.frozenContent?.kind === 'articles' && arm.batchesReady < waiting(arm)) return open
    if (arm.sendAt !== null && arm.sendAt > now) await changeArm(trx, arm.id, { due_at: arm.sendAt })
    else await letGo(trx, open, now)
    return undefined
  })
}

const waiting = ({ tally }: ArmRow): number => tally.planned + tally.held

async function begin(
  ctx: Ctx,
  trx: Trx,
  { broadcast, group, arm }: OpenArm,
  unasked: boolean,
): Promise<void> {
  const now = ctx.clock.now()
  await changeArm(trx, arm.id, {
    state: 'opening',
    due_at: now,
    opened_at: now,
    ...(unasked && { detail: { ...arm.detail, sourcesUnchecked: true } }),
  })
  if (broadcast.state === 'scheduled') await changeBroadcast(trx, broadcast.id, now, { state: 'running' })
  await audit(ctx, trx, {
    action: 'broadcast.arm_opened',
    accountId: broadcast.accountId,
    subject: subjectOf(broadcast.id),
    detail: {
      group: group.name,
      sendAt: arm.sendAt?.toISOString() ?? null,
      ...(unasked && { sourcesUnchecked: true }),
    },
  })
}

async function letGo(trx: Trx, { broadcast, arm }: OpenArm, now: Date): Promise<void> {
  await changeArm(trx, arm.id, { state: 'running', due_at: null, started_at: now })
  await dueBatchesAt(trx, { broadcast_id: broadcast.id, arm: arm.number }, now)
  if (broadcast.startedAt === null) await changeBroadcast(trx, broadcast.id, now, { started_at: now })
}

/** What the group says becomes of a time that passed while nothing ran. A rest that is sent late is still to be decided. */
export async function applyPolicy(ctx: Ctx, trx: Trx, open: OpenArm, missed: Date): Promise<void> {
  const { broadcast, group, arm } = open
  const now = ctx.clock.now()
  const detail = { sendAt: missed.toISOString() }
  switch (group.missed) {
    case 'send':
      await changeArm(trx, arm.id, {
        ...(arm.kind === 'rest'
          ? { ...(arm.state === 'queued' && { state: 'deciding' }) }
          : { send_at: null }),
        due_at: now,
        detail: { late: detail.sendAt },
      })
      return
    case 'skip':
      await cancelArm(trx, { broadcast, arm, reason: 'missed', now })
      await endIfDone(ctx, trx, broadcast.id)
      return
    case 'ask':
      await ask(ctx, trx, open, 'missed', detail)
  }
}

/** Waits for an operator's word. */
async function ask(
  ctx: Ctx,
  trx: Trx,
  { broadcast, group, arm }: OpenArm,
  reason: 'missed' | 'draft_changed',
  detail: Record<string, unknown>,
): Promise<void> {
  await changeArm(trx, arm.id, { state: 'asking', due_at: null, reason, detail })
  await audit(ctx, trx, {
    action: 'broadcast.arm_asking',
    accountId: broadcast.accountId,
    subject: subjectOf(broadcast.id),
    detail: { group: group.name, reason, ...detail },
  })
}
