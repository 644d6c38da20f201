import { z } from 'zod'
import { answerSchema } from '../../auto-replies/schema.ts'
import { deliveryState, deliveryWhy } from '../../deliveries/schema.ts'
import { PASSES } from '../rules/candidate.ts'
import { recallRuleFields } from './rule.ts'

const id = z.string().regex(/^\d{1,19}$/)
const instant = z.iso.datetime()
const n = z.number().int()

/** A rule with what it has come to; who waits is asked apart, for it takes longer. */
export const recallRule = recallRuleFields.extend({
  id,
  accountId: id,
  state: z.enum(['on', 'off']),
  version: n,
  /** Silences that began from here on count. */
  madeAt: instant,
  onSince: instant.nullable(),
  updatedAt: instant,
  /** The keyword reply to the phrase that belongs to it. */
  keywordRuleId: id.nullable(),
  keywordReply: answerSchema.nullable(),
  sent: n,
  returned: n,
  /** Stopped by the engine, not by an operator. */
  paused: z.object({ reason: z.string(), detail: z.record(z.string(), z.unknown()) }).nullable(),
})
export type RecallRule = z.infer<typeof recallRule>

export const recallWaiting = z.object({
  ruleId: id,
  /** 待召回人数: in the tags, silent since the rule was made, their moment still to come. */
  waiting: n,
  /** Of these, who can be written to when it comes, as it stands. */
  reachable: n,
  /** Of these, whose moment has come already. */
  due: n,
})
export const recallNumbers = z.object({
  at: instant,
  rules: z.array(recallWaiting),
  /** Seconds by which reading of what fans did is behind, where that makes recalls wait. */
  behindSeconds: n.nullable(),
})
export type RecallNumbers = z.infer<typeof recallNumbers>
/** Who waits for one rule. */
export type RuleNumbers = RecallNumbers['rules'][number]

const sentAndReturned = z.object({ sent: n, returned: n })
export const recallFigures = z.object({
  today: sentAndReturned,
  yesterday: sentAndReturned,
  days: z.array(sentAndReturned.extend({ day: z.iso.date() })),
})
export type RecallFigures = z.infer<typeof recallFigures>

export const recallPass = z.enum(PASSES)
/** Everything that became of the people whose moment came. */
export const recallFunnel = z.object({
  planned: n,
  sent: n,
  returned: n,
  counts: z.array(z.object({ state: deliveryState, reason: z.string().nullable(), n })),
  passes: z.array(z.object({ outcome: recallPass, n })),
})
export type RecallFunnel = z.infer<typeof recallFunnel>

const byKind = z.object({ message: n, menu: n, follow: n, scan: n })
export const recallEstimate = z.object({
  at: instant,
  followers: n,
  /** Of these, in the tags. */
  inTags: n,
  /** Of these, with an act in the last 48 hours, by the kind of the latest. */
  active: byKind,
  /** Of these, who can be written to at their moment, by the kind of the latest act. */
  reachable: byKind,
  /** Whose moment would come at once by the new time; null for a new rule. */
  atOnce: n.nullable(),
})
export type RecallEstimate = z.infer<typeof recallEstimate>

export const actKind = z.enum(['message', 'menu', 'follow', 'scan'])
export const recallPerson = z.object({
  deliveryId: id,
  contactId: z.string(),
  fanId: z.string(),
  name: z.string().nullable(),
  openid: z.string().nullable(),
  silentSince: instant,
  state: deliveryState,
  reason: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()).nullable(),
  plannedAt: instant,
  sentAt: instant.nullable(),
  /** Which of the replies as they are now. */
  reply: n.nullable(),
  /** Where it is none of these any more: what it said then. */
  former: z.object({ kind: z.string(), text: z.string() }).nullable(),
  returned: z.object({ at: instant, kind: actKind, tapped: z.boolean() }).nullable(),
})
export type RecallPerson = z.infer<typeof recallPerson>

export const recallNext = z.object({
  /** Returns looked at: the newest of the time asked about. */
  returns: n,
  /** Whether there are more than were looked at. */
  more: z.boolean(),
  byKind,
  tapped: n,
  /** Who did what within 48 hours after they returned, the most frequent first. */
  events: z.array(z.object({ name: z.string(), people: n })),
})
export type RecallNext = z.infer<typeof recallNext>

export const recallVersion = z.object({
  version: n,
  rule: recallRuleFields,
  changedBy: z.string().nullable(),
  changedAt: instant,
})
export type RecallVersion = z.infer<typeof recallVersion>

export const recallWhy = z.object({
  contactId: z.string(),
  name: z.string().nullable(),
  lastAct: z.object({ at: instant, kind: actKind }).nullable(),
  moment: instant.nullable(),
  /** Why there is nothing planned for this silence: not yet, before the rule was made, or as counted at the moment. */
  standing: z.enum(['planned', 'waiting', 'before_rule', 'never_acted', ...PASSES]),
  deliveries: z.array(recallPerson),
  /** The checks as they would be answered now. */
  decision: deliveryWhy.nullable(),
})
export type RecallWhy = z.infer<typeof recallWhy>
