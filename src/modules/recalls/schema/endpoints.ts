import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { answerSchema } from '../../auto-replies/schema.ts'
import { recallRuleFields } from './rule.ts'
import {
  recallEstimate,
  recallFigures,
  recallFunnel,
  recallNext,
  recallNumbers,
  recallPerson,
  recallRule,
  recallVersion,
  recallWhy,
} from './views.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'recalls'
const base = '/api/accounts/:accountId/recall-rules'
const inAccount = z.object({ accountId: id })
const one = inAccount.extend({ recallId: id })
/** Beijing days, the last 30 unless told otherwise. */
const days = z.object({ from: z.iso.date().optional(), to: z.iso.date().optional() })

export const saveRecall = recallRuleFields.extend({
  /** What a tap on the phrase of a default reply is answered with; null: no reply of this rule's own. */
  keywordReply: answerSchema.nullable().default(null),
  /** An end of the range that makes no sense is saved by who says that they know (`recall_degenerate`). */
  acceptDegenerate: z.boolean().default(false),
})

export const listRecallRulesEndpoint = endpoint({
  method: 'GET',
  path: base,
  access: 'recalls:read',
  tag,
  summary: 'Rules of 用户召回, oldest first, and how many there may be',
  params: inAccount,
  response: z.object({ items: z.array(recallRule), limit: z.number().int().nullable() }),
})
export const createRecallRuleEndpoint = endpoint({
  method: 'POST',
  path: base,
  access: 'recalls:write',
  tag,
  summary: 'Makes a rule; silences that begin from now on count',
  params: inAccount,
  body: saveRecall.extend({ on: z.boolean().default(false) }),
  response: recallRule,
})
export const getRecallRuleEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:recallId`,
  access: 'recalls:read',
  tag,
  summary: 'One rule and what became of those whose moment came',
  params: one,
  response: z.object({ rule: recallRule, funnel: recallFunnel }),
})
export const updateRecallRuleEndpoint = endpoint({
  method: 'PUT',
  path: `${base}/:recallId`,
  access: 'recalls:write',
  tag,
  summary: 'Changes a rule; who waits keeps their place and follows the new time',
  params: one,
  body: saveRecall.extend({ version: z.number().int() }),
  response: recallRule,
})
export const deleteRecallRuleEndpoint = endpoint({
  method: 'DELETE',
  path: `${base}/:recallId`,
  access: 'recalls:write',
  tag,
  summary: 'Ends a rule for good; what it sent stays on record',
  params: one,
  response: z.object({}),
})
export const switchRecallRuleEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:recallId/state`,
  access: 'recalls:write',
  tag,
  summary: 'Switches a rule on or off; moments that come while it is off are not made up for',
  params: one,
  body: z.object({ on: z.boolean() }),
  response: recallRule,
})
export const estimateRecallEndpoint = endpoint({
  method: 'POST',
  path: `${base}/estimate`,
  access: 'recalls:read',
  tag,
  summary: 'Whom a rule as it stands in the form would reach, and whom not',
  params: inAccount,
  body: recallRuleFields
    .pick({ minutes: true, reading: true, include: true, exclude: true })
    .extend({ ruleId: id.nullable().default(null) }),
  response: recallEstimate,
})
export const recallNumbersEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/recall-numbers',
  access: 'recalls:read',
  tag,
  summary: '待召回人数 of each rule, exact at the instant named',
  params: inAccount,
  response: recallNumbers,
})
export const recallFiguresEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/recall-figures',
  access: 'recalls:read',
  tag,
  summary: 'Sent and recalled by Beijing day, of one rule or of all',
  params: inAccount,
  query: days.extend({ ruleId: id.optional() }),
  response: recallFigures,
})
export const recallPeopleEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:recallId/people`,
  access: 'recalls:read',
  tag,
  summary: 'People whose moment came and who could be written to then, newest first',
  params: one,
  query: pageQuery.extend({
    outcome: z.enum(['all', 'sent', 'returned', 'not-returned', 'not-sent', 'open']).default('all'),
  }),
  response: page(recallPerson),
})
export const recallNextEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:recallId/next`,
  access: 'recalls:read',
  tag,
  summary: 'What those who were recalled did next',
  params: one,
  query: days,
  response: recallNext,
})
export const recallVersionsEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:recallId/versions`,
  access: 'recalls:read',
  tag,
  summary: 'What the rule said when, newest first',
  params: one,
  response: z.object({ items: z.array(recallVersion) }),
})
export const recallWhyEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:recallId/why/:contactId`,
  access: 'recalls:read',
  tag,
  summary: 'Why a person was written to or not',
  params: one.extend({ contactId: id }),
  response: recallWhy,
})
