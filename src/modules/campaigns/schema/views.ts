import { z } from 'zod'
import { deliveryState, deliveryWhy } from '../../deliveries/schema.ts'
import { campaignKind, count, instant, plan } from './plan.ts'
import { counts, detail, finding, personRef } from './shapes.ts'

/** One message of a campaign to a person, or why there was none: the customer page's 触达. */
export const touch = z.object({
  campaignId: z.string(),
  campaignName: z.string(),
  accountId: z.string(),
  accountName: z.string(),
  kind: campaignKind,
  deliveryId: z.string(),
  state: deliveryState,
  reason: z.string().nullable(),
  detail: detail.nullable(),
  plannedAt: instant,
  dueAt: instant,
  settledAt: instant.nullable(),
  clickedAt: instant.nullable(),
  convertedAt: instant.nullable(),
})
export type Touch = z.infer<typeof touch>

/** The live page's numbers. */
export const figures = z.object({
  at: instant,
  counts,
  reasons: z.array(z.object({ state: deliveryState, reason: z.string(), count: z.number() })),
  funnel: z.object({
    /** Handed to WeChat, and of these reported as delivered where the kind has reports. */
    sent: z.number(),
    delivered: z.number(),
    clicked: z.number(),
    converted: z.number(),
    value: z.number().nullable(),
  }),
  /** What came of calls, by minute; at most the last 24 hours. */
  pace: z.array(z.object({ minute: instant, accepted: z.number(), refused: z.number() })),
  /** People still to come, by when: firings that wait for B, and messages planned or held for later. */
  waiting: z.array(z.object({ from: instant, to: instant, undecided: z.number(), planned: z.number() })),
  /** Of an event trigger: As that counted, people who did it, firings. */
  triggered: z.object({ events: z.number(), people: z.number(), firings: z.number() }).nullable(),
})
export type Figures = z.infer<typeof figures>

/**
 * What an edit of a running campaign changes, and for whom: `from_now` for those who enter from now on, `everyone` also for
 * those already planned or waiting.
 */
export const change = z.object({
  part: z.enum(['audience', 'trigger', 'content', 'limits', 'goal', 'tracked', 'purpose', 'rate']),
  /** Dotted path inside the part, `` for all of it. */
  field: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  applies: z.enum(['from_now', 'everyone']),
})
export const editPreview = z.object({
  revision: z.number(),
  changes: z.array(change),
  /** Who keeps the version they entered under. */
  keep: z.object({
    planned: z.number(),
    waiting: z.number(),
    /** People whose count of A goes on from where it is. */
    counting: z.number(),
  }),
  /** Runs that are due at other times from now on: the next ones, before and after. */
  runs: z.object({ before: z.array(instant), after: z.array(instant) }).nullable(),
  problems: z.array(finding),
})
export type EditPreview = z.infer<typeof editPreview>

/** G2: the chain of facts that decided it, the earliest first. */
export const whyStep = z.object({
  /** `in_audience`, `not_in_audience`, `audience_unknown` (with the reason), `no_event`, `waits_for_b`, `wait_fired`, `delivery_skipped`, … */
  step: z.string(),
  at: instant.nullable(),
  detail,
})
export const why = personRef.extend({
  steps: z.array(whyStep),
  /**
   * Every check of the newest message, or of the one they would get, as it would be answered now; null before a start and
   * for people who are no fan of the account.
   */
  decision: deliveryWhy.nullable(),
  /** How often A was seen of them and fired for them, of an event trigger. */
  triggered: z.object({ seen: z.number(), fired: z.number(), count }).nullable(),
  deliveries: z.array(
    z.object({
      deliveryId: z.string(),
      state: deliveryState,
      reason: z.string().nullable(),
      detail: detail.nullable(),
      plannedAt: instant,
      dueAt: instant,
      settledAt: instant.nullable(),
      runId: z.string().nullable(),
      version: z.number(),
    }),
  ),
})
export type Why = z.infer<typeof why>

export const campaignVersion = z.object({
  version: z.number(),
  plan,
  changedByName: z.string().nullable(),
  changedAt: instant,
})
export type CampaignVersion = z.infer<typeof campaignVersion>
