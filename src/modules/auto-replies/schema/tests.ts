import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { messageContent } from '../../messages/schema.ts'
import { effectsSchema, keywordMatch, replyKind } from './answer.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'auto replies'
const instant = z.iso.datetime()
const account = z.object({ accountId: id })
const said = z.string().max(2_000)

/** What a customer might do. */
export const testPush = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: said }),
  /** A voice message as WeChat recognised it. */
  z.object({ kind: z.literal('voice'), recognition: said }),
  /** A picture, a video, a place, a link. */
  z.object({ kind: z.literal('other') }),
  z.object({ kind: z.literal('follow'), scene: z.string().max(64).nullable().default(null) }),
  z.object({ kind: z.literal('scan'), scene: z.string().max(64) }),
  z.object({ kind: z.literal('menu'), key: z.string().max(256) }),
])
export type TestPush = z.infer<typeof testPush>

const named = z.object({ id, name: z.string(), kind: replyKind })
const word = z.object({ text: z.string(), match: keywordMatch })

export const PASSED_OVER = [
  'off',
  'out_of_hours',
  'lower_priority',
  'looser_match',
  'shorter_word',
  'newer',
] as const
export const TEST_WARNINGS = [
  'not_passive',
  'beyond_window',
  'at_most_every',
  'material_gone',
  'one_of',
] as const
const reply = z.object({ index: z.number().int(), content: messageContent })

export const testResult = z.object({
  /** The one that answers; null: nobody does. */
  rule: named.nullable(),
  because: z.object({
    reason: z.enum(['keyword', 'follow', 'code', 'button', 'default', 'nobody']),
    keyword: word.nullable(),
  }),
  /** One that answers as well, after it. */
  also: z.object({ rule: named, effects: effectsSchema }).nullable(),
  /** Others that match as well, the nearest first, and why they don't answer. */
  passedOver: z.array(z.object({ rule: named, keyword: word.nullable(), reason: z.enum(PASSED_OVER) })),
  /** In the answer to the push itself. */
  first: reply.nullable(),
  /** After it, by customer service. */
  rest: z.array(reply),
  effects: effectsSchema.nullable(),
  warnings: z.array(z.object({ reason: z.enum(TEST_WARNINGS), detail: z.record(z.string(), z.unknown()) })),
})
export type TestResult = z.infer<typeof testResult>

export const testReplyEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/reply-test',
  access: 'replies:read',
  tag,
  summary: 'What a customer would get who does something, and why; nothing is sent',
  params: account,
  body: z.object({ push: testPush, at: instant.optional() }),
  response: testResult,
})

const day = z.iso.date()
export const replyFigures = z.object({
  /** Beijing days on which something happened. */
  days: z.array(z.object({ day, hits: z.number(), passive: z.number(), muted: z.number() })),
  /** By the place of the keyword that matched. */
  keywords: z.array(z.object({ keyword: z.number(), hits: z.number() })),
  /** Fans it ever answered. */
  people: z.number(),
  /** Replies by what became of them, since the rule was made. */
  replies: z.array(z.object({ state: z.string(), reason: z.string().nullable(), n: z.number() })),
})
export type ReplyFigures = z.infer<typeof replyFigures>

export const getReplyFiguresEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/reply-rules/:replyRuleId/figures',
  access: 'replies:read',
  tag,
  summary: 'How often a rule answered, by day and keyword, and what became of its replies',
  params: account.extend({ replyRuleId: id }),
  /** Both days included; the last 30 where left out. */
  query: z.object({ from: day.optional(), to: day.optional() }),
  response: replyFigures,
})

export const listReplyMissesEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/reply-misses',
  access: 'replies:read',
  tag,
  summary: 'What customers typed lately that no keyword answered, the most frequent first',
  params: account,
  query: z.object({ days: z.coerce.number().int().min(1).max(30).default(7) }),
  response: z.object({
    /** Messages looked at, the newest; there may be more. */
    messages: z.number(),
    items: z.array(
      z.object({
        text: z.string(),
        times: z.number(),
        people: z.number(),
        lastAt: instant,
        byDefault: z.boolean(),
      }),
    ),
  }),
})
