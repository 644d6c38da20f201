import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid, notFound } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { subjectOf } from '../prepare.ts'
import { readBroadcast } from '../present.ts'
import { armCommandsOf, isEnded } from '../rules.ts'
import type { Broadcast, Experiment } from '../schema.ts'
import { changeArm } from '../store/arms.ts'
import { findBroadcast, partOf } from '../store/broadcasts.ts'
import type { ArmRow } from '../store/groups.ts'
import { isTested, lookAt, restOf } from './look.ts'
import { labelOf, toldOf } from './sweep.ts'

type Key = { accountId: string; broadcastId: string }

/** How the test of a group stands; `group` where there is none or it was never confirmed. */
export async function readExperiment(ctx: Ctx, key: Key & { place: number }): Promise<Experiment> {
  const broadcast = await findBroadcast(ctx.db, key)
  const group = broadcast?.groups.find(({ place }) => place === key.place)
  if (broadcast === undefined || group === undefined || !isTested(group)) throw notFound('group')
  const now = ctx.clock.now()
  const rest = restOf(group)
  const seen = await lookAt(ctx.db, { broadcast, group, now })
  return {
    place: group.place,
    plan: group.test,
    rest: rest.number,
    state: stateOf(rest, now >= seen.decidesAt),
    reason: rest.reason,
    decidesAt: seen.decidesAt.toISOString(),
    givesUpAt: seen.givesUpAt.toISOString(),
    now: seen.verdict,
    chosen: rest.chosenArm,
    chosenByName: rest.chosenByName,
    verdict: rest.verdict,
    canChoose: armCommandsOf(broadcast.state, rest, now).choose,
  }
}

function stateOf({ state, chosenArm }: ArmRow, isTime: boolean): Experiment['state'] {
  if (state === 'asking') return 'asking'
  if (state === 'draft' || state === 'queued' || state === 'deciding') return isTime ? 'waiting' : 'testing'
  return isEnded(state) && chosenArm === null ? 'over' : 'decided'
}

/**
 * 改选: the rest gets this variant whatever the figures say, at its time; at once where it asks. Null leaves it to the
 * figures. `already_started` once it is being opened.
 */
export async function chooseVariant(
  ctx: Ctx,
  key: Key & { number: number },
  variant: number | null,
): Promise<Broadcast> {
  await inTransaction(ctx.db, async (trx) => {
    const broadcast = await findBroadcast(trx, { ...key, lock: true })
    const known = broadcast?.groups.some(({ arms }) => arms.some(({ number }) => number === key.number))
    if (broadcast === undefined || !known) throw notFound('arm')
    const { group, arm } = partOf(broadcast, key.number)
    if (!isTested(group) || arm.kind !== 'rest') throw notFound('arm')
    const now = ctx.clock.now()
    if (!armCommandsOf(broadcast.state, arm, now).choose)
      throw conflict('already_started', 'the rest is on its way or over', { state: arm.state })
    const isVariant = group.arms.some(({ kind, number }) => kind === 'variant' && number === variant)
    if (variant !== null && !isVariant) throw invalid('no_such_variant', 'the group has no such variant')
    if (variant === null && arm.state === 'asking')
      throw conflict('variant_needed', 'say which variant it gets', { reason: arm.reason })
    const { verdict } = await lookAt(trx, { broadcast, group, now })
    await changeArm(trx, arm.id, {
      chosen_arm: variant,
      chosen_by: variant === null || ctx.actor.kind === 'system' ? null : ctx.actor.id,
      ...(arm.state !== 'queued' && { state: 'deciding', due_at: now, reason: null }),
    })
    await audit(ctx, trx, {
      action: 'broadcast.winner_chosen',
      accountId: key.accountId,
      subject: subjectOf(key.broadcastId),
      detail: {
        group: group.name,
        variant: variant === null ? null : labelOf(verdict, variant),
        ...toldOf(verdict),
      },
    })
  })
  await ctx.wake.notify('broadcasts')
  return readBroadcast(ctx, key.accountId, key.broadcastId)
}
