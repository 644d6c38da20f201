import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { AppError } from '../../kernel/errors.ts'
import { LARGEST_BATCH, planBatches } from '../../wechat/rules/broadcast-batches.ts'
import { monthsToReserve } from '../../wechat/rules/broadcast-quota.ts'
import type { Account } from '../accounts/index.ts'
import type { AudienceRow } from '../contacts/index.ts'
import { decidedAudience, type MassDay, massDay, massDaysOfMonth } from '../deliveries/index.ts'
import { pathProblem, resolveAudience } from './audience.ts'
import { contentProblems } from './content.ts'
import { entersHistory, minutesFor, promiseOf } from './rules.ts'
import type { AudienceBasis, Path, Preflight } from './schema.ts'
import type { BroadcastRow } from './store/broadcasts.ts'
import { countDecided } from './store/recipients.ts'

/** The month's allowance that counts for this account's fans; subscription accounts have a daily one of the account. */
export const fanLimitOf = (account: Account): number | null =>
  account.kind === 'service' ? account.limits.massPerFanPerMonth : null

export const ratePerMinute = (account: Account, path: Path): number =>
  path === 'list' ? account.limits.massPerMinuteByOpenid : account.limits.massPerMinuteByFilter

/** The one relation that decides an audience (as {@link resolveAudience} reads it) at an instant. */
export const decidedFor = (account: Account, audience: RawBuilder<AudienceRow>, now: Date) =>
  decidedAudience({
    accountId: account.id,
    audience,
    months: monthsToReserve(now),
    limit: fanLimitOf(account),
    many: true,
  })

export type Plan = {
  total: number
  reached: number
  notReached: { reason: string; count: number }[]
  sizes: readonly number[]
  refusal: 'nobody' | 'below_two' | null
  monthLeftAfter: { left: number; fans: number }[]
}

/** Counts who would be reached and into which batches; freezing calls it in the snapshot it then writes from. */
export async function planBroadcast(
  db: Executor,
  account: Account,
  { audience, path }: { audience: RawBuilder<AudienceRow>; path: Path },
  now: Date,
): Promise<Plan> {
  const limit = fanLimitOf(account)
  const counts = await countDecided(db, decidedFor(account, audience, now))
  const total = counts.reduce((sum, row) => sum + row.count, 0)
  const reachable = counts.filter((row) => row.reason === null)
  const reached = reachable.reduce((sum, row) => sum + row.count, 0)
  const byReason = new Map<string, number>()
  for (const row of counts)
    if (row.reason !== null) byReason.set(row.reason, (byReason.get(row.reason) ?? 0) + row.count)
  const batches = path === 'list' ? planBatches(reached, LARGEST_BATCH) : planWhole(reached)
  return {
    total,
    reached,
    notReached: [...byReason].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count),
    sizes: batches.ok ? batches.sizes : [],
    refusal: batches.ok ? null : batches.reason,
    monthLeftAfter:
      limit === null
        ? []
        : reachable
            .map((row) => ({ left: limit - row.used - 1, fans: row.count }))
            .sort((a, b) => b.left - a.left),
  }
}

/** By tag and to all there is one call, whatever the number. */
const planWhole = (reached: number) =>
  reached === 0 ? ({ ok: false, reason: 'nobody' } as const) : ({ ok: true, sizes: [reached] } as const)

/**
 * 预演: what the send would do at this instant, by the code that will decide it, and what stands in its way.
 * Equal to the outcome when nothing changes in between.
 */
