import { z } from 'zod'
import { deliveryState } from '../../deliveries/schema.ts'
import { audience, campaignKind, id, instant, plan, trigger } from './plan.ts'

export const CAMPAIGN_STATES = [
  'draft',
  'scheduled',
  'preparing',
  'running',
  'paused',
  'ended',
  'cancelled',
  'failed',
] as const
/** A7: 草稿, 待开始, 准备中, 进行中, 已暂停, 已结束, 已取消, 异常. */
export const campaignState = z.enum(CAMPAIGN_STATES)
export type CampaignState = z.infer<typeof campaignState>

export const triggerKind = z.enum(['once', 'repeat', 'event', 'event-not'])
export type TriggerKind = z.infer<typeof triggerKind>

export const detail = z.record(z.string(), z.unknown())
/** Something that stands in the way, or that somebody should know: a stable code and the numbers of its sentence. */
export const finding = z.object({
  reason: z.string(),
  /** Which step of the form: the plan's part it is about. */
  step: z.enum(['audience', 'trigger', 'content', 'limits', 'goal', 'account']),
  detail,
})
export type Finding = z.infer<typeof finding>

/** Where the people of a send are. Every one of them is in exactly one. */
export const counts = z.object({
  planned: z.number(),
  held: z.number(),
  sending: z.number(),
  accepted: z.number(),
  delivered: z.number(),
  failed: z.number(),
  unknown: z.number(),
  skipped: z.number(),
})
export type Counts = z.infer<typeof counts>

const named = z.object({ id: z.string(), name: z.string() })

export const campaignListItem = z.object({
  id: z.string(),
  accountId: z.string(),
  accountName: z.string(),
  kind: campaignKind,
  name: z.string(),
  state: campaignState,
  triggerKind,
  activity: named.nullable(),
  group: named.nullable(),
  counts,
  funnel: z.object({ sent: z.number(), clicked: z.number(), converted: z.number() }),
  /** Firings that wait to see whether B follows; counted up to 10,000. */
  waiting: z.number(),
  /** Runs missed by down-time that wait for somebody to say whether they still go. */
  asking: z.number(),
  /** When something happens next by the clock: a start, a run, the end. */
  nextAt: instant.nullable(),
  startsAt: instant.nullable(),
  endsAt: instant.nullable(),
  pauseReason: z.string().nullable(),
  createdByName: z.string().nullable(),
  createdAt: instant,
  updatedAt: instant,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
})
export type CampaignListItem = z.infer<typeof campaignListItem>

/** Which segments an audience was made of, as of when. */
export const basis = z.object({
  at: instant,
  segments: z.array(
    z.object({
      segmentId: z.string(),
      name: z.string(),
      role: z.enum(['include', 'exclude']),
      version: z.number().int(),
      /** Null for a live one, asked at `asOf`. */
      snapshotId: z.string().nullable(),
      asOf: instant,
      /** Its newest computation failed; this is the last good one. */
      stale: z.boolean(),
    }),
  ),
})
export type Basis = z.infer<typeof basis>

const reasonCount = z.object({ reason: z.string(), count: z.number() })

/** What an event-triggered campaign would have done had it run in the days before now. */
export const rehearsal = z.object({
  days: z.number(),
  /** A, as often as people of the audience did it. */
  events: z.number(),
  people: z.number(),
  firings: z.number(),
})

/** 预演: what a start at `at` would do, computed by the code that will decide it. */
export const preflightResult = z.object({
  at: instant,
  /** When the first messages would go, the instant it was decided for. */
  startsAt: instant,
  basis: basis.nullable(),
  /** People of the audience who are fans of the account. */
  total: z.number(),
  /** People of the audience who are no fans of the account; null where that isn't counted. */
  unreachable: z.number().nullable(),
  /** Null for event triggers: who does A isn't known yet. */
  reached: z.number().nullable(),
  notReached: z.array(reasonCount),
  /** Of those reached, who goes out later and why (quiet hours, caps that postpone). */
  held: z.array(reasonCount.extend({ until: instant })),
  /** Which fields would break their rules, for how many. */
  fieldExamples: z.array(z.object({ reason: z.string(), field: z.string(), count: z.number() })),
  perMinute: z.number().nullable(),
  finishesAt: instant.nullable(),
  rehearsal: rehearsal.nullable(),
  /** The next runs of a repeating campaign. */
  runs: z.array(instant),
  blockers: z.array(finding),
  warnings: z.array(finding),
})
export type PreflightResult = z.infer<typeof preflightResult>

