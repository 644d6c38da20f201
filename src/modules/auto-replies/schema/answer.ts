import { z } from 'zod'
import { type MessageContent, messageContent } from '../../messages/schema.ts'

const id = z.string().regex(/^\d{1,19}$/)

export const REPLY_KINDS = ['keyword', 'follow', 'scan', 'menu', 'default'] as const
/** What a rule answers: words typed, a follow, a scan of a code, a tap on the menu, or whatever nothing else answers. */
export const replyKind = z.enum(REPLY_KINDS)
export type ReplyKind = z.infer<typeof replyKind>

export const KEYWORD_MATCHES = ['exact', 'contains', 'starts', 'regex'] as const
export const keywordMatch = z.enum(KEYWORD_MATCHES)
export type KeywordMatch = z.infer<typeof keywordMatch>

export const MAX_KEYWORDS = 20
export const MAX_KEYWORD_CHARACTERS = 200
export const keywordSchema = z.object({
  text: z.string().trim().min(1).max(MAX_KEYWORD_CHARACTERS),
  match: keywordMatch.default('exact'),
  caseSensitive: z.boolean().default(false),
})
export type Keyword = z.infer<typeof keywordSchema>

const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}
const minute = z.number().int().min(0)
/** 生效时段: 1 is Monday; `untilMinute` is the first minute after it, before `fromMinute` where it is over midnight. */
export const hoursSchema = z.object({
  days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
  fromMinute: minute.max(1_439),
  untilMinute: minute.min(1).max(1_440),
  zone: z.string().min(1).max(60).refine(isZone, 'unknown_time_zone').default('Asia/Shanghai'),
})
export const activeHours = z.array(hoursSchema).max(20)
/** Empty: always. */
export type ActiveHours = z.infer<typeof activeHours>

/** What an answer does besides speaking. */
export const effectsSchema = z.object({
  /** Own tags by id. */
  give: z.array(id).max(20).default([]),
  take: z.array(id).max(20).default([]),
  attributes: z
    .array(
      z.object({
        key: z.string().min(1).max(64),
        value: z.union([z.string().max(500), z.number(), z.boolean(), z.null()]),
      }),
    )
    .max(10)
    .default([]),
  /** One that waits to be called. */
  campaignId: id.nullable().default(null),
})
export type Effects = z.infer<typeof effectsSchema>

/** One passively and as many as a message allows after it. */
export const MAX_REPLIES = 6
export const replySchema = z.object({
  content: messageContent,
  weight: z.number().int().min(1).max(1_000).default(1),
})
export type Reply = { content: MessageContent; weight: number }

/** 答复: every reply, or one of them, and what else happens; at least one of both. */
export const answerSchema = z
  .object({
    mode: z.enum(['all', 'random', 'weighted']).default('all'),
    replies: z.array(replySchema).max(MAX_REPLIES).default([]),
    effects: effectsSchema.prefault({}),
    /** Of a code: who follows through it gets the account's follow reply as well, after this one. */
    followToo: z.boolean().optional(),
  })
  .refine(({ replies, effects }) => replies.length > 0 || hasEffect(effects), 'answer_empty')
export type Answer = z.infer<typeof answerSchema>

export const hasEffect = ({ give, take, attributes, campaignId }: Effects): boolean =>
  give.length + take.length + attributes.length > 0 || campaignId !== null

export const answerProblem = z.object({
  rule: z.string(),
  reply: z.number().int().nullable(),
  /** `shadowed`: whenever this rule could answer, the one in `detail` does. */
  reason: z.enum(['material_gone', 'not_resolvable', 'regex_slow', 'campaign_not_live', 'shadowed']),
  detail: z.record(z.string(), z.unknown()),
})
export type AnswerProblem = z.infer<typeof answerProblem>

/** What an event says of its answer, as `properties.reply`. */
export type ReplyNote =
  | {
      rule: string
      version: number
      chosen: number[]
      keyword: number | null
      passive: boolean
      /** The rule that answers as well, after it. */
      also?: { rule: string; version: number; chosen: number[]; passive: boolean }
    }
  | { rule: string | null; muted: 'limit' | 'too_many' }
