import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import {
  forgetRun,
  pinSegments,
  preparationState,
  prepareForRun,
  requireSegment,
} from '../../segments/index.ts'
import { segmentsOf } from '../audience.ts'
import { countsFrom, GRACE_MS, isEventKind } from '../rules/state.ts'
import type { Plan } from '../schema/plan.ts'
import {
  type CampaignRow,
  changeCampaign,
  listPreparing,
  listUnkept,
  lockCampaign,
} from '../store/campaigns.ts'
import { findVersion, setPinned } from '../store/versions.ts'

export const userOf = (campaignId: string) => ({ kind: 'campaign' as const, id: campaignId })
export const subjectOf = (campaignId: string) => ({ kind: 'campaign', id: campaignId })

/** Whether crowds that don't update by themselves stay as they were when the version began. */
export function keepsCrowds({ trigger }: Plan): boolean {
  return trigger.kind === 'event' || trigger.kind === 'event-not'
    ? trigger.check === 'stored'
    : !trigger.refresh
}

type Of = Pick<CampaignRow, 'plan' | 'segmentId'>

/** 执行前刷新: has the on-demand segments of the next run computed anew 15 minutes before it. */
export async function prepareRun(_ctx: Ctx, trx: Executor, { plan, segmentId }: Of, at: Date): Promise<void> {
  if (keepsCrowds(plan)) return
  for (const { id } of segmentsOf(plan.audience, segmentId)) await prepareForRun(trx, id, at)
}

/** A run that will not be: nothing has to be computed for it, unless another campaign runs at the same time. */
export async function forgetPrepared(
  trx: Executor,
  { id: campaignId, plan, segmentId }: Of & { id: string },
  at: Date,
): Promise<void> {
  for (const { id } of segmentsOf(plan.audience, segmentId))
    if (!(await isWanted(trx, { campaignId, segmentId: id, at }))) await forgetRun(trx, id, at)
}

async function isWanted(
  trx: Executor,
  { campaignId, segmentId, at }: { campaignId: string; segmentId: string; at: Date },
): Promise<boolean> {
  const { rows } = await sql`
    select from segment_uses u join campaigns c on c.id = u.user_id
    where u.segment_id = ${segmentId}::bigint and u.user_kind = 'campaign' and u.active and c.id <> ${campaignId}::bigint
      and (c.due_at = ${at}::timestamptz or exists (select from campaign_runs r
        where r.campaign_id = c.id and r.scheduled_at = ${at}::timestamptz and r.state in ('due', 'asking', 'freezing')))
    limit 1`.execute(trx)
  return rows.length > 0
}

/** How the crowds of a run stand: `waiting` while one is being computed, `failed` when one could not be. */
export async function crowdsFor(
  ctx: Ctx,
  { plan, segmentId }: Of,
  at: Date,
  db: Executor = ctx.db,
): Promise<{ state: 'ready' | 'waiting' } | { state: 'failed'; segmentId: string; never: boolean }> {
  for (const { id } of segmentsOf(plan.audience, segmentId)) {
    const row = await requireSegment(ctx, id, { db })
    if (row.update_kind === 'live' || row.update_kind === 'static') continue
    const asked = keepsCrowds(plan) ? null : await preparationState(db, id, at)
    if (asked === 'failed') return { state: 'failed', segmentId: id, never: row.current_snapshot_id === null }
    if (asked === 'planned' || asked === 'queued' || asked === 'running') return { state: 'waiting' }
    if (row.current_snapshot_id !== null) continue
    if (row.failed_at !== null && row.computing === null)
      return { state: 'failed', segmentId: id, never: true }
    return { state: 'waiting' }
  }
  return { state: 'ready' }
}

/**
 * Whether an event campaign has to wait for a crowd that is being computed, before anybody can be said to be in it. Refuses with
 * `segment_not_computed` one that was never computed and that nobody computes: it would wait for ever.
 */
export async function waitsForCrowds(ctx: Ctx, trx: Executor, of: Of, now: Date): Promise<boolean> {
  if (!isEventKind(of.plan.trigger.kind) || !keepsCrowds(of.plan)) return false
  for (const { id } of segmentsOf(of.plan.audience, of.segmentId)) {
    const { name, update_kind, current_snapshot_id, computing } = await requireSegment(ctx, id, { db: trx })
    if (update_kind !== 'live' && current_snapshot_id === null && computing === null)
      throw conflict('segment_not_computed', 'it has not been computed yet', { segmentId: id, name })
  }
  return (await crowdsFor(ctx, of, now, trx)).state !== 'ready'
}

