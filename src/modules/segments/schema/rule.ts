import { z } from 'zod'

/**
 * 人群规则: one tree of conditions, the same for audiences, live checks, explanations and back-tests. Every condition
 * is asked about a person at an instant; whatever is relative ("the last 30 days") counts back from that instant.
 */

export const MAX_CONDITIONS = 500
export const MAX_DEPTH = 8
const MAX_FILTERS = 20
const MAX_VALUES = 200
const MAX_ARM = 99

const id = z.string().regex(/^\d{1,19}$/)
const text = z.string().max(512)
const count = z.number().min(-1e15).max(1e15)
const day = z.iso.date()
export const timeUnit = z.enum(['minute', 'hour', 'day'])
export type TimeUnit = z.infer<typeof timeUnit>

/** A length of time, at most ten years. Days are 24 hours. */
export const duration = z
  .object({ amount: z.number().int().min(1).max(5_256_000), unit: timeUnit })
  .refine(({ amount: n, unit }) => n * UNIT_MS[unit] <= 3_650 * UNIT_MS.day, 'longer than ten years')
export type Duration = z.infer<typeof duration>
const UNIT_MS: Record<TimeUnit, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }
export const durationMs = ({ amount: n, unit }: Duration): number => n * UNIT_MS[unit]

/**
 * When something happened, seen from the instant asked about:
 * `ever` up to it; `last` within the length of time before it; `before` longer ago than that; `between` Beijing days,
 * both included; `this` the Beijing day, week (from Monday) or month it lies in.
 */
export const window = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ever') }),
  z.object({ kind: z.literal('last'), length: duration }),
  z.object({ kind: z.literal('before'), length: duration }),
  z
    .object({ kind: z.literal('between'), from: day, to: day })
    .refine(({ from, to }) => from <= to, 'ends before it begins'),
  z.object({ kind: z.literal('this'), unit: z.enum(['day', 'week', 'month']) }),
])
export type Window = z.infer<typeof window>

/**
 * A test of one value. `is_not`, `not_contains` and `lt` and the like want a value to be there: who has none is found by
 * `empty` only. `between` includes both ends. Texts are compared as they are, upper and lower case apart.
 */
export const valueTest = z.discriminatedUnion('op', [
  z.object({
    op: z.enum(['is', 'is_not']),
    values: z
      .array(z.union([text, count]))
      .min(1)
      .max(MAX_VALUES),
  }),
  z.object({ op: z.enum(['contains', 'not_contains', 'starts_with', 'ends_with']), value: text.min(1) }),
  z.object({ op: z.enum(['lt', 'lte', 'gt', 'gte']), value: count }),
  z.object({ op: z.literal('between'), from: count, to: count }),
  z.object({ op: z.enum(['true', 'false']) }),
  z.object({ op: z.enum(['on', 'on_or_before', 'on_or_after']), day }),
  z.object({ op: z.literal('within'), window }),
  /** The day of the year comes within so many days from the instant's Beijing day; 0 is today. 29 February is kept on 28. */
  z.object({ op: z.literal('anniversary_in'), days: z.number().int().min(0).max(366) }),
  z.object({ op: z.enum(['has_any', 'has_all', 'has_none']), values: z.array(text).min(1).max(MAX_VALUES) }),
  z.object({ op: z.enum(['empty', 'not_empty']) }),
])
export type ValueTest = z.infer<typeof valueTest>
export type ValueOp = ValueTest['op']

/** How a value is read: as the attribute or field was declared, or, for a property of an event, as asked here. */
export const valueType = z.enum(['text', 'number', 'boolean', 'date', 'instant', 'enumeration', 'list'])
export type ValueType = z.infer<typeof valueType>

/** The tests a type of value knows; everything else is refused when a rule is saved. */
export const OPS_OF: Record<ValueType, readonly ValueOp[]> = {
  text: ['is', 'is_not', 'contains', 'not_contains', 'starts_with', 'ends_with', 'empty', 'not_empty'],
  enumeration: ['is', 'is_not', 'empty', 'not_empty'],
  number: ['is', 'is_not', 'lt', 'lte', 'gt', 'gte', 'between', 'empty', 'not_empty'],
  boolean: ['true', 'false', 'empty', 'not_empty'],
  date: ['on', 'on_or_before', 'on_or_after', 'within', 'anniversary_in', 'empty', 'not_empty'],
  instant: ['on', 'on_or_before', 'on_or_after', 'within', 'empty', 'not_empty'],
  list: ['has_any', 'has_all', 'has_none', 'empty', 'not_empty'],
}

