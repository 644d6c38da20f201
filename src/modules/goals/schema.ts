import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { type Duration, duration, durationMs, eventMatch } from '../segments/schema.ts'

export const MAX_GOAL_DAYS = 90
const DAY_MS = 86_400_000

/** How long after the message or the click an event still counts, up to 90 days. */
const goalWindow = duration.refine(
  (length: Duration) => durationMs(length) <= MAX_GOAL_DAYS * DAY_MS,
  'longer_than_90_days',
)

/**
 * 转化目标: an event that fits, later than the message (or than a click in it) and within the window. It counts for the last
 * such touch before it, of all sends whose goal it fits, and for no other.
 */
export const goalSchema = z.object({
  event: eventMatch,
  within: goalWindow,
  from: z.enum(['sent', 'clicked']),
  /** The event's property that is summed up; null where events are only counted. */
  value: z.string().min(1).max(256).nullable(),
})
export type Goal = z.infer<typeof goalSchema>

/** Messages of a send, or of a part of it, on their way through the funnel. */
export const funnel = z.object({
  /** Handed to the platform, whatever it reported later. */
  sent: z.number(),
  /** Reported as delivered; templates and subscription notifications only. */
  delivered: z.number(),
  clicked: z.number(),
  converted: z.number(),
  /** Events that counted; one person may do several. */
  conversions: z.number(),
  /** Null where the goal has no value. */
  value: z.number().nullable(),
})
export type Funnel = z.infer<typeof funnel>

/** {@link funnel} in messages and in people, by version and by Beijing day. */
export const sendFigures = z.object({
  total: funnel,
  /** Each person once, however many messages of the send they got. */
  people: funnel.omit({ conversions: true, value: true }),
  versions: z.array(funnel.extend({ version: z.number().int() })),
  /** Sent and delivered by the day of sending, clicks and conversions by their own; at most the last 92 days. */
  days: z.array(funnel.extend({ day: z.iso.date() })),
})
export type SendFigures = z.infer<typeof sendFigures>

const id = z.string().regex(/^\d{1,19}$/)
export const getSendFiguresEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/sends/:sendId/figures',
  access: 'campaigns:read',
  tag: 'goals',
  summary:
    'What a send came to: sent, delivered, clicked, converted, in messages and people, by version and by day',
  params: z.object({ accountId: id, sendId: id }),
  response: sendFigures,
})