/** By segment, the snapshot that stands for it from now on; those that update by themselves are left out. */
export async function snapshotsToKeep(
  ctx: Ctx,
  db: Executor,
  { plan, segmentId }: Of,
): Promise<Map<string, string>> {
  const kept = new Map<string, string>()
  if (!keepsCrowds(plan)) return kept
  for (const { id } of segmentsOf(plan.audience, segmentId)) {
    const row = await requireSegment(ctx, id, { db })
    if (row.update_kind === 'live' || row.update_kind === 'daily' || row.current_snapshot_id === null)
      continue
    kept.set(id, row.current_snapshot_id)
  }
  return kept
}

/** Keeps crowds that could not be kept at the start because they were still being computed. */
export async function keepCrowds(
  ctx: Ctx,
  trx: Executor,
  campaign: Of & { id: string; version: number },
): Promise<Map<string, string>> {
  const before = (await findVersion(trx, campaign.id, campaign.version))?.pinned ?? new Map<string, string>()
  const now = await snapshotsToKeep(ctx, trx, campaign)
  const pinned = new Map([...now, ...before])
  if (pinned.size === before.size) return before
  await setPinned(trx, { campaignId: campaign.id, version: campaign.version }, pinned)
  await pinSegments(trx, userOf(campaign.id), pinned)
  return pinned
}

/** Event campaigns whose crowd was still being computed: they begin when it is there, and stop where it can't be. And crowds that were chosen later. */
export async function beginPrepared(ctx: Ctx): Promise<number> {
  let did = 0
  for (const id of await listPreparing(ctx.db, 20)) did += await beginOne(ctx, id)
  for (const id of await listUnkept(ctx.db, 20)) did += await keepLate(ctx, id)
  return did
}

/** A crowd chosen while it went on, and computed since: from now on it stays as it is. */
function keepLate(ctx: Ctx, campaignId: string): Promise<number> {
  return inTransaction(ctx.db, async (trx) => {
    const campaign = await lockCampaign(trx, campaignId)
    if (campaign === undefined) return 0
    const before = await findVersion(trx, campaignId, campaign.version)
    const { size } = await keepCrowds(ctx, trx, campaign)
    if (size === before?.pinned.size) return 0
    await changeCampaign(trx, campaignId, ctx.clock.now(), { revision: campaign.revision + 1 })
    return 1
  })
}

function beginOne(ctx: Ctx, campaignId: string): Promise<number> {
  return inTransaction(ctx.db, async (trx) => {
    const campaign = await lockCampaign(trx, campaignId)
    const { trigger } = campaign?.plan ?? {}
    if (campaign?.state !== 'preparing' || (trigger?.kind !== 'event' && trigger?.kind !== 'event-not'))
      return 0
    const now = ctx.clock.now()
    const crowds = await crowdsFor(ctx, campaign, now)
    if (crowds.state === 'waiting') return 0
    if (crowds.state === 'failed') {
      const detail = { segmentId: crowds.segmentId }
      await changeCampaign(trx, campaignId, now, {
        state: 'paused',
        pause_reason: 'segment_not_computed',
        pause_detail: detail,
      })
      await audit(ctx, trx, {
        action: 'campaign.paused',
        accountId: campaign.accountId,
        subject: subjectOf(campaignId),
        detail: { reason: 'segment_not_computed', ...detail },
      })
      return 1
    }
    await keepCrowds(ctx, trx, campaign)
    const startsAt = countsFrom(trigger.from, now)
    await changeCampaign(trx, campaignId, now, {
      ...openingOf(startsAt, campaign.endsAt, now),
      starts_at: startsAt,
      ...(campaign.startedAt !== null && { started_at: campaign.startedAt }),
      revision: campaign.revision + 1,
    })
    return 1
  })
}

/** Where a campaign that waits for events begins: at once, or when A's time does. */
export const openingOf = (startsAt: Date, endsAt: Date | null, now: Date) =>
  startsAt > now
    ? { state: 'scheduled' as const, due_at: startsAt }
    : {
        state: 'running' as const,
        started_at: now,
        due_at: endsAt === null ? null : new Date(endsAt.getTime() + GRACE_MS),
      }