/** A filter on a property of an event; numbers that come as text are read as numbers. */
export const propertyFilter = z.object({
  property: z.string().min(1).max(256),
  type: z.enum(['text', 'number', 'boolean', 'instant']),
  test: valueTest,
})
export type PropertyFilter = z.infer<typeof propertyFilter>

/** A filter on a field of a dataset's rows, or of their lines. */
export const fieldFilter = z.object({
  level: z.enum(['row', 'line']).default('row'),
  field: z.string().min(1).max(40),
  test: valueTest,
})
export type FieldFilter = z.infer<typeof fieldFilter>

/** An event that fits all filters, of one account if named. */
export const eventMatch = z.object({
  event: z.string().min(1).max(256),
  accountId: id.optional(),
  where: z.array(propertyFilter).max(MAX_FILTERS).default([]),
})
export type EventMatch = z.infer<typeof eventMatch>

export const comparison = z.discriminatedUnion('op', [
  z.object({ op: z.enum(['gte', 'lte', 'eq', 'gt', 'lt']), value: count }),
  z.object({ op: z.literal('between'), from: count, to: count }),
])
export type Comparison = z.infer<typeof comparison>

export const tagRef = z.discriminatedUnion('of', [
  z.object({ of: z.literal('own'), tagId: id }),
  z.object({ of: z.literal('wechat'), accountId: id, tagId: z.number().int().min(0) }),
])
export type TagRef = z.infer<typeof tagRef>

/** What is known of a person as a fan: of the named account, or of any. */
const fanTest = z.discriminatedUnion('fact', [
  z.object({ fact: z.literal('follows') }),
  z.object({ fact: z.literal('unfollowed'), window }),
  z.object({ fact: z.literal('followed'), window }),
  z.object({ fact: z.literal('scene'), values: z.array(text.min(1)).min(1).max(MAX_VALUES) }),
  z.object({ fact: z.literal('qr_scene'), test: valueTest }),
  /** The last time they wrote, tapped the menu, followed or scanned. */
  z.object({ fact: z.literal('last_interaction'), window }),
  /** 互动窗口: a message opens 48 hours; a menu tap, a follow and a scan one minute each. */
  z.object({ fact: z.literal('window_open') }),
])
export type FanTest = z.infer<typeof fanTest>

/** Count, sum and distinct of nothing are 0; average, smallest and largest of nothing fit no comparison. */
const eventMeasure = z.discriminatedUnion('of', [
  z.object({ of: z.literal('count') }),
  z.object({ of: z.literal('days') }),
  z.object({
    of: z.enum(['sum', 'average', 'smallest', 'largest', 'distinct']),
    property: z.string().min(1).max(256),
  }),
])
export type EventMeasure = z.infer<typeof eventMeasure>

const detailMeasure = z.discriminatedUnion('of', [
  z.object({ of: z.literal('count') }),
  z.object({
    of: z.enum(['sum', 'average', 'smallest', 'largest', 'distinct']),
    field: z.string().min(1).max(40),
  }),
])
export type DetailMeasure = z.infer<typeof detailMeasure>

