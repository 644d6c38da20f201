import type { Ctx } from '../../context.ts'
import { notFound } from '../../kernel/errors.ts'
import { totalsOf } from '../goals/index.ts'
import { planProblems } from './rules/problems.ts'
import { commandsOf } from './rules/state.ts'
import type { Campaign, CampaignListItem, CampaignRun } from './schema/shapes.ts'
import { type CampaignKey, type CampaignRow, findCampaign } from './store/campaigns.ts'
import type { RunRow } from './store/runs.ts'

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

export type Totals = Awaited<ReturnType<typeof totalsOf>>

/** What came of their messages, for several campaigns at once. */
export const totalsFor = (ctx: Ctx, rows: readonly CampaignRow[]): Promise<Totals> =>
  totalsOf(
    ctx.db,
    rows.flatMap(({ sendId }) => sendId ?? []),
  )

function funnelOf({ sendId }: CampaignRow, totals: Totals): CampaignListItem['funnel'] {
  const { sent = 0, clicked = 0, converted = 0 } = totals.get(sendId ?? '') ?? {}
  return { sent, clicked, converted }
}

export const presentListItem = (row: CampaignRow, totals: Totals): CampaignListItem => ({
  id: row.id,
  accountId: row.accountId,
  accountName: row.accountName,
  kind: row.kind,
  name: row.name,
  state: row.state,
  triggerKind: row.plan.trigger.kind,
  activity: row.activity,
  group: row.group,
  counts: row.counts,
  funnel: funnelOf(row, totals),
  waiting: row.waiting,
  asking: row.asking,
  nextAt: row.state === 'paused' ? null : iso(row.dueAt),
  startsAt: iso(row.startsAt),
  endsAt: iso(row.endsAt),
  pauseReason: row.pauseReason,
  createdByName: row.createdByName,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  startedAt: iso(row.startedAt),
  endedAt: iso(row.endedAt),
})

/** Something of it was sent, or is to be: from then on it is ended, not called off. */
export const isBegun = ({ startedAt, waiting, counts }: CampaignRow): boolean =>
  startedAt !== null || waiting > 0 || Object.values(counts).some((n) => n > 0)

/** An event campaign whose crowd was never there; paused meanwhile, it waits for it again. */
export const isPreparing = ({ state, pauseReason, pauseDetail }: CampaignRow): boolean =>
  state === 'preparing' ||
  (state === 'paused' && (pauseReason === 'segment_not_computed' || pauseDetail?.['was'] === 'preparing'))

const presentCampaign = (ctx: Ctx, row: CampaignRow, totals: Totals): Campaign => ({
  ...presentListItem(row, totals),
  revision: row.revision,
  version: row.version,
  plan: row.plan,
  sendId: row.sendId,
  segmentId: row.segmentId,
  ratePerMinute: row.sendId === null ? row.plan.limits.ratePerMinute : row.ratePerMinute,
  preflight: row.preflight,
  problems: row.state === 'draft' ? planProblems(row.kind, row.plan, ctx.clock.now()) : [],
  pauseDetail: row.pauseDetail,
  failureReason: row.failureReason,
  failureDetail: row.failureDetail,
  startedByName: row.startedByName,
  can: commandsOf(row.state, isBegun(row)),
})

export async function readCampaign(ctx: Ctx, key: CampaignKey): Promise<Campaign> {
  const row = await findCampaign(ctx.db, key)
  if (row === undefined) throw notFound('campaign')
  return presentCampaign(ctx, row, await totalsFor(ctx, [row]))
}

export const presentRun = (row: RunRow): CampaignRun => ({
  id: row.id,
  version: row.version,
  scheduledAt: row.scheduledAt.toISOString(),
  state: row.state,
  reason: row.reason,
  detail: row.detail,
  planned: row.planned,
  basis: row.basis,
  counts: row.counts,
  startedAt: iso(row.startedAt),
  finishedAt: iso(row.finishedAt),
})
