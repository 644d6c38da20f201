import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { audit } from '../../audit/index.ts'
import type { Reason } from '../../deliveries/index.ts'
import { endOf, endState, isOpen } from '../rules.ts'
import { addArmSkipped, changeArm, listFinished } from '../store/arms.ts'
import { endWaitingBatches } from '../store/batches.ts'
import { armsOf, type BroadcastRow, changeBroadcast, findClaimed } from '../store/broadcasts.ts'
import type { ArmRow } from '../store/groups.ts'

/** Ends an arm of a locked broadcast before its end: what was not handed over is never sent. Returns how many people. */
export async function cancelArm(
  trx: Executor,
  { broadcast, arm, reason, now }: { broadcast: BroadcastRow; arm: ArmRow; reason: Reason; now: Date },
): Promise<number> {
  const { people } = await endWaitingBatches(trx, {
    broadcastId: broadcast.id,
    arm: arm.number,
    state: 'skipped',
    reason,
    detail: null,
    at: now,
  })
  await addArmSkipped(
    trx,
    { broadcastId: broadcast.id, arm: arm.number },
    people > 0 ? { [reason]: people } : {},
  )
  await changeArm(trx, arm.id, { state: 'cancelled', reason, due_at: null, ended_at: now })
  return people
}

/** Ends arms that have no open batch left, and broadcasts with all their arms. */
export async function endFinished(ctx: Ctx): Promise<number> {
  const ids = await listFinished(ctx.db)
  for (const id of ids) {
    await inTransaction(ctx.db, async (trx) => {
      const broadcast = await findClaimed(trx, id, true)
      if (broadcast === undefined || broadcast.state !== 'running') return
      const now = ctx.clock.now()
      for (const arm of armsOf(broadcast))
        if (arm.state === 'running' && !isOpen(arm.tally))
          await changeArm(trx, arm.id, { state: endState(arm.tally), ended_at: now })
      await endIfDone(ctx, trx, id)
    })
  }
  return ids.length
}

/** Ends a locked broadcast all of whose arms have ended. */
export async function endIfDone(ctx: Ctx, trx: Executor, broadcastId: string): Promise<void> {
  const broadcast = await findClaimed(trx, broadcastId)
  if (broadcast === undefined) return
  const state = endOf(armsOf(broadcast).map((arm) => arm.state))
  if (state === undefined) return
  await changeBroadcast(trx, broadcastId, ctx.clock.now(), {
    state,
    step: null,
    pause_reason: null,
    pause_detail: null,
    ended_at: ctx.clock.now(),
    lease_until: null,
  })
  await audit(ctx, trx, {
    action: `broadcast.${state}`,
    accountId: broadcast.accountId,
    subject: { kind: 'broadcast', id: broadcastId },
    detail: { batches: broadcast.tally, totals: broadcast.totals },
  })
}
