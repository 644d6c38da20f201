import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { createSend } from '../../deliveries/index.ts'
import { setGoal } from '../../goals/index.ts'
import { createSegment, holdSegments, pinSegments } from '../../segments/index.ts'
import { durationMs } from '../../segments/schema.ts'
import { setTemplateUses } from '../../templates/index.ts'
import { segmentsOf } from '../audience.ts'
import { freezeContent, lookAtTemplates, templateIdOf } from '../content.ts'
import { CAMPAIGNS_TOPIC } from '../lifecycle/due.ts'
import {
  crowdsFor,
  keepsCrowds,
  openingOf,
  prepareRun,
  snapshotsToKeep,
  subjectOf,
  userOf,
} from '../lifecycle/prepare.ts'
import { existing } from '../people.ts'
import { readCampaign } from '../present.ts'
import { planProblems } from '../rules/problems.ts'
import { calendarOf, nextRuns } from '../rules/schedule.ts'
import { countsFrom, isEventKind } from '../rules/state.ts'
import type { Plan } from '../schema/plan.ts'
import type { Campaign } from '../schema/shapes.ts'
import * as store from '../store/campaigns.ts'
import { insertVersion } from '../store/versions.ts'
import { locked, operatorOf, requireRevision } from './draft.ts'

/**
 * Starts a campaign as it was shown: content and crowds are frozen, its first run is planned. Nothing is sent before the commit.
 * `plan_incomplete` with every problem; `preflight_needed` where none was made of this plan; `drift` with both numbers
 * where the caller saw others than the newest pre-flight's.
 */
export async function startCampaign(
  ctx: Ctx,
  key: store.CampaignKey,
  seen: { revision: number; expectedReached: number | null },
): Promise<Campaign> {
  const account = await getAccount(ctx, key.accountId)
  if (account.state !== 'active')
    throw conflict('account_paused', 'the account is paused', { accountId: account.id, state: account.state })
  const draft = await existing(ctx, key)
  if (draft.state === 'draft') await lookAtTemplates(ctx, draft)
  await inTransaction(ctx.db, async (trx) => {
    const campaign = await locked(trx, key)
    if (campaign.state !== 'draft')
      throw conflict('wrong_state', 'it was started already', { state: campaign.state })
    requireRevision(campaign, seen.revision)
    requireReady(ctx, campaign, seen.expectedReached)
    await start(ctx, trx, campaign)
  })
  await ctx.wake.notify(CAMPAIGNS_TOPIC)
  return readCampaign(ctx, key)
}

function requireReady(ctx: Ctx, campaign: store.CampaignRow, expected: number | null): void {
  const problems = planProblems(campaign.kind, campaign.plan, ctx.clock.now())
  if (problems.length > 0)
    throw invalid('plan_incomplete', 'the plan can not be started as it is', { problems })
  const { preflight } = campaign
  if (preflight?.state !== 'done' || preflight.result === null || preflight.revision !== campaign.revision)
    throw conflict('preflight_needed', 'make a pre-flight of the plan as it is first')
  const { reached, blockers } = preflight.result
  if (blockers.length > 0) throw conflict('preflight_blocked', 'something stands in the way', { blockers })
  if (reached !== expected)
    throw conflict('drift', 'the outcome is not the one that was shown', { expected, now: reached })
}

