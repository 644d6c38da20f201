import { z } from 'zod'
import { goalSchema } from '../../goals/schema.ts'
import { messageContent } from '../../messages/schema.ts'
import { duration, eventMatch, ruleSchema, updateKind } from '../../segments/schema.ts'

export const id = z.string().regex(/^\d{1,19}$/)
export const instant = z.iso.datetime()
const day = z.iso.date()
/** `10:00` of a day in some time zone. */
export const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)
/** An IANA name; anything the machine doesn't know is refused. */
export const zone = z.string().min(1).max(60).refine(isZone, 'unknown_time_zone').default('Asia/Shanghai')

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

export const KINDS = ['customer-service', 'template', 'subscription'] as const
/** 客服消息活动, 模板消息任务, 订阅通知. */
export const campaignKind = z.enum(KINDS)
export type CampaignKind = z.infer<typeof campaignKind>

export const MAX_NAMED_SEGMENTS = 20
const segmentIds = z.array(id).max(MAX_NAMED_SEGMENTS)

/**
 * 受众. `all`: every fan of the account; of a subscription notification, everyone with a send left. `tags`: with any of
 * these WeChat tags. `segments`: in any of `include` (and, or or, with any of `tags`) without those in `exclude`. `rule`: a rule
 * of the campaign's own, which becomes a segment when it starts.
 */
export const audience = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('tags'), any: z.array(z.number().int().min(0)).max(100) }),
  z.object({
    kind: z.literal('segments'),
    include: segmentIds,
    exclude: segmentIds.default([]),
    tags: z.array(z.number().int().min(0)).max(100).default([]),
    /** How `include` and `tags` go together where both are there. */
    combine: z.enum(['and', 'or']).default('and'),
  }),
  z.object({
    kind: z.literal('rule'),
    rule: ruleSchema.nullable(),
    updateKind: updateKind.exclude(['static']).default('on_demand'),
    dailyMinute: z.number().int().min(0).max(1439).default(0),
    /** 同步到人群列表: others may pick it. */
    listed: z.boolean().default(false),
    /** Of the segment made of it; the campaign's name and id if left out. */
    name: z.string().trim().max(60).default(''),
  }),
])
export type CampaignAudience = z.infer<typeof audience>

/** What becomes of a start that came while nothing ran: it goes out late, is left out, or somebody is asked. */
export const missed = z.enum(['send', 'skip', 'ask'])
export type Missed = z.infer<typeof missed>
/** What a run does when its segment could not be computed anew (刷新失败): the last good one, or nothing is sent. */
export const onRefreshFailed = z.enum(['last-good', 'dont-send'])
export type OnRefreshFailed = z.infer<typeof onRefreshFailed>

const times = z.array(clockTime).max(48)
/**
 * When a repeating campaign runs, as clock times in its zone. A day without the chosen date (the 31st of a short month) has no
 * run; `last` is a month's last day. A time that a change of the clocks leaves out is the instant it would have been by
 * the old ones; one that comes twice is taken the first time.
 */
export const schedule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('daily'), times }),
  /** 1 is Monday, 7 is Sunday. */
  z.object({ kind: z.literal('weekly'), days: z.array(z.number().int().min(1).max(7)).max(7), times }),
  z.object({
    kind: z.literal('monthly'),
    days: z.array(z.union([z.number().int().min(1).max(31), z.literal('last')])).max(32),
    times,
  }),
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  z.object({ kind: z.literal('cron'), expression: z.string().trim().max(120) }),
])
export type Schedule = z.infer<typeof schedule>

/** Days without runs: none, mainland China's public holidays, or all days off (holidays, weekends not made up for). */
export const holidays = z.enum(['run', 'skip-holidays', 'skip-days-off'])

/** How often A must have happened (触发时机): once when the n-th comes, or at every n-th. Per person, within from–until. */
export const count = z.object({
  mode: z.enum(['after', 'every']),
  n: z.number().int().min(1).max(10_000),
})
export type Count = z.infer<typeof count>

export const MAX_DELAY_DAYS = 30
const upTo30Days = (length: { amount: number; unit: 'minute' | 'hour' | 'day' }) =>
  length.amount * { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[length.unit] <=
  MAX_DELAY_DAYS * 86_400_000
const delay = duration.refine(upTo30Days, 'longer_than_30_days')

/** 触达时间: at once, after a length of time, or at a clock time, today if it is still to come, or so many days later. */
export const reach = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('now') }),
  z.object({ kind: z.literal('delay'), length: delay }),
  z.object({
    kind: z.literal('clock'),
    time: clockTime,
    daysLater: z.number().int().min(0).max(MAX_DELAY_DAYS).default(0),
    zone,
  }),
])
export type Reach = z.infer<typeof reach>

