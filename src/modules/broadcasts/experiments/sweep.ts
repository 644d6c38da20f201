import type { Transaction } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type DB, inTransaction } from '../../../infra/transaction.ts'
import { isMissed } from '../../../kernel/missed.ts'
import { audit } from '../../audit/index.ts'
import { cancelArm, endIfDone } from '../arms/end.ts'
import type { OpenArm } from '../arms/lock.ts'
import { applyPolicy } from '../arms/open.ts'
import { moveBookings } from '../budget/store.ts'
import { subjectOf } from '../prepare.ts'
import type { Verdict } from '../schema.ts'
import { type ArmClaim, changeArm } from '../store/arms.ts'
import { changeBroadcast, findClaimed, partOf } from '../store/broadcasts.ts'
import { type AskReason, decide } from './decide.ts'
import { isTested, lookAt } from './look.ts'
import { claimUndecided, openRest } from './store.ts'
import { lookAgainAt } from './times.ts'

type Trx = Transaction<DB>

/** Decides one test whose time has come, or finds that it has to wait. */
export async function decideNext(ctx: Ctx): Promise<number> {
  const claim = await claimUndecided(ctx.db, ctx.clock.now())
  if (claim === undefined) return 0
  await inTransaction(ctx.db, (trx) => decideClaimed(ctx, trx, claim))
  await ctx.wake.notify('broadcasts')
  return 1
}

async function decideClaimed(ctx: Ctx, trx: Trx, claim: ArmClaim): Promise<void> {
  const broadcast = await findClaimed(trx, claim.broadcastId, true)
  if (broadcast === undefined || (broadcast.state !== 'scheduled' && broadcast.state !== 'running')) return
  const { group, arm } = partOf(broadcast, claim.number)
  if (arm.fence !== claim.fence || (arm.state !== 'queued' && arm.state !== 'deciding')) return
  if (!isTested(group)) return
  const now = ctx.clock.now()
  const open: OpenArm = { broadcast, group, arm }
  if (arm.state === 'queued' && arm.sendAt !== null && isMissed(claim.dueAt, now))
    return applyPolicy(ctx, trx, open, arm.sendAt)
  const seen = await lookAt(trx, { broadcast, group, now })
  if (seen.decidesAt.getTime() !== arm.sendAt?.getTime())
    await moveBookings(trx, { broadcastId: broadcast.id, arm: arm.number }, seen.decidesAt)
  // a variant that went out late moves what waits for a day of its figures
  if (seen.decidesAt > now) {
    await changeArm(trx, arm.id, { send_at: seen.decidesAt, due_at: seen.decidesAt })
    return
  }
  const decision = decide(seen.verdict, {
    plan: group.test,
    givesUpAt: seen.givesUpAt,
    now,
    chosen: arm.chosenArm,
  })
  const send_at = seen.decidesAt
  switch (decision.do) {
    case 'wait': {
      await changeArm(trx, arm.id, { state: 'deciding', send_at, due_at: lookAgainAt(now, seen) })
      return
    }
    case 'ask':
      return ask(ctx, trx, open, decision)
    case 'drop':
      await changeArm(trx, arm.id, { verdict: decision.verdict })
      await cancelArm(trx, { broadcast, arm, reason: 'no_winner', now })
      await endIfDone(ctx, trx, broadcast.id)
      return
    case 'open': {
      const { variant, verdict } = decision
      await changeArm(trx, arm.id, { state: 'deciding', send_at })
      if (!(await openRest(trx, { broadcastId: broadcast.id, armId: arm.id, variant, verdict, now }))) return
      if (broadcast.state === 'scheduled') await changeBroadcast(trx, broadcast.id, now, { state: 'running' })
      await audit(ctx, trx, {
        action: 'broadcast.winner_decided',
        accountId: broadcast.accountId,
        subject: subjectOf(broadcast.id),
        detail: { group: group.name, variant: labelOf(verdict, variant), ...toldOf(verdict) },
      })
    }
  }
}

async function ask(
  ctx: Ctx,
  trx: Trx,
  { broadcast, group, arm }: OpenArm,
  { reason, verdict }: { reason: AskReason; verdict: Verdict },
): Promise<void> {
  await changeArm(trx, arm.id, { state: 'asking', due_at: null, reason, verdict })
  await audit(ctx, trx, {
    action: 'broadcast.arm_asking',
    accountId: broadcast.accountId,
    subject: subjectOf(broadcast.id),
    detail: { group: group.name, reason, ...toldOf(verdict) },
  })
}

export const labelOf = ({ arms }: Verdict, variant: number): string =>
  arms.find(({ number }) => number === variant)?.label ?? String(variant)

/** The figures of a moment as the trail keeps them. */
export const toldOf = ({ why, statDay, arms }: Verdict) => ({
  ...(why !== null && { why }),
  statDay,
  figures: arms.map(({ label, delivered, readers, rate, best }) => ({
    label,
    delivered,
    readers,
    rate,
    best,
  })),
})
