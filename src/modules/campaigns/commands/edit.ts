import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { countsOf, reviseSend, setSendRate } from '../../deliveries/index.ts'
import { setGoal } from '../../goals/index.ts'
import { createSegment, holdSegments, pinSegments, requireSound } from '../../segments/index.ts'
import { setTemplateUses } from '../../templates/index.ts'
import { segmentsOf } from '../audience.ts'
import { freezeContent, lookAtTemplates, templateIdOf } from '../content.ts'
import { CAMPAIGNS_TOPIC } from '../lifecycle/due.ts'
import {
  forgetPrepared,
  prepareRun,
  snapshotsToKeep,
  subjectOf,
  userOf,
  waitsForCrowds,
} from '../lifecycle/prepare.ts'
import { existing } from '../people.ts'
import { isBegun, isPreparing, readCampaign } from '../present.ts'
import { changesOf, fixedPart } from '../rules/changes.ts'
import { planProblems } from '../rules/problems.ts'
import { calendarOf, nextRuns } from '../rules/schedule.ts'
import { commandsOf, countsFrom, GRACE_MS } from '../rules/state.ts'
import { type Plan, type PlanPart, plan as planSchema } from '../schema/plan.ts'
import type { Campaign, Finding } from '../schema/shapes.ts'
import type { EditPreview } from '../schema/views.ts'
import * as store from '../store/campaigns.ts'
import { sumTallies } from '../store/people.ts'
import { findVersion, insertVersion } from '../store/versions.ts'
import { locked, operatorOf, requireRevision } from './draft.ts'
import { requireOwnAccounts } from './scope.ts'
import { segmentName } from './start.ts'

type Key = store.CampaignKey

/** What saving would change, and for whom; saves nothing. Those who are in it already keep the version they entered under. */
export async function previewEdit(ctx: Ctx, key: Key, part: PlanPart): Promise<EditPreview> {
  const current = await readStarted(ctx, ctx.db, key)
  const next = merged(current.plan, part)
  const counts = current.sendId === null ? [] : await countsOf(ctx.db, current.sendId)
  const planned = counts
    .filter(({ state }) => state === 'planned' || state === 'held')
    .reduce((sum, { n }) => sum + n, 0)
  const tallies = await sumTallies(ctx.db, current.id)
  return {
    revision: current.revision,
    changes: changesOf(current.plan, next),
    keep: { planned, waiting: current.waiting, counting: tallies.people },
    runs: runsBeforeAndAfter(current.plan, next, ctx.clock.now()),
    problems: editProblems(current, next, ctx.clock.now()),
  }
}

const SHOWN_RUNS = 5

function runsBeforeAndAfter(before: Plan, after: Plan, now: Date): EditPreview['runs'] {
  if (before.trigger.kind !== 'repeat' || after.trigger.kind !== 'repeat') return null
  const runs = (trigger: Extract<Plan['trigger'], { kind: 'repeat' }>) =>
    nextRuns(calendarOf(trigger), now, SHOWN_RUNS).map((at) => at.toISOString())
  return { before: runs(before.trigger), after: runs(after.trigger) }
}

/** A started one may have its start in the past. */
function editProblems(current: store.CampaignRow, next: Plan, now: Date): Finding[] {
  const fixed = fixedPart(current.plan, next)
  const problems = planProblems(current.kind, next, now).filter(({ reason }) => reason !== 'start_in_past')
  const step = fixed === 'holdout_fixed' ? 'limits' : 'trigger'
  return fixed === null ? problems : [{ step, reason: fixed, detail: {} }, ...problems]
}

const merged = (before: Plan, part: PlanPart): Plan => planSchema.parse({ ...before, ...part })

async function readStarted(ctx: Ctx, db: Executor, key: Key): Promise<store.CampaignRow> {
  const current = await (db === ctx.db ? existing(ctx, key) : locked(db, key))
  if (!commandsOf(current.state, isBegun(current)).editRunning)
    throw conflict('wrong_state', 'only a campaign that is going on can be edited', { state: current.state })
  return current
}

/**
 * Changes a campaign that is going on. Who enters from now on does so under the new version; those planned or waiting keep
 * theirs, but for its end, its rate and its goal, which count for everyone. Where the new crowd is still being computed nobody
 * enters until it is there; `segment_not_computed` where nobody computes it.
 */
export async function editCampaign(
  ctx: Ctx,
  key: Key,
  { revision, plan: part }: { revision: number; plan: PlanPart },
): Promise<Campaign> {
  const before = await existing(ctx, key)
  await lookAtTemplates(ctx, { accountId: key.accountId, plan: merged(before.plan, part) })
  await inTransaction(ctx.db, async (trx) => {
    const current = await readStarted(ctx, trx, key)
    requireRevision(current, revision)
    await requireOwnAccounts(ctx, key.accountId, { before: current.plan, part })
    const plan = merged(current.plan, part)
    const problems = editProblems(current, plan, ctx.clock.now())
    if (problems.length > 0)
      throw invalid('plan_incomplete', 'the plan can not be saved as it is', { problems })
    if (JSON.stringify(plan) !== JSON.stringify(current.plan)) await revise(ctx, trx, current, plan)
  })
  await ctx.wake.notify(CAMPAIGNS_TOPIC)
  return readCampaign(ctx, key)
}

