import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import type { Account } from '../accounts/index.ts'
import { audienceRule } from '../campaigns/index.ts'
import { calendarOf, countsFrom, type Plan, runsBetween, type Trigger } from '../campaigns/schema.ts'
import { applicable, limitsInForce, type SendLimits } from '../deliveries/index.ts'
import { audienceOf, excludedOf } from '../recalls/schema.ts'
import type { EventMatch, Rule, TagRef } from '../segments/schema.ts'
import { durationMs } from '../segments/schema.ts'
import type { Game, Plot } from './rules/game.ts'
import type { BacktestVariant } from './schema.ts'

/** A version ready to be played, and what its questions are put to. */
export type Prepared = {
  game: Game
  audience: Rule | null
  excluded: Rule | null
  events: { a: EventMatch | null; b: EventMatch | null }
  /** Ten-thousandths left without. */
  holdout: number
  /** All that its audience asks about, where that is tags alone: an answer holds until one of them comes or goes. Null: it isn’t. */
  tags: readonly TagRef[] | null
}

type Of = { account: Account; from: Date; to: Date }

export async function prepareGame(
  ctx: Ctx,
  db: Executor,
  { variant, place, ...of }: Of & { variant: BacktestVariant; place: 0 | 1 },
): Promise<Prepared> {
  return variant.kind === 'recall'
    ? recallGame(db, { variant, place, ...of })
    : campaignGame(ctx, db, { variant, place, ...of })
}

type Base = Pick<Game, 'accountId' | 'from' | 'to' | 'place' | 'policy' | 'purpose' | 'paymentSends'>
type Asked = Of & {
  place: 0 | 1
  channel: Game['policy']['channel']
  purpose: Game['purpose']
  limits: SendLimits
}

/** What messages are asked about now: limits of earlier days are not on record. */
async function baseOf(
  db: Executor,
  { account, from, to, place, channel, purpose, limits }: Asked,
): Promise<Base> {
  const all = await limitsInForce(db, account.id)
  const { caps, quiet } = applicable(all, { accountId: account.id, channel, purpose, limits })
  return {
    accountId: account.id,
    from: from.getTime(),
    to: to.getTime(),
    place,
    purpose,
    paymentSends: account.limits.paymentWindowSends,
    policy: {
      channel,
      state: 'running',
      template: 'as-written',
      test: false,
      callsLeft: Number.POSITIVE_INFINITY,
      caps,
      quiet,
      notAfter: limits.notAfter === null ? null : new Date(limits.notAfter),
    },
  }
}

type RecallVariant = Extract<BacktestVariant, { kind: 'recall' }>
type CampaignVariant = Extract<BacktestVariant, { kind: 'campaign' }>

async function recallGame(
  db: Executor,
  { variant: { rule }, ...of }: Of & { variant: RecallVariant; place: 0 | 1 },
): Promise<Prepared> {
  const limits = { ...rule.limits, notAfter: null }
  const base = await baseOf(db, { ...of, channel: 'customer-service', purpose: 'marketing', limits })
  const audience = audienceOf(rule)
  const excluded = excludedOf(rule)
  const { minutes, reading } = rule
  const game: Game = {
    ...base,
    // rules count silences from the whole second in which they are made
    from: Math.floor(base.from / 1_000) * 1_000,
    audience: audience !== null,
    excluded: excluded !== null,
    plot: { kind: 'recall', timing: { minutes, reading } },
  }
  return {
    game,
    audience,
    excluded,
    events: { a: null, b: null },
    holdout: 0,
    tags: [...rule.include, ...rule.exclude],
  }
}

async function campaignGame(
  ctx: Ctx,
  db: Executor,
  { variant, ...of }: Of & { variant: CampaignVariant; place: 0 | 1 },
): Promise<Prepared> {
  const plan = { ...variant.plan, content: null, goal: null, tracked: false } satisfies Plan
  const { trigger, limits, purpose } = plan
  const base = await baseOf(db, { ...of, channel: variant.campaignKind, purpose, limits })
  const audience = await audienceRule(ctx, db, { accountId: of.account.id, plan, segmentId: null }, 'live')
  return {
    game: { ...base, audience: audience !== null, excluded: false, plot: plotOf(trigger, of) },
    audience,
    excluded: null,
    events: {
      a: trigger.kind === 'event' || trigger.kind === 'event-not' ? trigger.event : null,
      b: trigger.kind === 'event-not' ? trigger.without : null,
    },
    holdout: limits.holdout,
    tags: audience === null ? [] : tagsIn(audience),
  }
}

/** Every tag of a rule that asks about nothing else. */
function tagsIn(rule: Rule): TagRef[] | null {
  if (rule.kind === 'tag') return rule.tags
  if (rule.kind === 'not') return tagsIn(rule.of)
  if (rule.kind !== 'and' && rule.kind !== 'or') return null
  const parts = rule.of.map(tagsIn)
  return parts.some((part) => part === null) ? null : parts.flatMap((part) => part ?? [])
}

/** Runs of one schedule over 90 days: every minute would be 129,600. */
export const MOST_RUNS = 2_500

function plotOf(trigger: Trigger, { from, to }: Pick<Of, 'from' | 'to'>): Plot {
  switch (trigger.kind) {
    case 'once':
      throw new Error('what goes once has no past')
    case 'repeat': {
      const runs = runsBetween(calendarOf(trigger), from, to, MOST_RUNS)
      return { kind: 'repeat', runs: runs.map((at) => at.getTime()) }
    }
    case 'event':
    case 'event-not':
      return {
        kind: 'event',
        count: trigger.count,
        perPerson: trigger.perPerson,
        reach: trigger.reach,
        startsAt: countsFrom(trigger.from, from).getTime(),
        endsAt: trigger.until === null ? null : new Date(trigger.until).getTime(),
        withinMs: trigger.kind === 'event-not' ? durationMs(trigger.within) : null,
        askAgain: trigger.check === 'live',
      }
  }
}