/** How often one person may be reached; null: no limit. */
const perPerson = z.number().int().min(1).max(10_000).nullable().default(null)

const onEvent = {
  event: eventMatch.nullable(),
  count: count.default({ mode: 'every', n: 1 }),
  /** A counts from here; null: from the start. */
  from: instant.nullable().default(null),
  /** And until here; null: until it is ended by hand. */
  until: instant.nullable().default(null),
  reach: reach.default({ kind: 'now' }),
  perPerson,
  /**
   * Who counts as the audience when A comes. `stored`: the crowd as it stands (按需 and 一次性 as made, 按天 as last
   * updated). `live`: the rules are asked at that moment.
   */
  check: z.enum(['stored', 'live']).default('live'),
}

/** 触发条件. */
export const trigger = z.discriminatedUnion('kind', [
  /** 定时型-单次. */
  z.object({
    kind: z.literal('once'),
    /** At the start, at an instant, or so long after the start. */
    at: z.union([z.literal('now'), instant, z.object({ after: delay })]).default('now'),
    missed: missed.default('ask'),
    /** Only those of the audience who did something in the account in the 48 hours before. */
    audienceWindow: z.literal('interacted-48h').nullable().default(null),
    /** 每次执行前都刷新: on-demand segments are computed anew 15 minutes before. */
    refresh: z.boolean().default(true),
    onRefreshFailed: onRefreshFailed.default('last-good'),
  }),
  /** 定时型-重复. */
  z.object({
    kind: z.literal('repeat'),
    schedule,
    from: instant.nullable().default(null),
    until: instant.nullable().default(null),
    zone,
    holidays: holidays.default('run'),
    /** Further days without runs, in the zone. */
    skipDays: z.array(day).max(400).default([]),
    missed: missed.default('skip'),
    refresh: z.boolean().default(true),
    onRefreshFailed: onRefreshFailed.default('last-good'),
  }),
  /** 触发型-完成A. */
  z.object({ kind: z.literal('event'), ...onEvent }),
  /** 触发型-完成A未完成B: reached counts from the end of the time B had. */
  z.object({
    kind: z.literal('event-not'),
    ...onEvent,
    without: eventMatch.nullable(),
    /** How long B has, from A on. */
    within: delay,
  }),
])
export type Trigger = z.infer<typeof trigger>
export type EventTrigger = Extract<Trigger, { kind: 'event' | 'event-not' }>
export type RepeatTrigger = Extract<Trigger, { kind: 'repeat' }>
export type OnceTrigger = Extract<Trigger, { kind: 'once' }>

/** 触达限制 of one campaign: whether the installation's rules count for it, and what it adds. */
export const campaignLimits = z.object({
  caps: z.enum(['inherit', 'none']).default('inherit'),
  /** Hours of its own in place of the installation's, or none. */
  quiet: z
    .union([
      z.enum(['inherit', 'none']),
      z.object({
        fromMinute: z.number().int().min(0).max(1439),
        untilMinute: z.number().int().min(0).max(1439),
        zone,
        action: z.enum(['drop', 'postpone']),
      }),
    ])
    .default('inherit'),
  /** The last instant a message may still go; null: any. */
  notAfter: instant.nullable().default(null),
  /** 对照组: people left without, in ten-thousandths. */
  holdout: z.number().int().min(0).max(5_000).default(0),
  /** Messages a minute of its own; null: what the account allows. */
  ratePerMinute: z.number().int().min(1).max(1_000_000).nullable().default(null),
})
export type CampaignLimits = z.infer<typeof campaignLimits>

const purpose = z.enum(['marketing', 'service'])

/**
 * What the form holds. A draft may be incomplete anywhere; what is missing is said by {@link planProblems} and refused at the
 * start.
 */
export const plan = z.object({
  audience: audience.default({ kind: 'all' }),
  trigger: trigger.prefault({ kind: 'once' }),
  content: messageContent.nullable().default(null),
  limits: campaignLimits.prefault({}),
  /** 转化目标. */
  goal: goalSchema.nullable().default(null),
  /** 转化跟踪: web links become short ones of our own, per person. */
  tracked: z.boolean().default(false),
  /** What frequency caps and quiet hours take it for. */
  purpose: purpose.default('marketing'),
})
export type Plan = z.infer<typeof plan>

/** Parts of a plan: what is left out stays as it is. */
export const planPart = z.object({
  audience: audience.optional(),
  trigger: trigger.optional(),
  content: messageContent.nullable().optional(),
  limits: campaignLimits.optional(),
  goal: goalSchema.nullable().optional(),
  tracked: z.boolean().optional(),
  purpose: purpose.optional(),
})
export type PlanPart = z.infer<typeof planPart>
