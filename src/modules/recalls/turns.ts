import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { beijingDay } from '../../kernel/beijing.ts'
import { type PlanRow, planDeliveries, wakeDeliveries } from '../deliveries/index.ts'
import type { Due, Sweep } from '../manifest.ts'
import { decide, readCatalogue } from '../segments/index.ts'
import type { Rule } from '../segments/schema.ts'
import {
  audienceOf,
  excludedOf,
  offsetOf,
  outcomeAtMoment,
  replyFor,
  SPARE_MS,
  TOLD_BY_MS,
} from './rules/index.ts'
import {
  addPasses,
  type DueFan,
  dueFans,
  lookTo,
  moveLookedTo,
  nextActs,
  readUpTo,
  rulesWithDue,
} from './store/due.ts'
import { claimRule, type RecallRow } from './store/rules.ts'

export const RECALLS_TOPIC = 'recalls'
/** People looked at in one transaction; more where many acted in one second. */
const AT_ONCE = 1_000

/**
 * 用户召回: fans in the order of their last acts, as far as their moments have come. Each rule has one place in that order, which
 * moves forward only: there are no timers, an edit of the time moves the line for everybody, and nobody is looked at twice.
 */
export const recallTurns: Sweep = {
  name: 'recalls.turns',
  everyMs: 1_000,
  topic: RECALLS_TOPIC,
  concurrency: 2,
  run: (ctx) => takeTurns(ctx),
}

/** One chunk of people, of the rules that are longest overdue first; how many were looked at. */
export async function takeTurns(ctx: Ctx, most = AT_ONCE): Promise<number> {
  const now = ctx.clock.now()
  const readTo = await readUpTo(ctx.db)
  let looked = 0
  let planned = 0
  for (const ruleId of await rulesWithDue(ctx.db, { now, readTo })) {
    if (looked >= most) break
    const done = await inTransaction(ctx.db, (trx) => turn(trx, ruleId, { now, readTo, most: most - looked }))
    looked += done.looked
    planned += done.planned
  }
  if (planned > 0) await wakeDeliveries(ctx, 'bulk')
  return looked
}

type Turn = { now: Date; readTo: Date | null; most: number }

async function turn(
  trx: Executor,
  ruleId: string,
  { most, ...until }: Turn,
): Promise<{ looked: number; planned: number }> {
  const rule = await claimRule(trx, ruleId)
  if (rule === undefined || rule.sendId === null) return { looked: 0, planned: 0 }
  const to = lookTo(until, offsetOf(rule))
  const fans = await dueFans(trx, rule, { to, most })
  if (fans.length === 0) return { looked: 0, planned: 0 }
  const { rows, passes } = await judge(trx, rule, fans, until.now)
  const planned = await planDeliveries(trx, rule.sendId, rows, until.now)
  await addPasses(trx, { ruleId: rule.id, day: beijingDay(until.now), counts: passes })
  await moveLookedTo(trx, rule.id, fans.length < most ? to : (fans.at(-1) as DueFan).lastAct)
  return { looked: fans.length, planned }
}

/** Who is written to, with which reply and until when, and how many are not, by reason. */
async function judge(trx: Executor, rule: RecallRow, fans: readonly DueFan[], now: Date) {
  const inside = await answersTo(trx, audienceOf(rule), fans, now)
  const excluded = await answersTo(trx, excludedOf(rule), fans, now)
  const rows: PlanRow[] = []
  const passes = new Map<string, number>()
  for (const [n, fan] of fans.entries()) {
    const outcome = outcomeAtMoment(rule, {
      ...fan,
      following: fan.following && fan.contactId !== null,
      inAudience: inside === null || inside.has(n),
      excluded: excluded?.has(n) ?? false,
    })
    if (outcome.candidate) rows.push(messageOf(rule, fan, { until: outcome.until, now }))
    else passes.set(outcome.why, (passes.get(outcome.why) ?? 0) + 1)
  }
  return { rows, passes }
}

/** Of these people the places of those of whom the rule is true; null: there is no rule. */
async function answersTo(
  trx: Executor,
  rule: Rule | null,
  fans: readonly DueFan[],
  at: Date,
): Promise<Set<number> | null> {
  if (rule === null) return null
  const questions = fans.flatMap(({ contactId }, n) => (contactId === null ? [] : [{ n, contactId, at }]))
  return decide(trx, rule, questions, { catalogue: await readCatalogue(trx, rule, at) })
}

function messageOf(rule: RecallRow, fan: DueFan, { until, now }: { until: Date; now: Date }): PlanRow {
  const { fanId, lastAct, contactId } = fan
  const reply = replyFor(rule.id, fanId, lastAct, rule.replyVersions.length)
  return {
    contactId: contactId as string,
    fanId,
    // one for each silence, whatever becomes of the rule
    occurrence: String(lastAct.getTime()),
    dueAt: now,
    // who comes too late for a window that is over is told so by the window
    notAfter: until > now ? new Date(until.getTime() - SPARE_MS) : null,
    context: { silentSince: lastAct.toISOString() },
    version: rule.replyVersions[reply] as number,
  }
}

const MINUTE_MS = 60_000

/** The next moment to come, by the minute: a sandbox that jumps from one to the next would never arrive. */
export async function nextRecallDue(ctx: Ctx): Promise<Due> {
  const now = ctx.clock.now().getTime()
  const moments = (await nextActs(ctx.db)).map(
    ({ offsetMs, at }) => Math.ceil((at.getTime() + Math.max(offsetMs, TOLD_BY_MS)) / MINUTE_MS) * MINUTE_MS,
  )
  const first = moments.length === 0 ? null : Math.min(...moments)
  return { dueAt: first === null ? null : new Date(first), busy: first !== null && first <= now }
}