export const condition = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('attribute'), attribute: z.string().min(1).max(128), test: valueTest }),
  z.object({
    kind: z.literal('tag'),
    match: z.enum(['any', 'all', 'none']),
    tags: z.array(tagRef).min(1).max(MAX_VALUES),
  }),
  /** Did (or, with a comparison that 0 fits, did not do) something so often or so much. */
  eventMatch.extend({
    kind: z.literal('behaviour'),
    window,
    measure: eventMeasure.default({ of: 'count' }),
    compare: comparison.default({ op: 'gte', value: 1 }),
  }),
  /** The first or the last time of all lies in the window. */
  eventMatch.extend({ kind: z.literal('occurrence'), which: z.enum(['first', 'last']), window }),
  /**
   * Did A in the window and then B (or, with `happened` false, not B) later than A and within so long of it. "Not" wants
   * one A whose time to do B is over at the instant asked about.
   */
  z.object({
    kind: z.literal('sequence'),
    first: eventMatch,
    second: eventMatch,
    within: duration,
    happened: z.boolean().default(true),
    window,
  }),
  /** Over rows of a dataset, or over their lines, that fit all filters. */
  z.object({
    kind: z.literal('detail'),
    dataset: z.string().min(1).max(40),
    over: z.enum(['rows', 'lines']),
    where: z.array(fieldFilter).max(MAX_FILTERS).default([]),
    window,
    measure: detailMeasure.default({ of: 'count' }),
    compare: comparison.default({ op: 'gte', value: 1 }),
  }),
  z.object({ kind: z.literal('fan'), accountId: id.optional(), test: fanTest }),
  z.object({ kind: z.literal('segment'), segmentId: id }),
  /**
   * What our mass sends came to: reached by (as far as the platform tells), chosen for but left out, clicked a tracked link
   * of, or did the goal after. `last` is the account's newest send that has gone out. Reading is never a condition: the
   * platform tells nobody who read.
   */
  z
    .object({
      kind: z.literal('send'),
      what: z.enum(['received', 'left_out', 'clicked', 'converted']),
      broadcast: z.union([z.literal('any'), z.literal('last'), id]),
      /** 营销活动: of any send, the groups filed under it. */
      activityId: id.optional(),
      /** 记录: of one send, this part alone, by its number in the send. */
      arm: z.number().int().min(0).max(MAX_ARM).optional(),
      accountId: id.optional(),
      window: window.default({ kind: 'ever' }),
      goal: eventMatch.extend({ within: duration }).optional(),
    })
    .refine(({ broadcast, activityId }) => activityId === undefined || broadcast === 'any', {
      path: ['activityId'],
      message: 'an activity is asked of any send',
    })
    .refine(({ broadcast, arm }) => arm === undefined || /^\d/.test(broadcast), {
      path: ['arm'],
      message: 'a record is one of a named send',
    }),
  /** What campaigns came to: received a message of, tapped a link in it, or reached the campaign's own goal because of it. */
  z
    .object({
      kind: z.literal('campaign'),
      what: z.enum(['received', 'clicked', 'converted']),
      campaign: z.union([z.literal('any'), id]),
      /** 营销活动: of any campaign, those filed under it. */
      activityId: id.optional(),
      accountId: id.optional(),
      window: window.default({ kind: 'ever' }),
    })
    .refine(({ campaign, activityId }) => activityId === undefined || campaign === 'any', {
      path: ['activityId'],
      message: 'an activity is asked of any campaign',
    }),
  z.object({
    kind: z.literal('identity'),
    has: z.enum(['phone', 'user', 'external_user', 'unionid', 'fan', 'anonymous']),
  }),
])
export type Condition = z.infer<typeof condition>
export type ConditionKind = Condition['kind']

export type Rule = { kind: 'and' | 'or'; of: Rule[] } | { kind: 'not'; of: Rule } | Condition

const node: z.ZodType<Rule> = z.lazy(() =>
  z.union([
    z.object({ kind: z.enum(['and', 'or']), of: z.array(node).min(1).max(MAX_CONDITIONS) }),
    z.object({ kind: z.literal('not'), of: node }),
    condition,
  ]),
)

export const isGroup = (rule: Rule): rule is { kind: 'and' | 'or'; of: Rule[] } =>
  rule.kind === 'and' || rule.kind === 'or'

export function* conditionsOf(rule: Rule): Generator<Condition> {
  if (isGroup(rule)) for (const child of rule.of) yield* conditionsOf(child)
  else if (rule.kind === 'not') yield* conditionsOf(rule.of)
  else yield rule
}

const depthOf = (rule: Rule): number => {
  if (isGroup(rule)) return 1 + Math.max(...rule.of.map(depthOf))
  return rule.kind === 'not' ? 1 + depthOf(rule.of) : 0
}

/** How deep something is nested, whatever it is: asked before it is read as a rule. */
function nesting(value: unknown, limit: number): number {
  if (limit < 0 || typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map((child) => nesting(child, limit - 1)))
}
const DEEPEST_JSON = MAX_DEPTH * 2 + 12

/** A rule as it arrives: bounded in depth before it is looked into, then in depth and number of conditions. */
export const ruleSchema: z.ZodType<Rule> = z
  .unknown()
  .refine((value) => nesting(value, DEEPEST_JSON) < DEEPEST_JSON, 'rule_too_deep')
  .pipe(node)
  .refine((rule) => depthOf(rule) <= MAX_DEPTH, 'rule_too_deep')
  .refine((rule) => [...conditionsOf(rule)].length <= MAX_CONDITIONS, 'rule_too_long') as z.ZodType<Rule>
