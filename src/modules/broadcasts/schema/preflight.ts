import { z } from 'zod'
import { dayLoad } from './budget.ts'
import { armKind } from './groups.ts'
import { audienceBasis, instant, path, reasonCount } from './shapes.ts'

const left = z.array(z.object({ left: z.number(), fans: z.number() }))
const note = z.object({ reason: z.string(), detail: z.record(z.string(), z.unknown()) })
/** `exact`: these people and no others. `estimate`: WeChat chooses; totals are reconciled afterwards. */
const promise = z.enum(['exact', 'estimate'])

const preflightArm = z.object({
  number: z.number(),
  kind: armKind.default('whole'),
  label: z.string().nullable().default(null),
  share: z.number().nullable().default(null),
  reached: z.number(),
  notReached: z.array(reasonCount),
  /** Sizes of the batches, in order; at most the first 200. */
  batchSizes: z.array(z.number()),
  batches: z.number(),
  draftCopies: z.number(),
  sendAt: instant.nullable(),
  startsAt: instant,
  finishesAt: instant,
  monthLeftAfter: left,
})
const preflightGroup = z.object({
  place: z.number(),
  name: z.string(),
  path,
  promise,
  basis: audienceBasis.nullable(),
  /** Named by it, and of those named by an earlier group already. */
  total: z.number(),
  filtered: z.number(),
  /** Left without a message on purpose. */
  heldOut: z.number().default(0),
  arms: z.array(preflightArm),
})
export type PreflightGroup = z.infer<typeof preflightGroup>

/** 预演: what a send would do now. Computed by the code that will decide it. In sum, and by group. */
export const preflight = z.object({
  at: instant,
  /** Of the first group. */
  path,
  promise,
  /** What the first audience was asked of; null without a segment or rule. */
  basis: audienceBasis.nullable().default(null),
  entersHistory: z.boolean(),
  total: z.number(),
  reached: z.number(),
  notReached: z.array(reasonCount),
  batchSizes: z.array(z.number()),
  batches: z.number(),
  /** Calls of the mass interface, and how many the day has left. */
  calls: z.number(),
  callsLeftToday: z.number(),
  draftCopies: z.number(),
  perMinute: z.number(),
  minutes: z.number(),
  finishesAt: instant,
  /** How many of those reached will have n mass sends left this month afterwards; empty without such a limit. */
  monthLeftAfter: left,
  groups: z.array(preflightGroup).default([]),
  /** The days on which the account sends until this is done, over all its sends. */
  days: z.array(dayLoad).default([]),
  blockers: z.array(note),
  warnings: z.array(note),
})
export type Preflight = z.infer<typeof preflight>
