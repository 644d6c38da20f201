import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { activeHours, answerProblem, answerSchema, keywordSchema, MAX_KEYWORDS, replyKind } from './answer.ts'

const id = z.string().regex(/^\d{1,19}$/)
const instant = z.iso.datetime()
const tag = 'auto replies'
const account = z.object({ accountId: id })
const one = account.extend({ replyRuleId: id })
const empty = z.object({})

/** 默认回复 at WeChat: once an hour a fan. */
export const DEFAULT_EVERY_MS = 3_600_000
const everyMs = z
  .number()
  .int()
  .min(60_000)
  .max(30 * 86_400_000)
const priority = z.number().int().min(-100).max(100)

/** Made on another page, and edited there. */
export const ruleOwner = z.object({ kind: z.enum(['recall', 'qr-code', 'menu']), id })

/** 自动回复规则. */
export const replyRule = z.object({
  id,
  kind: replyKind,
  name: z.string(),
  state: z.enum(['on', 'off']),
  priority,
  keywords: z.array(keywordSchema),
  hours: activeHours,
  answer: answerSchema,
  /** Least time between two answers to one fan; null: none. */
  everyMs: z.number().nullable(),
  accountIds: z.array(id),
  owner: ruleOwner.nullable(),
  version: z.number(),
  problems: z.array(answerProblem),
  createdAt: instant,
  updatedAt: instant,
})
export type ReplyRule = z.infer<typeof replyRule>

const common = {
  name: z.string().trim().min(1).max(60),
  /** The accounts it answers for; the one of the address where left out. */
  accountIds: z.array(id).min(1).max(50).optional(),
  priority: priority.default(0),
  hours: activeHours.default([]),
  answer: answerSchema,
}
/** What the form of a rule holds; those of codes and menus are made on their own pages. */
export const ruleInput = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('keyword'),
    keywords: z.array(keywordSchema).min(1).max(MAX_KEYWORDS),
    ...common,
  }),
  z.object({ kind: z.literal('follow'), ...common }),
  z.object({ kind: z.literal('default'), everyMs: everyMs.default(DEFAULT_EVERY_MS), ...common }),
])
export type RuleInput = z.infer<typeof ruleInput>

const rules = '/api/accounts/:accountId/reply-rules'

export const listReplyRulesEndpoint = endpoint({
  method: 'GET',
  path: rules,
  access: 'replies:read',
  tag,
  summary: 'Rules that answer for the account, in the order in which they are tried',
  params: account,
  query: pageQuery.extend({
    kind: replyKind.optional(),
    /** In the name or a keyword. */
    q: z.string().trim().max(60).optional(),
    state: z.enum(['on', 'off']).optional(),
    problem: z.enum(['true', 'false']).optional(),
  }),
  response: page(replyRule),
})
export const createReplyRuleEndpoint = endpoint({
  method: 'POST',
  path: rules,
  access: 'replies:write',
  tag,
  summary: 'Makes a rule; it answers from this call on',
  params: account,
  body: ruleInput,
  response: z.object({ id }),
})
export const getReplyRuleEndpoint = endpoint({
  method: 'GET',
  path: `${rules}/:replyRuleId`,
  access: 'replies:read',
  tag,
  summary: 'One rule, with what is wrong with it',
  params: one,
  response: replyRule,
})
export const updateReplyRuleEndpoint = endpoint({
  method: 'PUT',
  path: `${rules}/:replyRuleId`,
  access: 'replies:write',
  tag,
  summary: 'A new version of a rule; what was answered stays as it was',
  params: one,
  body: ruleInput,
  response: replyRule,
})
export const deleteReplyRuleEndpoint = endpoint({
  method: 'DELETE',
  path: `${rules}/:replyRuleId`,
  access: 'replies:write',
  tag,
  summary: 'Takes a rule out; its figures stay',
  params: one,
  response: empty,
})
export const setReplyRuleStateEndpoint = endpoint({
  method: 'POST',
  path: `${rules}/:replyRuleId/state`,
  access: 'replies:write',
  tag,
  summary: 'Switches a rule on or off',
  params: one,
  body: z.object({ on: z.boolean() }),
  response: replyRule,
})
export const orderReplyRulesEndpoint = endpoint({
  method: 'POST',
  path: `${rules}/order`,
  access: 'replies:write',
  tag,
  summary: 'Gives rules the priorities that bring them into this order, the first before all others',
  params: account,
  body: z.object({ ids: z.array(id).min(1).max(200) }),
  response: empty,
})
