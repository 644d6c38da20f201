import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { condition, ruleSchema } from './rule.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'segments'
/** Of the fans of one account; left out: of everyone the caller may see. */
const scope = { accountId: id.optional() }
/**
 * The instant asked about, now if left out. An earlier one answers as things were known then; a later one is refused.
 * Whoever edits a rule passes back the `at` of the first answer: conditions that did not change then come from memory.
 */
const at = z.iso.datetime({ offset: true }).optional()

/** Where a node stands in the rule: positions from the root, `[]` is the root itself. A `not` has one child, 0. */
const path = z.array(z.number().int())

const clause = z.object({
  path,
  /** People of whom this node alone is true. */
  alone: z.number().int(),
  /** People left after this node and those before it in the same 且, or gathered so far in the same 或. */
  running: z.number().int(),
})
export const estimate = z.object({
  at: z.iso.datetime(),
  count: z.number().int(),
  /** Everyone the rule was asked about. */
  total: z.number().int(),
  tookMs: z.number(),
  /** Every node in the order of the rule, depth first; empty unless asked for. */
  clauses: z.array(clause),
})
export type Estimate = z.infer<typeof estimate>

export const estimateEndpoint = endpoint({
  method: 'POST',
  path: '/api/segments/estimate',
  access: 'segments:read',
  tag,
  summary: 'How many people a rule finds, exactly, and how many each of its conditions does (受众预估)',
  body: z.object({ rule: ruleSchema, ...scope, at, funnel: z.boolean().default(true) }),
  response: estimate,
})

const samplePerson = z.object({
  contactId: z.string(),
  name: z.string().nullable(),
  /** One openid, shortened for roles that may not see personal data. */
  openid: z.string().nullable(),
  following: z.boolean(),
})
export type SamplePerson = z.infer<typeof samplePerson>

export const sampleEndpoint = endpoint({
  method: 'POST',
  path: '/api/segments/sample',
  access: 'segments:read',
  tag,
  summary: 'Some people whom a rule finds: the same ones for the same rule until they change',
  body: z.object({ rule: ruleSchema, ...scope, at, limit: z.number().int().min(1).max(50).default(10) }),
  response: z.object({ items: z.array(samplePerson) }),
})

const seen = z.object({
  path,
  /** Whether this node is true of the person. */
  passes: z.boolean(),
  /** The condition; null for 且, 或 and 非. */
  condition: condition.nullable(),
  /**
   * What the condition saw: `value` for an attribute (a list for lists), a number for counts and sums, instants of the
   * events that counted (at most 5, newest first), tag names carried; null where there was nothing.
   */
  saw: z.record(z.string(), z.unknown()).nullable(),
})
export const explanation = z.object({
  contactId: z.string(),
  at: z.iso.datetime(),
  passes: z.boolean(),
  nodes: z.array(seen),
})
export type Explanation = z.infer<typeof explanation>

export const explainEndpoint = endpoint({
  method: 'POST',
  path: '/api/segments/explain',
  access: 'segments:read',
  tag,
  summary: 'Why one person is in or out (为什么): every condition with what it saw',
  body: z.object({ rule: ruleSchema, contactId: id, at }),
  response: explanation,
})