export async function runPreflight(ctx: Ctx, account: Account, broadcast: BroadcastRow): Promise<Preflight> {
  const now = ctx.clock.now()
  const [found, day, days, problems, installation] = await Promise.all([
    planNow(ctx, account, { broadcast, now }),
    massDay(ctx.db, account.id, now),
    massDaysOfMonth(ctx.db, account.id, now),
    contentProblems(ctx, account.id, broadcast.content),
    sql<{ sending_paused: boolean }>`select sending_paused from installation`.execute(ctx.db),
  ])
  const { plan, basis, problem } = found
  const perMinute = ratePerMinute(account, broadcast.path)
  const minutes = minutesFor(plan.sizes, perMinute)
  const sendsThisMonth = days.reduce((sum, row) => sum + row.sends, 0)
  return {
    at: now.toISOString(),
    path: broadcast.path,
    promise: promiseOf(broadcast.path),
    basis,
    entersHistory: entersHistory(broadcast.path),
    total: plan.total,
    reached: plan.reached,
    notReached: plan.notReached,
    batchSizes: plan.sizes.slice(0, 200),
    batches: plan.sizes.length,
    calls: plan.sizes.length,
    callsLeftToday: Math.max(0, account.limits.massCallsPerDay - day.calls),
    draftCopies: broadcast.content.kind === 'articles' ? plan.sizes.length : 0,
    perMinute,
    minutes,
    finishesAt: new Date(now.getTime() + minutes * 60_000).toISOString(),
    monthLeftAfter: plan.monthLeftAfter,
    blockers: [
      ...accountBlockers(account, broadcast, day, sendsThisMonth),
      ...(installation.rows[0]?.sending_paused ? [{ reason: 'sending_paused', detail: {} }] : []),
      ...(problem === null ? [] : [problem]),
      ...(plan.refusal === null || problem !== null
        ? []
        : [{ reason: plan.refusal, detail: { reached: plan.reached } }]),
      ...problems.map(({ reason, ...detail }) => ({ reason, detail })),
    ],
    warnings: dayWarnings(account, plan, day, broadcast),
  }
}

type Note = { reason: string; detail: Record<string, unknown> }
type Found = { plan: Plan; basis: AudienceBasis | null; problem: Note | null }
const NO_PLAN: Plan = {
  total: 0,
  reached: 0,
  notReached: [],
  sizes: [],
  refusal: 'nobody',
  monthLeftAfter: [],
}

/** In one snapshot of the database. A segment that can't answer is a problem of the send, not of the question. */
async function planNow(
  ctx: Ctx,
  account: Account,
  { broadcast, now }: { broadcast: BroadcastRow; now: Date },
): Promise<Found> {
  try {
    return await inTransaction(
      ctx.db,
      async (trx) => {
        const { relation, basis } = await resolveAudience(ctx, trx, { account, broadcast, now })
        const plan = await planBroadcast(trx, account, { audience: relation, path: broadcast.path }, now)
        return { plan, basis, problem: null }
      },
      { isolation: 'repeatable read' },
    )
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { plan: NO_PLAN, basis: null, problem: { reason: error.reason, detail: error.detail } }
  }
}

function accountBlockers(
  account: Account,
  broadcast: BroadcastRow,
  day: MassDay,
  sendsThisMonth: number,
): Note[] {
  const { massSendsPerDay, massSendsPerMonth } = account.limits
  const notes: Note[] = []
  if (account.state !== 'active')
    notes.push({ reason: 'account_paused', detail: { pauseReason: account.pauseReason } })
  const problem = pathProblem(account, broadcast.audience, broadcast.path)
  if (problem !== null) notes.push(problem)
  if (massSendsPerDay !== null && day.sends >= massSendsPerDay) {
    notes.push({ reason: 'account_day_used', detail: { used: day.sends, limit: massSendsPerDay } })
  }
  if (massSendsPerMonth !== null && sendsThisMonth >= massSendsPerMonth) {
    notes.push({ reason: 'account_month_used', detail: { used: sendsThisMonth, limit: massSendsPerMonth } })
  }
  return notes
}

/** What will make it last into another day or surprise someone, without being wrong. */
function dayWarnings(account: Account, plan: Plan, day: MassDay, broadcast: BroadcastRow): Note[] {
  const { massCallsPerDay, massRecipientsPerDay, draftAddsPerDay } = account.limits
  const notes: Note[] = []
  if (plan.sizes.length > massCallsPerDay - day.calls) {
    notes.push({
      reason: 'calls_used_up',
      detail: { calls: plan.sizes.length, left: Math.max(0, massCallsPerDay - day.calls) },
    })
  }
  if (plan.reached > massRecipientsPerDay - day.recipients) {
    notes.push({
      reason: 'recipients_day_used',
      detail: { people: plan.reached, left: Math.max(0, massRecipientsPerDay - day.recipients) },
    })
  }
  if (broadcast.content.kind === 'articles' && plan.sizes.length > draftAddsPerDay) {
    notes.push({ reason: 'drafts_day_used', detail: { copies: plan.sizes.length, limit: draftAddsPerDay } })
  }
  if (promiseOf(broadcast.path) === 'estimate') notes.push({ reason: 'estimate_only', detail: {} })
  return notes
}
