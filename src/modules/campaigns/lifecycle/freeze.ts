import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { AppError, assert } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { planAudience, wakeDeliveries } from '../../deliveries/index.ts'
import { forAudience } from '../../segments/index.ts'
import { resolveAudience } from '../audience.ts'
import { lookAtTemplates, templateIdOf } from '../content.ts'
import { drifted } from '../rules/state.ts'
import type { Plan } from '../schema/plan.ts'
import { type CampaignRow, changeCampaign, lockCampaign, readCampaign } from '../store/campaigns.ts'
import * as runs from '../store/runs.ts'
import { findVersion } from '../store/versions.ts'
import { crowdsFor, keepCrowds, subjectOf } from './prepare.ts'

/** How long a run waits for a crowd that is being computed, before it counts as failed; business time. */
const PATIENCE_MS = 30 * 60_000
const LOOK_AGAIN_SECONDS = 1
const TIMEOUT_MS = 10 * 60_000

/**
 * Freezes the audience of one run whose time has come: everyone of it in one transaction, or nobody. Cut off at any moment it
 * begins again from nothing; two processes can't do the same run.
 */
export async function freezeNext(ctx: Ctx): Promise<number> {
  const claim = await runs.claimRun(ctx.db)
  if (claim === undefined) return 0
  const campaign = await readCampaign(ctx.db, claim.campaignId)
  const run = await runs.findRun(ctx.db, { campaignId: claim.campaignId, runId: claim.id })
  assert(campaign !== undefined && run !== undefined, 'a claimed run exists')
  const crowds = await crowdsFor(ctx, campaign, run.scheduledAt)
  const late = ctx.clock.now().getTime() - run.scheduledAt.getTime() > PATIENCE_MS
  if (crowds.state === 'waiting' && !(late && run.reason !== 'late')) {
    await runs.releaseRun(ctx.db, claim, LOOK_AGAIN_SECONDS)
    return 0
  }
  const failed = crowds.state !== 'ready'
  if (failed && (policyOf(campaign.plan) === 'dont-send' || (crowds.state === 'failed' && crowds.never))) {
    await giveUp(ctx, claim, campaign, { reason: 'refresh_failed' })
    return 1
  }
  await lookAtTemplates(ctx, campaign)
  await freeze(ctx, claim, campaign, { lastGood: failed })
  return 1
}

const policyOf = ({ trigger }: Plan) =>
  trigger.kind === 'once' || trigger.kind === 'repeat' ? trigger.onRefreshFailed : 'last-good'

/** Thrown to take a freeze back: the audience is not the one that was shown. */
class Drifted extends Error {
  readonly expected: number
  readonly now: number
  constructor(expected: number, now: number) {
    super('the audience is not the one that was shown')
    this.expected = expected
    this.now = now
  }
}

async function freeze(
  ctx: Ctx,
  claim: runs.RunClaim,
  { id, plan }: CampaignRow,
  { lastGood }: { lastGood: boolean },
): Promise<void> {
  try {
    const frozen = await inTransaction(ctx.db, (trx) => freezeIn(ctx, trx, claim, lastGood))
    if (frozen) await wakeDeliveries(ctx, 'bulk')
  } catch (error) {
    if (error instanceof Drifted) return ask(ctx, claim, error)
    if (!(error instanceof AppError)) throw error
    const campaign = await readCampaign(ctx.db, id)
    assert(campaign, 'it was there a moment ago')
    await giveUp(ctx, claim, { ...campaign, plan }, { reason: error.reason, detail: error.detail })
  }
}

type Trx = Parameters<Parameters<typeof inTransaction>[1]>[0]

async function freezeIn(ctx: Ctx, trx: Trx, claim: runs.RunClaim, lastGood: boolean): Promise<boolean> {
  const campaign = await lockCampaign(trx, claim.campaignId)
  const run = await runs.lockClaimed(trx, claim)
  const going = campaign?.state === 'preparing' || campaign?.state === 'running'
  if (!going || run === undefined || campaign.sendId === null) return false
  await forAudience(trx, { timeoutMs: TIMEOUT_MS })
  const now = ctx.clock.now()
  await keepCrowds(ctx, trx, campaign)
  const version = await findVersion(trx, campaign.id, campaign.version)
  assert(version, 'a started campaign has its versions')
  const { people, basis } = await resolveAudience(
    ctx,
    trx,
    {
      accountId: campaign.accountId,
      kind: campaign.kind,
      plan: version.plan,
      segmentId: campaign.segmentId,
      pinned: version.pinned,
      templateId: templateIdOf(version.plan),
      strict: !lastGood,
    },
    now,
  )
  const once = version.plan.trigger.kind === 'once'
  const found = await planAudience(trx, campaign.sendId, {
    people,
    occurrence: once ? '0' : run.id,
    runId: run.id,
    dueAt: now,
    version: campaign.version,
    includeUnfollowed: campaign.kind === 'subscription',
    now,
  })
  const reached = found.planned + found.skipped
  const expected = campaign.preflight?.result?.total
  const agreed = run.reason === 'drift'
  if (once && !agreed && expected !== undefined && drifted(expected, reached))
    throw new Drifted(expected, reached)
  await runs.changeRun(trx, run.id, {
    state: 'running',
    planned: reached,
    basis: basis && { ...basis, segments: basis.segments.map((one) => ({ ...one, stale: lastGood })) },
    started_at: now,
    lease_until: null,
    ...(lastGood && { reason: 'last_good' }),
  })
  await changeCampaign(trx, campaign.id, now, { state: 'running', started_at: campaign.startedAt ?? now })
  return true
}

/** Somebody has to look at the other number first. */
function ask(ctx: Ctx, claim: runs.RunClaim, { expected, now: found }: Drifted): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    const run = await runs.lockClaimed(trx, claim)
    if (run === undefined) return
    const detail = { expected, now: found }
    await runs.changeRun(trx, run.id, { state: 'asking', reason: 'drift', detail, lease_until: null })
    const campaign = await lockCampaign(trx, claim.campaignId)
    await audit(ctx, trx, {
      action: 'campaign.asking',
      accountId: campaign?.accountId,
      subject: subjectOf(claim.campaignId),
      detail: { reason: 'drift', ...detail },
    })
  })
}

/** This run is not sent, and says why; a campaign that has no other run ends. */
function giveUp(
  ctx: Ctx,
  claim: runs.RunClaim,
  campaign: CampaignRow,
  why: { reason: string; detail?: Record<string, unknown> },
): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    const run = await runs.lockClaimed(trx, claim)
    if (run === undefined) return
    await runs.changeRun(trx, run.id, {
      state: 'skipped',
      reason: why.reason,
      detail: why.detail ?? null,
      finished_at: ctx.clock.now(),
      lease_until: null,
    })
    await audit(ctx, trx, {
      action: 'campaign.run_skipped',
      accountId: campaign.accountId,
      subject: subjectOf(campaign.id),
      detail: { runId: run.id, reason: why.reason },
    })
  })
}
