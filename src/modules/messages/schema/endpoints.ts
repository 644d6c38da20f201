import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { messageContent } from './content.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'messages'
const params = z.object({ accountId: id })

/** Something wrong with a content before anybody's values are in it. */
export const contentProblem = z.object({
  /** Place in the form: `text`, `fields.thing1`, `items.0.content`, `variables.姓名`. */
  field: z.string(),
  reason: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type ContentProblem = z.infer<typeof contentProblem>

/** 合规检查: one finding, with where the rule comes from and when that was read. */
export const lintFinding = z.object({
  rule: z.string(),
  severity: z.enum(['high', 'medium', 'low']),
  /** An administrator made it stop sends. */
  blocks: z.boolean(),
  field: z.string().nullable(),
  /** The words that gave rise to it. */
  found: z.string(),
  source: z.object({ title: z.string(), date: z.string() }),
  title: z.object({ zh: z.string(), en: z.string() }),
  advice: z.object({ zh: z.string(), en: z.string() }),
})
export type LintFinding = z.infer<typeof lintFinding>

/** What the compliance check is told about the send; what isn't known is null. */
export const lintFacts = z.object({
  trigger: z.enum(['once', 'repeat', 'event', 'event-not']).nullable().default(null),
  /** Everyone, or everyone with a tag: people that nobody served just now. */
  broad: z.boolean().default(false),
  /** How often one person may get it; null: no limit. */
  perPerson: z.number().int().nullable().default(null),
  /** Messages one firing or day can bring to one person at most, where that is known. */
  perDay: z.number().nullable().default(null),
})
export type LintFacts = z.infer<typeof lintFacts>

export const checkContentEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/message-checks',
  access: 'campaigns:read',
  tag,
  summary: 'What is wrong with a content, and what the compliance check says about it',
  params,
  body: z.object({ content: messageContent, facts: lintFacts.optional() }),
  response: z.object({ problems: z.array(contentProblem), findings: z.array(lintFinding) }),
})

/** A value as a preview shows it; `used` says where it came from. */
const previewValue = z.object({
  name: z.string(),
  value: z.string(),
  used: z.enum(['own', 'fallback', 'missing']),
})

/** The event that fires, by its `properties`, for variables that read them. */
const context = z.record(z.string().max(256), z.unknown()).nullable().default(null)

export const previewMessageEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/message-previews',
  access: 'campaigns:read',
  tag,
  summary:
    'The message as one fan would get it, with that person’s values; masked for roles that may not see personal data',
  params,
  body: z.object({ content: messageContent, fanId: id.nullable().default(null), context }),
  response: z.object({
    /** As it would be sent; null where it would not, see `problem`. */
    message: z.unknown(),
    problem: z
      .object({ reason: z.string(), field: z.string(), value: z.string(), rule: z.string() })
      .nullable(),
    values: z.array(previewValue),
    /** Values were put out of sight. */
    masked: z.boolean(),
  }),
})

export const lintRule = z.object({
  id: z.string(),
  severity: z.enum(['high', 'medium', 'low']),
  title: z.object({ zh: z.string(), en: z.string() }),
  advice: z.object({ zh: z.string(), en: z.string() }),
  source: z.object({ title: z.string(), date: z.string() }),
  blocks: z.boolean(),
})
export type LintRule = z.infer<typeof lintRule>

export const listLintRulesEndpoint = endpoint({
  method: 'GET',
  path: '/api/message-lint-rules',
  access: 'campaigns:read',
  tag,
  summary: 'Rules of the compliance check, and which of them stop a send',
  response: z.object({ items: z.array(lintRule) }),
})
export const setLintRulesEndpoint = endpoint({
  method: 'PUT',
  path: '/api/message-lint-rules',
  access: 'limits:manage',
  tag,
  summary: 'Says which rules of the compliance check stop a send; the others warn',
  body: z.object({ blocking: z.array(z.string().max(60)).max(100) }),
  response: z.object({ items: z.array(lintRule) }),
})
