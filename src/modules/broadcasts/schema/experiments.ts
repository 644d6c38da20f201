import { z } from 'zod'
import { content, instant } from './shapes.ts'

/** Shares are in ten-thousandths of a group's people. */
export const WHOLE = 10_000
export const MOST_VARIANTS = 10
const share = z
  .number()
  .int()
  .min(1)
  .max(WHOLE - 1)

/** What is done when nobody can say which variant is better. */
export const unsurePolicy = z.object({
  /** The probability to be the best below which it counts as unsure. */
  below: z.number().min(0.5).max(0.99),
  do: z.enum(['best', 'ask']),
})
/** What is done when the figures haven't come so many hours after the time of the rest. */
export const missingPolicy = z.object({
  afterHours: z.number().int().min(1).max(72),
  do: z.enum(['ask', 'first', 'dont-send']),
})
export type MissingPolicy = z.infer<typeof missingPolicy>

/** A/B 测试 of a group: when the people who are not in it get the better variant, and what is done in doubt. */
export const testPlan = z.object({
  restAt: instant,
  /** Null: the higher read rate wins, however near. */
  unsure: unsurePolicy.nullable().default(null),
  missing: missingPolicy.default({ afterHours: 24, do: 'ask' }),
})
export type TestPlan = z.infer<typeof testPlan>

/** 测试组: a random share of the group's people, with a time and articles of its own. */
export const variantDraft = z.object({ share, sendAt: instant, content })
export const testDraft = testPlan.extend({ variants: z.array(variantDraft).min(2).max(MOST_VARIANTS) })
export type TestDraft = z.infer<typeof testDraft>

/** 对照组: the share of a group that gets nothing, to see what a send brings. At most a half. */
export const holdout = z.number().int().min(0).max(5_000)

const evidence = z.object({
  /** Number of the arm, and the letter people know it by. */
  number: z.number(),
  label: z.string(),
  /** `out`: it failed or reached nobody; `open`: still on its way; `counted`: its figures are whole. */
  standing: z.enum(['out', 'open', 'missing', 'late', 'counted']),
  delivered: z.number(),
  /** Of the first article, up to `statDay`: by the message where WeChat splits readers, else all of them. */
  readers: z.number().nullable(),
  rate: z.number().nullable(),
  /** 95 % interval of the read rate, by Wilson. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** The probability that its articles are read best of all variants. */
  best: z.number().nullable(),
})
export type Evidence = z.infer<typeof evidence>

/** The figures that a choice was made by, as they were then. */
export const verdict = z.object({
  at: instant,
  /** The last day that is in the figures. */
  statDay: z.iso.date(),
  /** Whether only readers by the message are counted. */
  byMessage: z.boolean(),
  arms: z.array(evidence),
  /** The variant with the higher rate; null where none can be told. */
  leader: z.number().nullable(),
  why: z.enum(['figures', 'untested', 'first', 'operator']).nullable(),
})
export type Verdict = z.infer<typeof verdict>

export const experiment = z.object({
  place: z.number(),
  plan: testPlan,
  /** The rest's record. */
  rest: z.number(),
  state: z.enum(['testing', 'waiting', 'asking', 'decided', 'over']),
  reason: z.string().nullable(),
  /** When it is decided, and when the figures are not waited for any longer. */
  decidesAt: instant,
  givesUpAt: instant,
  now: verdict,
  chosen: z.number().nullable(),
  /** Null where the figures chose. */
  chosenByName: z.string().nullable(),
  /** As it was when the rest was opened. */
  verdict: verdict.nullable(),
  canChoose: z.boolean(),
})
export type Experiment = z.infer<typeof experiment>

const side = z.object({ people: z.number(), did: z.number(), rate: z.number().nullable() })
export const lift = z.object({
  event: z.string(),
  days: z.number(),
  sent: side,
  heldOut: side,
  /** Rate of those sent to minus rate of those held out, with its 95 % interval by Newcombe. */
  difference: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Fewer than 100 on a side: nothing can be said yet. */
  tooFew: z.boolean(),
  /** Until then the window of somebody is still open. */
  completeAt: instant.nullable(),
})
export type Lift = z.infer<typeof lift>

export const liftQuery = z.object({
  event: z.string().min(1).max(100),
  days: z.coerce.number().int().min(1).max(30).default(7),
})
