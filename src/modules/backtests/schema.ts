import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { page, pageQuery } from '../../kernel/paging.ts'
import { campaignKind, plan } from '../campaigns/schema.ts'
import { recallRuleFields } from '../recalls/schema.ts'

const id = z.string().regex(/^\d{1,19}$/)
const instant = z.iso.datetime()
const n = z.number().int().min(0)
const tag = 'backtests'
const base = '/api/accounts/:accountId/backtests'
const inAccount = z.object({ accountId: id })
const one = inAccount.extend({ backtestId: id })

export const MAX_DAYS = 90
/** Kept of those reached and of those not, of each version. */
export const SAMPLE_PEOPLE = 50

/** What is played over the past: a rule as it stands in a form, saved or not. */
export const backtestVariant = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('recall'),
    rule: recallRuleFields.pick({ minutes: true, reading: true, include: true, exclude: true, limits: true }),
  }),
  /** Triggers `event`, `event-not` and `repeat`; one by hand or at one instant has no past. */
  z.object({
    kind: z.literal('campaign'),
    campaignKind,
    plan: plan.pick({ audience: true, trigger: true, limits: true, purpose: true }),
  }),
])
export type BacktestVariant = z.infer<typeof backtestVariant>

export const newBacktest = z.object({
  name: z.string().trim().min(1).max(60),
  /** The saved rule or campaign that it is about; it is left out of the overlap. */
  subjectId: id.nullable().default(null),
  /** One, or two versions to compare; of one kind. */
  variants: z.array(backtestVariant).min(1).max(2),
  days: z.number().int().min(1).max(MAX_DAYS),
  /** One person in so many, chosen by their id. */
  sample: z.union([z.literal(1), z.literal(10), z.literal(100)]).default(1),
})
export type NewBacktest = z.infer<typeof newBacktest>

const day = z.object({ day: z.iso.date(), turns: n, reached: n, notReached: n })

/**
 * What is not played: the speed of sending, what people would have done otherwise, who can't be written to by WeChat's word, fields
 * of templates, what subscribers had left, the hold-out of something that isn't saved yet, crowds as they stood then.
 */
export const UNPLAYED = [
  'rates',
  'behaviour',
  'blocks',
  'fields',
  'grants',
  'holdout',
  'crowds',
  'backfilled',
] as const

export const variantResult = z.object({
  /** Moments that came: silences whose time was up, triggers that fired, runs that somebody was in. */
  turns: n,
  reached: n,
  people: n,
  /** By the reason of a delivery (deliveries) or of a recall's pass (recalls); sums to turns − reached. */
  notReached: z.array(z.object({ reason: z.string(), n })),
  /** Of the Beijing days of the period, all of them, on which the turn came. */
  byDay: z.array(day),
  /** Reached by the hour of the Beijing day, 24 numbers. */
  byHour: z.array(n).length(24),
  perPerson: z.object({ once: n, twice: n, more: n }),
  /** Live rules and activities, and how many reached here really got a message of theirs within 24 hours of it. */
  overlap: z.array(
    z.object({ kind: z.enum(['campaign', 'recall', 'broadcast']), id, name: z.string(), people: n }),
  ),
  /** Beijing days on which the calls of the interface would not have been enough. */
  overCalls: z.array(z.object({ day: z.iso.date(), calls: n, limit: n })),
})
export type VariantResult = z.infer<typeof variantResult>

export const backtestResult = z.object({
  variants: z.array(variantResult),
  /** People reached by both versions, or by one of them only; null with one version. */
  compared: z.object({ both: n, onlyFirst: n, onlySecond: n }).nullable(),
  /** People and acts gone through. */
  read: z.object({ people: n, acts: n }),
  unplayed: z.array(z.enum(UNPLAYED)),
  /** The same for the same input over the same log. */
  digest: z.string(),
  tookMs: n,
})
export type BacktestResult = z.infer<typeof backtestResult>

export const backtestState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])
export const backtest = z.object({
  id,
  accountId: id,
  name: z.string(),
  kind: z.enum(['recall', 'campaign']),
  subjectId: id.nullable(),
  variants: z.array(backtestVariant),
  days: z.number().int(),
  sample: z.number().int(),
  from: instant,
  to: instant,
  state: backtestState,
  /** People done of people to do; null while nobody knows. */
  progress: z.object({ done: n, total: n.nullable() }),
  error: z.object({ reason: z.string(), detail: z.record(z.string(), z.unknown()) }).nullable(),
  result: backtestResult.nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
  createdBy: z.string().nullable(),
})
export type Backtest = z.infer<typeof backtest>

export const backtestPerson = z.object({
  variant: z.number().int().min(0).max(1),
  contactId: id,
  name: z.string().nullable(),
  nickname: z.string().nullable(),
  /** When their turn came, and when it was decided (later where hours or caps put it off). */
  turnAt: instant,
  decidedAt: instant,
  reached: z.boolean(),
  reason: z.string().nullable(),
})
export type BacktestPerson = z.infer<typeof backtestPerson>

export const listBacktestsEndpoint = endpoint({
  method: 'GET',
  path: base,
  access: 'backtests:read',
  tag,
  summary: 'Back-tests 回测 of an account, newest first; of one rule or campaign where it is named',
  params: inAccount,
  query: pageQuery.extend({ kind: z.enum(['recall', 'campaign']).optional(), subjectId: id.optional() }),
  response: page(backtest),
})
export const createBacktestEndpoint = endpoint({
  method: 'POST',
  path: base,
  access: 'backtests:run',
  tag,
  summary: 'Plays a rule, or two versions of it, over the last days; sends nothing and changes nothing',
  params: inAccount,
  body: newBacktest,
  response: backtest,
})
export const getBacktestEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:backtestId`,
  access: 'backtests:read',
  tag,
  summary: 'One back-test: how far it is, or what came of it',
  params: one,
  response: backtest,
})
export const backtestPeopleEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:backtestId/people`,
  access: 'backtests:read',
  tag,
  summary: 'Sample people of a back-test, the same for the same input',
  params: one,
  query: z.object({
    variant: z.coerce.number().int().min(0).max(1).default(0),
    outcome: z.enum(['reached', 'not-reached']).default('reached'),
  }),
  response: z.object({ items: z.array(backtestPerson) }),
})
export const cancelBacktestEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:backtestId/cancel`,
  access: 'backtests:run',
  tag,
  summary: 'Stops one that runs; what it found so far is dropped',
  params: one,
  response: backtest,
})
