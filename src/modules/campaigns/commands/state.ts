import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { endSend, setSendRate, setSendState, wakeDeliveries } from '../../deliveries/index.ts'
import { CAMPAIGNS_TOPIC } from '../lifecycle/due.ts'
import { forgetPrepared, subjectOf } from '../lifecycle/prepare.ts'
import { releaseCampaign } from '../lifecycle/release.ts'
import { isBegun, isPreparing, presentRun, readCampaign } from '../present.ts'
import { commandsOf, isEventKind, type Verb } from '../rules/state.ts'
import type { Campaign, CampaignRun } from '../schema/shapes.ts'
import * as store from '../store/campaigns.ts'
import { callOffRuns, changeRun, findRun } from '../store/runs.ts'
import { locked } from './draft.ts'

type Key = store.CampaignKey
type Apply = (trx: Executor, current: store.CampaignRow, now: Date) => Promise<store.Changes>

/** Hands out no more from the commit on; what was handed over stays. Runs whose time comes meanwhile wait for the resume. */
export const pauseCampaign = (ctx: Ctx, key: Key): Promise<Campaign> =>
  change(ctx, key, 'pause', async (trx, current) => {
    if (current.sendId !== null) await setSendState(ctx, trx, current.sendId, 'paused')
    return { state: 'paused', pause_reason: 'by_operator', pause_detail: { was: current.state } }
  })

/** Goes on with exactly the remainder. A run that came meanwhile is treated as one that was missed. */
export const resumeCampaign = (ctx: Ctx, key: Key): Promise<Campaign> =>
  change(ctx, key, 'resume', async (trx, current, now) => {
    if (current.sendId !== null) await setSendState(ctx, trx, current.sendId, 'running')
    return { state: stateAfter(current, now), pause_reason: null, pause_detail: null }
  })

function stateAfter(current: store.CampaignRow, now: Date) {
  const { plan, startsAt, startedAt, dueAt } = current
  if (isEventKind(plan.trigger.kind)) {
    if (isPreparing(current)) return 'preparing'
    return startedAt === null && startsAt !== null && startsAt > now ? 'scheduled' : 'running'
  }
  if (startedAt !== null) return 'running'
  return dueAt === null ? 'preparing' : 'scheduled'
}

/** Ends it early: who still waits is skipped, firings that wait for B are dropped, and nothing fires any more. */
export const endCampaign = (ctx: Ctx, key: Key): Promise<Campaign> =>
  change(ctx, key, 'end', (trx, current, now) => stop(ctx, trx, { current, now, state: 'ended' }))

/** Calls off a start that has not come: nobody was sent anything. */
export const cancelCampaign = (ctx: Ctx, key: Key): Promise<Campaign> =>
  change(ctx, key, 'cancel', (trx, current, now) => stop(ctx, trx, { current, now, state: 'cancelled' }))

type Stop = { current: store.CampaignRow; now: Date; state: 'ended' | 'cancelled' }

async function stop(ctx: Ctx, trx: Executor, { current, now, state }: Stop): Promise<store.Changes> {
  if (current.sendId !== null) await endSend(ctx, trx, current.sendId)
  await callOffRuns(trx, current.id, state === 'ended' ? 'ended_early' : 'cancelled', now)
  if (current.dueAt !== null) await forgetPrepared(trx, current, current.dueAt)
  await releaseCampaign(trx, current)
  return { state, ended_at: now, due_at: null, pause_reason: null, pause_detail: null, drop_waits: true }
}

/** Messages a minute from now on, for everyone still to be sent to. */
export async function setCampaignRate(ctx: Ctx, key: Key, ratePerMinute: number | null): Promise<Campaign> {
  await inTransaction(ctx.db, async (trx) => {
    const current = await locked(trx, key)
    if (current.sendId === null || !commandsOf(current.state, isBegun(current)).editRunning)
      throw wrongState(current)
    await setSendRate(trx, current.sendId, ratePerMinute)
    await audit(ctx, trx, {
      action: 'campaign.rate_changed',
      accountId: key.accountId,
      subject: subjectOf(current.id),
      detail: { from: current.ratePerMinute, to: ratePerMinute },
    })
  })
  await wakeDeliveries(ctx, 'bulk')
  return readCampaign(ctx, key)
}

/** Says whether a run that waits to be asked about still goes. */
export async function decideRun(
  ctx: Ctx,
  { runId, ...key }: Key & { runId: string },
  send: boolean,
): Promise<CampaignRun> {
  const run = await inTransaction(ctx.db, async (trx) => {
    const campaign = await locked(trx, key)
    const asked = await findRun(trx, { campaignId: campaign.id, runId, lock: true })
    if (asked === undefined) throw notFound('run')
    if (asked.state !== 'asking')
      throw conflict('run_not_asking', 'it was decided already', { state: asked.state })
    const now = ctx.clock.now()
    await changeRun(
      trx,
      runId,
      send
        ? { state: 'due', lease_until: null, ...(asked.reason === 'missed' && { reason: 'late' }) }
        : { state: 'skipped', finished_at: now },
    )
    if (campaign.state === 'scheduled')
      await store.changeCampaign(trx, campaign.id, now, { state: send ? 'preparing' : 'running' })
    await audit(ctx, trx, {
      action: 'campaign.run_decided',
      accountId: key.accountId,
      subject: subjectOf(campaign.id),
      detail: { runId, send, reason: asked.reason },
    })
    return findRun(trx, { campaignId: campaign.id, runId })
  })
  if (run === undefined) throw notFound('run')
  await ctx.wake.notify(CAMPAIGNS_TOPIC)
  return presentRun(run)
}

const PAST: Partial<Record<Verb, string>> = {
  pause: 'campaign.paused',
  resume: 'campaign.resumed',
  end: 'campaign.ended',
  cancel: 'campaign.cancelled',
}

const wrongState = ({ state }: store.CampaignRow) =>
  conflict('wrong_state', `a campaign that is ${state} can not do that`, { state })

/** Locks, checks that the command makes sense in this state, changes, audits, wakes the workers. */
async function change(
  ctx: Ctx,
  key: Key,
  verb: 'pause' | 'resume' | 'end' | 'cancel',
  apply: Apply,
): Promise<Campaign> {
  const lane = await inTransaction(ctx.db, async (trx) => {
    const current = await locked(trx, key)
    if (!commandsOf(current.state, isBegun(current))[verb]) throw wrongState(current)
    const now = ctx.clock.now()
    await store.changeCampaign(trx, current.id, now, await apply(trx, current, now))
    await audit(ctx, trx, {
      action: PAST[verb] ?? verb,
      accountId: key.accountId,
      subject: subjectOf(current.id),
      detail: { name: current.name, counts: current.counts },
    })
    return isEventKind(current.plan.trigger.kind) ? ('immediate' as const) : ('bulk' as const)
  })
  await ctx.wake.notify(CAMPAIGNS_TOPIC)
  if (verb === 'resume') await wakeDeliveries(ctx, lane)
  return readCampaign(ctx, key)
}
