import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { addBeijingDays, beijingDay, beijingMinute } from '../../kernel/beijing.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Account } from '../accounts/index.ts'
import { massDay, massDaysOfMonth } from '../deliveries/index.ts'
import { pathProblem } from './audience.ts'
import { dayLimitsOf, doneByDay, waitingArms } from './budget/load.ts'
import { spreadDays } from './budget/rules.ts'
import { contentProblems } from './content.ts'
import { type GroupPlan, monthsOf, type Plan, planGroups, planInSum } from './groups/plan.ts'
import { resolveGroups } from './groups/relation.ts'
import { outsideNotes } from './outside/open.ts'
import { letterOf, testTimeProblem } from './rules/tests.ts'
import { timeProblem } from './rules/times.ts'
import { entersHistory, minutesFor, promiseOf } from './rules.ts'
import type { AudienceBasis, Path, Preflight, PreflightGroup } from './schema.ts'
import { armsOf, type BroadcastRow } from './store/broadcasts.ts'
import type { ArmRow, GroupRow } from './store/groups.ts'

export const ratePerMinute = (account: Account, path: Path): number =>
  path === 'list' ? account.limits.massPerMinuteByOpenid : account.limits.massPerMinuteByFilter

type Note = { reason: string; detail: Record<string, unknown> }
type Part = { group: GroupRow; arm: ArmRow; plan: Plan }

/**
 * 预演: what the send would do at this instant, by the code that will decide it, and what stands in its way.
 * Equal to the outcome when nothing changes in between.
 */
export async function runPreflight(ctx: Ctx, account: Account, broadcast: BroadcastRow): Promise<Preflight> {
  const now = ctx.clock.now()
  const [found, day, contents, installation] = await Promise.all([
    planNow(ctx, account, { broadcast, now }),
    massDay(ctx.db, account.id, now),
    contentNotes(ctx, account.id, broadcast),
    sql<{ sending_paused: boolean }>`select sending_paused from installation`.execute(ctx.db),
  ])
  const { plans, bases, problem } = found
  const parts = partsOf(broadcast, plans)
  const all = planInSum(parts.map(({ plan }) => plan))
  const path = pathOf(broadcast)
  const perMinute = ratePerMinute(account, path)
  const table = timeTable(parts, perMinute, now)
  const groups = broadcast.groups.map((group) => ({
    place: group.place,
    name: group.name,
    path: group.path,
    promise: promiseOf(group.path),
    basis: bases.get(group.place) ?? null,
    total: plans.find(({ place }) => place === group.place)?.total ?? 0,
    filtered: plans.find(({ place }) => place === group.place)?.filtered ?? 0,
    heldOut: parts.reduce((sum, part) => sum + (part.group === group ? heldOutOf(part.plan) : 0), 0),
    arms: table.flatMap(({ group: of, ...arm }) => (of === group ? [arm] : [])),
  }))
  const load = await loadOf(ctx, account, { broadcast, groups, now })
  return {
    at: now.toISOString(),
    path,
    promise: promiseOf(path),
    basis: bases.get(0) ?? null,
    entersHistory: entersHistory(path),
    total: all.total,
    reached: all.reached,
    notReached: all.notReached,
    batchSizes: all.sizes.slice(0, 200),
    batches: all.sizes.length,
    calls: all.sizes.length,
    callsLeftToday: Math.max(0, account.limits.massCallsPerDay - day.calls),
    draftCopies: groups.flatMap(({ arms }) => arms).reduce((sum, arm) => sum + arm.draftCopies, 0),
    perMinute,
    minutes: minutesFor(all.sizes, perMinute),
    finishesAt: groups
      .flatMap(({ arms }) => arms.map((arm) => arm.finishesAt))
      .sort()
      .at(-1) as string,
    monthLeftAfter: all.monthLeftAfter,
    groups,
    days: load.days,
    blockers: [
      ...accountNotes(account, broadcast),
      ...timeNotes(broadcast, now),
      ...load.blockers,
      ...(installation.rows[0]?.sending_paused ? [{ reason: 'sending_paused', detail: {} }] : []),
      ...(problem === null ? refusals(parts) : [problem]),
      ...contents,
    ],
    warnings: [
      ...load.warnings,
      ...(await outsideNotes(
        ctx.db,
        account,
        groups.flatMap(({ arms }) => arms.map(({ startsAt }) => startsAt)),
      )),
      ...(promiseOf(path) === 'estimate' ? [{ reason: 'estimate_only', detail: {} }] : []),
    ],
  }
}

const heldOutOf = ({ notReached }: Plan): number =>
  notReached.find(({ reason }) => reason === 'held_out')?.count ?? 0

