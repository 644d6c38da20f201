import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { AppError } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { preflightDeliveries } from '../../deliveries/index.ts'
import { findingsOf } from '../../messages/index.ts'
import { forAudience, requireSound } from '../../segments/index.ts'
import { resolveAudience } from '../audience.ts'
import { onceAt } from '../commands/start.ts'
import { type Frozen, freezeContent, lintFactsOf, templateIdOf } from '../content.ts'
import { planProblems, planWarnings } from '../rules/problems.ts'
import { calendarOf, nextRuns } from '../rules/schedule.ts'
import { isEventKind } from '../rules/state.ts'
import type { Finding, PreflightResult } from '../schema/shapes.ts'
import type { CampaignRow } from '../store/campaigns.ts'
import { rehearse } from './rehearse.ts'

type Step = Finding['step']
type Work = { signal: AbortSignal; onProgress(done: number, total: number): Promise<void> }

/** Runs shown of a repeating campaign. */
const SHOWN_RUNS = 10

/** 预演: what a start of this draft would come to. Everything in the way is named, not only the first. */
export async function computePreflight(
  ctx: Ctx,
  campaign: CampaignRow,
  work: Work,
): Promise<PreflightResult> {
  const now = ctx.clock.now()
  const { kind, plan } = campaign
  const blockers = planProblems(kind, plan, now)
  const account = await getAccount(ctx, campaign.accountId)
  if (account.state !== 'active') blockers.push({ step: 'account', reason: 'account_paused', detail: {} })
  const frozen =
    plan.content === null ? undefined : await tried(blockers, 'content', () => frozenContent(ctx, campaign))
  const found = await tried(blockers, 'audience', () => audienceOf(ctx, campaign, now))
  const outcome =
    found !== undefined && frozen !== undefined && !isEventKind(plan.trigger.kind)
      ? await decided(ctx, campaign, { people: found.people, frozen, now, work })
      : undefined
  return {
    at: now.toISOString(),
    startsAt: startOf(campaign, now).toISOString(),
    basis: found?.basis ?? null,
    total:
      outcome?.total ?? (found === undefined ? 0 : await countFans(ctx, campaign.accountId, found.people)),
    unreachable: outcome?.unreachable ?? null,
    reached: isEventKind(plan.trigger.kind) ? null : (outcome?.reached ?? 0),
    notReached: outcome?.notReached ?? [],
    held: (outcome?.held ?? []).map(({ reason, count, until }) => ({
      reason,
      count,
      until: until.toISOString(),
    })),
    fieldExamples: outcome?.fieldExamples ?? [],
    perMinute: outcome?.perMinute ?? null,
    finishesAt: outcome?.finishesAt?.toISOString() ?? null,
    rehearsal: found === undefined ? null : await rehearse(ctx, campaign, found.people, now),
    runs: runsOf(campaign, now),
    blockers,
    warnings: [...planWarnings(kind, plan, now), ...(await lintWarnings(ctx, campaign))],
  }
}

/** A refusal becomes something that stands in the way; anything else is a failure. */
async function tried<T>(blockers: Finding[], step: Step, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    blockers.push({ step, reason: error.reason, detail: error.detail })
    return undefined
  }
}

export const frozenContent = (ctx: Ctx, { accountId, kind, plan }: CampaignRow): Promise<Frozen> =>
  inTransaction(ctx.db, (trx) => freezeContent(ctx, trx, { accountId, kind, plan }))

export async function audienceOf(ctx: Ctx, { accountId, kind, plan }: CampaignRow, now: Date) {
  const { audience } = plan
  if (audience.kind === 'rule' && audience.rule !== null) await requireSound(ctx, audience.rule, accountId)
  const asked = { accountId, kind, plan, segmentId: null, pinned: new Map<string, string>(), strict: false }
  return resolveAudience(ctx, ctx.db, { ...asked, templateId: templateIdOf(plan) }, now)
}

type Decided = { people: RawBuilder<unknown>; frozen: Frozen; now: Date; work: Work }

function decided(ctx: Ctx, campaign: CampaignRow, { people, frozen, now, work }: Decided) {
  const { plan } = campaign
  return getAccount(ctx, campaign.accountId).then((account) =>
    preflightDeliveries(ctx, {
      ...frozen,
      account,
      owner: { kind: 'campaign', id: campaign.id },
      channel: campaign.kind,
      purpose: plan.purpose,
      holdout: plan.limits.holdout,
      ratePerMinute: plan.limits.ratePerMinute,
      people,
      at: startOf(campaign, now),
      onProgress: work.onProgress,
      signal: work.signal,
    }),
  )
}

/** The instant at which the first messages would go. */
export function startOf({ plan }: CampaignRow, now: Date): Date {
  const { trigger } = plan
  if (trigger.kind === 'once') {
    const at = onceAt(trigger, now)
    return at > now ? at : now
  }
  if (trigger.kind === 'repeat') return nextRuns(calendarOf(trigger), now, 1)[0] ?? now
  return trigger.from !== null && new Date(trigger.from) > now ? new Date(trigger.from) : now
}

const runsOf = ({ plan }: CampaignRow, now: Date): string[] =>
  plan.trigger.kind === 'repeat'
    ? nextRuns(calendarOf(plan.trigger), now, SHOWN_RUNS).map((at) => at.toISOString())
    : []

function countFans(ctx: Ctx, accountId: string, people: RawBuilder<unknown>): Promise<number> {
  return inTransaction(ctx.db, async (trx: Executor) => {
    await forAudience(trx)
    const { rows } = await sql<{ n: string }>`
      select count(distinct p.contact_id) as n from (${people}) p
      join fans f on f.contact_id = p.contact_id and f.account_id = ${accountId}::bigint`.execute(trx)
    return Number(rows[0]?.n ?? 0)
  })
}

/** The compliance check's findings that don't stop the send: those that do are among the blockers. */
async function lintWarnings(ctx: Ctx, { accountId, plan }: CampaignRow): Promise<Finding[]> {
  if (plan.content === null) return []
  const asked = { content: plan.content, facts: lintFactsOf(plan) }
  const findings = await findingsOf(ctx, ctx.db, accountId, asked)
  return findings
    .filter(({ blocks }) => !blocks)
    .map((finding) => ({ step: 'content' as const, reason: 'lint', detail: { ...finding } }))
}
