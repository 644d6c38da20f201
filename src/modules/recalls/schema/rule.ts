import { z } from 'zod'
import { CUSTOMER_SERVICE_KINDS, messageContent } from '../../messages/schema.ts'
import { tagRef } from '../../segments/schema.ts'

const MAX_TAGS = 100
export const MAX_REPLIES = 20
/** Rules an account may have, whatever the setting says. */
export const MAX_RULES = 100
export const MIN_MINUTES = 10
/** 48 hours. */
export const MAX_MINUTES = 2_880

/**
 * 触发时间 in two readings: `before-end`, so many minutes before 48 hours without an act run out (the manual's FAQ), or
 * `after-silence`, after so many minutes without one.
 */
export const recallReading = z.enum(['before-end', 'after-silence'])
export type RecallReading = z.infer<typeof recallReading>

/** 默认回复: a greeting, and below it a phrase in blue that says something in the fan's name when it is tapped. */
export const defaultReply = z.object({
  kind: z.literal('default'),
  /** 首行文案. */
  greeting: z.string().trim().min(1).max(600),
  /** 引导语. */
  phrase: z.string().trim().min(1).max(100),
  /** 自动发送消息. */
  says: z.string().trim().min(1).max(60),
})
export type DefaultReply = z.infer<typeof defaultReply>

export const recallContent = z.discriminatedUnion('kind', [
  defaultReply,
  /** 自定义回复: one of them for each fan and silence. */
  z.object({
    kind: z.literal('custom'),
    replies: z
      .array(
        messageContent.refine(
          ({ kind }) => (CUSTOMER_SERVICE_KINDS as readonly string[]).includes(kind),
          'not a customer-service message',
        ),
      )
      .min(1)
      .max(MAX_REPLIES),
  }),
])
export type RecallContent = z.infer<typeof recallContent>

export const recallLimits = z.object({
  /** 疲劳度. */
  caps: z.enum(['inherit', 'none']).default('inherit'),
  /** 免打扰时段; who is put off beyond the end of their 48 hours gets nothing. */
  quiet: z.enum(['inherit', 'none']).default('inherit'),
})

/** A rule as the form holds it. */
export const recallRuleFields = z.object({
  name: z.string().trim().min(1).max(60),
  minutes: z.number().int(),
  reading: recallReading.default('before-end'),
  /** 选择标签: any of them; none means everybody. */
  include: z.array(tagRef).max(MAX_TAGS).default([]),
  /** 排除标签: none of them, whatever else somebody carries. */
  exclude: z.array(tagRef).max(MAX_TAGS).default([]),
  content: recallContent,
  limits: recallLimits.prefault({}),
})
export type RecallRuleFields = z.infer<typeof recallRuleFields>
export type RecallTiming = Pick<RecallRuleFields, 'minutes' | 'reading'>