/** Of one that has a single group; with more than one all go by list. */
export const pathOf = ({ groups }: Pick<BroadcastRow, 'groups'>): Path => groups[0]?.path ?? 'list'

/** Which group a note is about, where there is more than one. */
const inGroup = (broadcast: BroadcastRow, { place, name }: GroupRow) =>
  broadcast.groups.length > 1 ? { group: place, groupName: name } : {}

/** Which part of a tested group. */
const labelIn = (group: GroupRow, { number }: Pick<ArmRow, 'number'>): string | null => {
  const place = group.arms.findIndex((arm) => arm.number === number)
  return group.arms[place]?.kind === 'variant' ? letterOf(place) : null
}
const inArm = (group: GroupRow, arm: Pick<ArmRow, 'number'>) => ({ part: labelIn(group, arm) ?? 'rest' })

const partsOf = ({ groups }: BroadcastRow, plans: readonly GroupPlan[]): Part[] =>
  groups.flatMap((group) =>
    group.arms.map((arm) => ({
      group,
      arm,
      plan: plans.find((one) => one.arm === arm.number)?.plan ?? NO_PLAN,
    })),
  )

type Found = { plans: GroupPlan[]; bases: Map<number, AudienceBasis | null>; problem: Note | null }
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
        const resolved = await resolveGroups(ctx, trx, { account, broadcast, now })
        const plans = await planGroups(trx, account, resolved, {
          path: pathOf(broadcast),
          months: monthsOf(armsOf(broadcast), now),
        })
        const bases = new Map(resolved.groups.map(({ place, basis }) => [place, basis]))
        return { plans, bases, problem: null }
      },
      { isolation: 'repeatable read' },
    )
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { plans: [], bases: new Map(), problem: { reason: error.reason, detail: error.detail } }
  }
}

/** When each arm begins and is handed over: arms of one account share its speed, so one goes after the other. */
function timeTable(parts: readonly Part[], perMinute: number, now: Date) {
  let busyUntil = now.getTime()
  const starts = ({ arm }: Part) => Math.max(now.getTime(), arm.sendAt?.getTime() ?? 0)
  const rows = parts
    .toSorted((a, b) => starts(a) - starts(b))
    .map((part) => {
      const { group, arm, plan } = part
      const begins = Math.max(busyUntil, starts(part))
      busyUntil = begins + (plan.reached / perMinute) * 60_000
      return {
        group,
        number: arm.number,
        kind: arm.kind,
        label: labelIn(group, arm),
        share: arm.share,
        reached: plan.reached,
        notReached: plan.notReached,
        batchSizes: plan.sizes.slice(0, 200),
        batches: plan.sizes.length,
        // a rest gets articles, because only articles are tested
        draftCopies: (arm.content?.kind ?? 'articles') === 'articles' ? plan.sizes.length : 0,
        sendAt: arm.sendAt?.toISOString() ?? null,
        startsAt: new Date(begins).toISOString(),
        finishesAt: new Date(begins + minutesFor(plan.sizes, perMinute) * 60_000).toISOString(),
        monthLeftAfter: plan.monthLeftAfter,
      }
    })
  return rows.toSorted((a, b) => a.number - b.number)
}

async function contentNotes(ctx: Ctx, accountId: string, broadcast: BroadcastRow): Promise<Note[]> {
  const notes: Note[] = []
  for (const group of broadcast.groups)
    for (const { kind, content, ...arm } of group.arms)
      for (const { reason, ...detail } of content === null
        ? []
        : await contentProblems(ctx, accountId, content))
        notes.push({
          reason,
          detail: { ...detail, ...inGroup(broadcast, group), ...(kind === 'variant' && inArm(group, arm)) },
        })
  return notes
}

function refusals(parts: readonly Part[]): Note[] {
  const isOneOfMany = new Set(parts.map(({ group }) => group.place)).size > 1
  return parts.flatMap(({ group, arm, plan }) =>
    plan.refusal === null
      ? []
      : [
          {
            reason: plan.refusal,
            detail: {
              reached: plan.reached,
              ...(isOneOfMany && { group: group.place, groupName: group.name }),
              ...(arm.kind !== 'whole' && inArm(group, arm)),
            },
          },
        ],
  )
}

function accountNotes(account: Account, broadcast: BroadcastRow): Note[] {
  const notes: Note[] = []
  if (account.state !== 'active')
    notes.push({ reason: 'account_paused', detail: { pauseReason: account.pauseReason } })
  for (const group of broadcast.groups) {
    const problem = pathProblem(account, group.audience, group.path)
    if (problem !== null)
      notes.push({ ...problem, detail: { ...problem.detail, ...inGroup(broadcast, group) } })
  }
  return notes
}