async function start(ctx: Ctx, trx: Executor, campaign: store.CampaignRow): Promise<void> {
  const { id, accountId, kind, name, plan } = campaign
  const now = ctx.clock.now()
  const segmentId = await ownSegment(ctx, trx, campaign)
  const ids = segmentsOf(plan.audience, segmentId).map((one) => one.id)
  const user = { ...userOf(id), name, accountId }
  await holdSegments(ctx, trx, user, { ids, before: segmentId === null ? [] : [segmentId] })
  const pinned = await snapshotsToKeep(ctx, trx, { plan, segmentId })
  await pinSegments(trx, user, pinned)
  const frozen = await freezeContent(ctx, trx, { accountId, kind, plan })
  const { sendId, version } = await createSend(ctx, trx, {
    ...frozen,
    accountId,
    ownerKind: 'campaign',
    ownerId: id,
    name,
    channel: kind,
    purpose: plan.purpose,
    lane: isEventKind(plan.trigger.kind) ? 'immediate' : 'bulk',
    ratePerMinute: plan.limits.ratePerMinute,
    holdout: plan.limits.holdout,
  })
  await setGoal(trx, sendId, plan.goal, now)
  const templateId = templateIdOf(plan)
  await setTemplateUses(
    trx,
    { kind: 'campaign', id, name, active: true },
    templateId === null ? [] : [templateId],
  )
  const started = operatorOf(ctx)
  await insertVersion(trx, { campaignId: id, version, plan, pinned, changedBy: started, at: now })
  const keeps = isEventKind(plan.trigger.kind) && keepsCrowds(plan)
  const crowds = keeps ? await crowdsFor(ctx, { plan, segmentId }, now, trx) : null
  const opening = openingFor(plan, { now, waits: crowds !== null && crowds.state !== 'ready' })
  await store.changeCampaign(trx, id, now, {
    ...opening,
    version,
    revision: campaign.revision + 1,
    send_id: sendId,
    segment_id: segmentId,
    started_by: started,
  })
  if (opening.due_at !== null && !isEventKind(plan.trigger.kind))
    await prepareRun(ctx, trx, { plan, segmentId }, opening.due_at)
  await audit(ctx, trx, {
    action: 'campaign.started',
    accountId,
    subject: subjectOf(id),
    detail: { name, kind, trigger: plan.trigger.kind, reached: campaign.preflight?.result?.reached ?? null },
  })
}

/** B5: a rule of the campaign's own becomes a segment, listed among the others or not. */
async function ownSegment(
  ctx: Ctx,
  trx: Executor,
  { id, accountId, name, plan }: store.CampaignRow,
): Promise<string | null> {
  const { audience } = plan
  if (audience.kind !== 'rule' || audience.rule === null) return null
  const segment = await createSegment(
    ctx,
    {
      accountId,
      name: audience.name || segmentName(name, id),
      description: '',
      updateKind: audience.updateKind,
      rule: audience.rule,
      dailyMinute: audience.dailyMinute,
      listed: audience.listed,
      failurePolicy: 'last_good',
    },
    trx,
  )
  return segment.id
}

/** B5: the campaign's name and its id, within what a name may hold. */
export const segmentName = (name: string, id: string): string =>
  `${[...name].slice(0, 59 - id.length).join('')} ${id}`

/** Where a started campaign stands: what is due when, and whether it waits for a crowd first. */
function openingFor({ trigger }: Plan, { now, waits }: { now: Date; waits: boolean }) {
  switch (trigger.kind) {
    case 'once': {
      const at = onceAt(trigger, now)
      return { state: 'scheduled' as const, due_at: at, starts_at: at, ends_at: null }
    }
    case 'repeat': {
      const calendar = calendarOf(trigger)
      const [first] = nextRuns(calendar, new Date(now.getTime() - 1), 1)
      return {
        state: 'scheduled' as const,
        due_at: first ?? null,
        starts_at: calendar.from !== null && calendar.from > now ? calendar.from : now,
        ends_at: calendar.until,
      }
    }
    default: {
      const startsAt = countsFrom(trigger.from, now)
      const endsAt = trigger.until === null ? null : new Date(trigger.until)
      if (waits) return { state: 'preparing' as const, due_at: null, starts_at: startsAt, ends_at: endsAt }
      return { ...openingOf(startsAt, endsAt, now), starts_at: startsAt, ends_at: endsAt }
    }
  }
}

/** A5: at once, at an instant, or so long after the start. */
export function onceAt({ at }: Extract<Plan['trigger'], { kind: 'once' }>, now: Date): Date {
  if (at === 'now') return now
  return typeof at === 'string' ? new Date(at) : new Date(now.getTime() + durationMs(at.after))
}