/** Kept on the campaign; `revision` tells whether the plan changed since. */
export const preflight = z.object({
  state: z.enum(['running', 'done', 'failed']),
  revision: z.number().int(),
  startedAt: instant,
  /** People decided so far and in all; null before that is known. */
  done: z.number().nullable(),
  total: z.number().nullable(),
  result: preflightResult.nullable(),
  error: z.object({ reason: z.string(), detail }).nullable(),
})
export type Preflight = z.infer<typeof preflight>

export const campaign = campaignListItem.extend({
  revision: z.number(),
  /** The newest version of a started one, which is also the send's; 0 before. */
  version: z.number(),
  /** What people enter under from now on. */
  plan,
  sendId: z.string().nullable(),
  /** The segment a rule of its own became. */
  segmentId: z.string().nullable(),
  ratePerMinute: z.number().nullable(),
  preflight: preflight.nullable(),
  /** What stands in the way of a start, as the draft is; empty once started. */
  problems: z.array(finding),
  pauseDetail: detail.nullable(),
  failureReason: z.string().nullable(),
  failureDetail: detail.nullable(),
  startedByName: z.string().nullable(),
  /** Which commands make sense now. */
  can: z.object({
    edit: z.boolean(),
    start: z.boolean(),
    pause: z.boolean(),
    resume: z.boolean(),
    /** Stop what has begun: the remaining are skipped. */
    end: z.boolean(),
    /** Call off what has not begun. */
    cancel: z.boolean(),
    delete: z.boolean(),
    editRunning: z.boolean(),
  }),
})
export type Campaign = z.infer<typeof campaign>

export const runState = z.enum(['due', 'asking', 'freezing', 'running', 'done', 'skipped', 'failed'])
export type RunState = z.infer<typeof runState>

/** One time a scheduled campaign reaches its audience. */
export const campaignRun = z.object({
  id: z.string(),
  version: z.number(),
  scheduledAt: instant,
  state: runState,
  /** Why it was left out or waits: `missed`, `paused`, `refresh_failed`, `holiday`, … */
  reason: z.string().nullable(),
  detail: detail.nullable(),
  /** People frozen into it. */
  planned: z.number().nullable(),
  basis: basis.nullable(),
  counts,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
})
export type CampaignRun = z.infer<typeof campaignRun>

/** A person as lists show them; name and openid are masked for roles that may not see personal data. */
export const personRef = z.object({
  contactId: z.string(),
  fanId: z.string(),
  name: z.string().nullable(),
  openid: z.string().nullable(),
})

export type PreflightPerson = z.infer<typeof personRef>

export const waitState = z.enum(['waiting', 'fired', 'did_b', 'left', 'limited', 'cancelled'])
/** One firing of A that waits for B not to come, or what came of it. */
export const wait = personRef.extend({
  id: z.string(),
  state: waitState,
  version: z.number(),
  aAt: instant,
  deadline: instant,
  /** When it is decided: some seconds after the deadline. */
  dueAt: instant,
  bAt: instant.nullable(),
  settledAt: instant.nullable(),
})
export type Wait = z.infer<typeof wait>

/** Somebody in the send, and where they are. */
export const campaignPerson = personRef.extend({
  deliveryId: z.string(),
  state: deliveryState,
  reason: z.string().nullable(),
  detail: detail.nullable(),
  runId: z.string().nullable(),
  version: z.number(),
  dueAt: instant,
  plannedAt: instant,
  settledAt: instant.nullable(),
  clickedAt: instant.nullable(),
  convertedAt: instant.nullable(),
})
export type CampaignPerson = z.infer<typeof campaignPerson>

export { audience as campaignAudience, id, instant, trigger }