const timeNotes = (broadcast: BroadcastRow, now: Date): Note[] =>
  broadcast.groups.flatMap((group) => {
    if (group.test !== null) return testTimeNotes(broadcast, group, now)
    return group.arms.flatMap(({ sendAt, state }) => {
      const reason = state === 'draft' ? timeProblem(sendAt, now) : null
      return reason === null
        ? []
        : [{ reason, detail: { at: sendAt?.toISOString(), ...inGroup(broadcast, group) } }]
    })
  })

function testTimeNotes(broadcast: BroadcastRow, group: GroupRow, now: Date): Note[] {
  const variants = group.arms.flatMap(({ kind, sendAt }) => (kind === 'variant' && sendAt ? [sendAt] : []))
  const restAt = group.arms.find(({ kind }) => kind === 'rest')?.sendAt
  if (restAt == null || broadcast.state !== 'draft') return []
  const problem = testTimeProblem({ variants, restAt }, now)
  if (problem === null) return []
  const { reason, at, earliest } = problem
  const detail = { at: at.toISOString(), earliest: beijingMinute(earliest), ...inGroup(broadcast, group) }
  return [{ reason, detail }]
}

type Asked = { broadcast: BroadcastRow; groups: readonly PreflightGroup[]; now: Date }

/** What the account's days and month have room for, over all its sends: gone, planned, and this one. */
async function loadOf(ctx: Ctx, account: Account, { broadcast, groups, now }: Asked) {
  const { limits } = account
  const arms = groups.flatMap((group) => group.arms)
  const days = new Map<string, typeof arms>()
  for (const arm of arms) {
    const on = beijingDay(new Date(arm.startsAt))
    days.set(on, [...(days.get(on) ?? []), arm])
  }
  const blockers: Note[] = []
  const warnings: Note[] = []
  const today = beijingDay(now)
  const waiting = await waitingArms(ctx.db, { accountId: account.id, now, except: broadcast.id })
  for (const [on, own] of days) {
    const at = new Date(own[0]?.startsAt ?? now)
    const [day, month] = await Promise.all([
      massDay(ctx.db, account.id, at),
      massDaysOfMonth(ctx.db, account.id, at),
    ])
    const planned = waiting.filter((one) => beijingDay(one.at) === on)
    // what has begun is counted among those gone
    const promised = planned.filter(({ begun }) => !begun)
    const when = on === today ? {} : { day: on }
    const [taken] = promised
    if (limits.massSendsPerDay !== null) {
      if (day.sends >= limits.massSendsPerDay)
        blockers.push({
          reason: 'account_day_used',
          detail: { used: day.sends, limit: limits.massSendsPerDay },
        })
      else if (taken !== undefined && day.sends + promised.length >= limits.massSendsPerDay)
        blockers.push({ reason: 'day_taken', detail: { name: taken.name, at: taken.at.toISOString() } })
    }
    const sends = month.reduce((sum, row) => sum + row.sends, 0)
    if (limits.massSendsPerMonth !== null && sends + own.length > limits.massSendsPerMonth)
      blockers.push({
        reason: 'account_month_used',
        detail: { used: sends, limit: limits.massSendsPerMonth },
      })
    const sum = (pick: (one: { calls: number; people: number }) => number) =>
      planned.reduce((total, one) => total + pick(one), 0)
    const calls = own.reduce((total, arm) => total + arm.batches, 0)
    const callsLeft = Math.max(0, limits.massCallsPerDay - day.calls - sum((one) => one.calls))
    if (calls > callsLeft)
      warnings.push({ reason: 'calls_used_up', detail: { calls, left: callsLeft, ...when } })
    const people = own.reduce((total, arm) => total + arm.reached, 0)
    const peopleLeft = Math.max(0, limits.massRecipientsPerDay - day.recipients - sum((one) => one.people))
    if (people > peopleLeft)
      warnings.push({ reason: 'recipients_day_used', detail: { people, left: peopleLeft, ...when } })
    const copies = own.reduce((total, arm) => total + arm.draftCopies, 0)
    if (copies > limits.draftAddsPerDay)
      warnings.push({ reason: 'drafts_day_used', detail: { copies, limit: limits.draftAddsPerDay } })
  }
  const ours = arms.map(({ startsAt, reached, batches }) => ({
    at: new Date(startsAt),
    people: reached,
    calls: batches,
    begun: false,
  }))
  const until = addBeijingDays([...days.keys()].sort().at(-1) ?? today, SPILL_DAYS)
  const loads = spreadDays([...waiting, ...ours], await doneByDay(ctx.db, account.id, today), {
    today,
    until,
    limits: dayLimitsOf(account),
  })
  return { blockers, warnings, days: loads.filter(({ day, planned }) => days.has(day) || planned.calls > 0) }
}

/** A send that is too much for its day is followed so far. */
const SPILL_DAYS = 7