async function revise(ctx: Ctx, trx: Executor, current: store.CampaignRow, plan: Plan): Promise<void> {
  const { id, accountId, kind, name, sendId } = current
  if (sendId === null) throw conflict('wrong_state', 'it was never started')
  const now = ctx.clock.now()
  const segmentId = await segmentAfter(ctx, trx, current, plan)
  const before = segmentsOf(current.plan.audience, current.segmentId).map((one) => one.id)
  const ids = segmentsOf(plan.audience, segmentId).map((one) => one.id)
  const known = segmentId === null ? before : [...before, segmentId]
  await holdSegments(ctx, trx, { ...userOf(id), name, accountId }, { ids, before: known })
  const pinned = await pinnedAfter(ctx, trx, current, { plan, segmentId })
  await pinSegments(trx, userOf(id), pinned)
  const frozen = await freezeContent(ctx, trx, { accountId, kind, plan })
  const version = await reviseSend(ctx, trx, sendId, { ...frozen, purpose: plan.purpose })
  await setSendRate(trx, sendId, plan.limits.ratePerMinute)
  await setGoal(trx, sendId, plan.goal, now)
  const templateId = templateIdOf(plan)
  await setTemplateUses(
    trx,
    { kind: 'campaign', id, name, active: true },
    templateId === null ? [] : [templateId],
  )
  await insertVersion(trx, {
    campaignId: id,
    version,
    plan,
    pinned,
    changedBy: operatorOf(ctx),
    at: now,
  })
  await store.changeCampaign(trx, id, now, {
    ...(await timesAfter(ctx, trx, current, { plan, segmentId })),
    plan,
    version,
    segment_id: segmentId,
    revision: current.revision + 1,
  })
  await audit(ctx, trx, {
    action: 'campaign.edited',
    accountId,
    subject: subjectOf(id),
    detail: { name, version, parts: [...new Set(changesOf(current.plan, plan).map(({ part }) => part))] },
  })
}

type After = { plan: Plan; segmentId: string | null }

/** A changed rule of its own becomes another segment: those who entered under the one before keep it. */
async function segmentAfter(
  ctx: Ctx,
  trx: Executor,
  current: store.CampaignRow,
  { audience }: Plan,
): Promise<string | null> {
  if (audience.kind !== 'rule' || audience.rule === null) return null
  const before = current.plan.audience
  if (JSON.stringify(before) === JSON.stringify(audience) && current.segmentId !== null)
    return current.segmentId
  await requireSound(ctx, audience.rule, current.accountId, trx)
  const segment = await createSegment(
    ctx,
    {
      accountId: current.accountId,
      name: audience.name || segmentName(current.name, current.id),
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

/** Crowds that stay in the audience stay as they were. */
async function pinnedAfter(
  ctx: Ctx,
  trx: Executor,
  current: store.CampaignRow,
  after: After,
): Promise<Map<string, string>> {
  const before = (await findVersion(trx, current.id, current.version))?.pinned ?? new Map<string, string>()
  const fresh = await snapshotsToKeep(ctx, trx, after)
  return new Map([...fresh].map(([id, snapshot]) => [id, before.get(id) ?? snapshot]))
}

/** When it does something next, by the new plan. */
async function timesAfter(
  ctx: Ctx,
  trx: Executor,
  current: store.CampaignRow,
  after: After,
): Promise<store.Changes> {
  const { trigger } = after.plan
  const now = ctx.clock.now()
  if (trigger.kind === 'once') {
    if (current.dueAt === null) return {}
    await forgetPrepared(trx, current, current.dueAt)
    await prepareRun(ctx, trx, after, current.dueAt)
    return {}
  }
  if (trigger.kind === 'repeat') {
    const calendar = calendarOf(trigger)
    const [next] = nextRuns(calendar, now, 1)
    // a run whose time has come but that nobody opened yet stays
    const due = current.dueAt !== null && current.dueAt <= now ? current.dueAt : (next ?? null)
    if (current.dueAt !== null && current.dueAt > now) await forgetPrepared(trx, current, current.dueAt)
    if (due !== null) await prepareRun(ctx, trx, after, due)
    return { due_at: due, ends_at: calendar.until }
  }
  const endsAt = trigger.until === null ? null : new Date(trigger.until)
  // its start is set when its crowd is there; until then it says that it waits, and counts nothing
  if (isPreparing(current)) return { ends_at: endsAt }
  if (await waitsForCrowds(ctx, trx, after, now))
    return { ends_at: endsAt, due_at: null, close_after: null, ...preparing(current) }
  const startsAt = startAfter(current, trigger.from, now)
  if (current.startedAt === null) return { starts_at: startsAt, ends_at: endsAt, due_at: startsAt }
  return {
    starts_at: startsAt,
    ends_at: endsAt,
    due_at: endsAt === null ? null : new Date(endsAt.getTime() + GRACE_MS),
    close_after: null,
  }
}

/** A paused one stays so, and prepares once it is resumed. */
const preparing = ({ state, pauseDetail }: store.CampaignRow): store.Changes =>
  state === 'paused' ? { pause_detail: { ...pauseDetail, was: 'preparing' } } : { state: 'preparing' }

/** From when on A counts by the new plan. What was counted already stays, what was not is not looked at again. */
function startAfter(
  { plan: { trigger }, startsAt, startedAt }: store.CampaignRow,
  from: string | null,
  now: Date,
): Date {
  const before = trigger.kind === 'once' ? null : trigger.from
  if (startsAt !== null && before === from) return startsAt
  const chosen = countsFrom(from, now)
  return startsAt !== null && startedAt !== null && chosen <= now ? startsAt : chosen
}
