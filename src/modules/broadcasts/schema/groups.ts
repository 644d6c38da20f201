import { z } from 'zod'
import { holdout, testDraft, testPlan, verdict } from './experiments.ts'
import {
  audienceBasis,
  broadcastAudience,
  confirmation,
  content,
  id,
  instant,
  label,
  name,
  path,
  reasonCount,
  totals,
} from './shapes.ts'
import { withdrawal } from './withdraw.ts'

/** 剩余其他粉丝: every follower of the account whom no earlier group names. Of a comparison group only. */
export const groupAudience = z.union([broadcastAudience, z.object({ kind: z.literal('remaining') })])
export type GroupAudience = z.infer<typeof groupAudience>

/** 立即、统一定时 or 分组定时: with `each`, a group's own `sendAt` holds, null for at once. */
export const timing = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('now') }),
  z.object({ kind: z.literal('at'), at: instant }),
  z.object({ kind: z.literal('each') }),
])
export type Timing = z.infer<typeof timing>

/** What becomes of a time that passed while nothing ran: sent late, left out, or an operator is asked. */
export const missedPolicy = z.enum(['send', 'skip', 'ask'])
export type MissedPolicy = z.infer<typeof missedPolicy>

/** 发送组 as an operator fills it in. The first has the send's audience, each further one is a comparison group 对比组. */
export const groupDraft = z
  .object({
    name,
    /** 关联营销活动: what it is filed under. */
    activityId: id.nullable().default(null),
    audience: groupAudience,
    path,
    ignoreReprint: z.boolean().default(false),
    missed: missedPolicy.default('ask'),
    sendAt: instant.nullable().default(null),
    /** Ten-thousandths of its people who get nothing 对照组. */
    holdout: holdout.default(0),
    /** Null where it is tested: each variant has its own. */
    content: content.nullable().default(null),
    test: testDraft.nullable().default(null),
  })
  .refine(({ content, test }) => (content === null) !== (test === null), 'a group has a content or a test')
export type GroupDraft = z.infer<typeof groupDraft>
export const MAX_GROUPS = 10

export const draftFields = {
  name,
  groups: z.array(groupDraft).min(1).max(MAX_GROUPS),
  timing: timing.default({ kind: 'now' }),
}
export type DraftFields = { name: string; groups: GroupDraft[]; timing: Timing }

export const armState = z.enum([
  'draft',
  'queued',
  'deciding',
  'opening',
  'running',
  'asking',
  'ended',
  'cancelled',
  'failed',
])
export type ArmState = z.infer<typeof armState>

/** `whole`: all of an untested group; `variant`: a test group; `rest`: who of a tested group is in none. */
export const armKind = z.enum(['whole', 'variant', 'rest'])
export type ArmKind = z.infer<typeof armKind>

/** 群发记录: what goes out at one time with one content. */
export const arm = z.object({
  number: z.number(),
  kind: armKind,
  /** A, B, … of a variant. */
  label: z.string().nullable(),
  /** Of a variant, in ten-thousandths. */
  share: z.number().nullable(),
  state: armState,
  listLabel: label,
  reason: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()).nullable(),
  sendAt: instant.nullable(),
  queuedAt: instant.nullable(),
  openedAt: instant.nullable(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  /** Null for a rest until its variant is chosen. */
  content: content.nullable(),
  contentKind: z.enum(['articles', 'text', 'image', 'voice', 'video']),
  title: z.string(),
  coverUrl: z.string().nullable(),
  totals,
  skippedByReason: z.array(reasonCount),
  batchCount: z.number(),
  /** Batches that have their copy of the draft; all of them where none is needed. */
  batchesReady: z.number(),
  /** Which commands make sense now. */
  can: z.object({
    retime: z.boolean(),
    sendNow: z.boolean(),
    cancel: z.boolean(),
    answer: z.boolean(),
    choose: z.boolean(),
    withdraw: z.boolean(),
  }),
  /** Of a rest: whose content it gets, and the figures that said so. */
  chosenArm: z.number().nullable(),
  verdict: verdict.nullable(),
  confirmation: confirmation.nullable(),
  /** What was taken offline, or is being. */
  withdrawals: z.array(withdrawal),
})
export type Arm = z.infer<typeof arm>

export const group = z.object({
  place: z.number(),
  name: z.string(),
  activity: z.object({ id: z.string(), name: z.string() }).nullable(),
  audience: groupAudience,
  /** Once it is frozen; null for audiences without a segment or rule. */
  basis: audienceBasis.nullable(),
  path,
  ignoreReprint: z.boolean(),
  missed: missedPolicy,
  holdout,
  test: testPlan.nullable(),
  /** When frozen: left without a message on purpose. */
  heldOut: z.number(),
  /** When frozen: named by it, and of those named by an earlier group already. */
  total: z.number().nullable(),
  filtered: z.number().nullable(),
  arms: z.array(arm),
})
export type Group = z.infer<typeof group>

/** A group as a list shows it: who goes when and how far they are, without content. */
export const groupSummary = group.pick({ place: true, name: true, filtered: true }).extend({
  arms: z.array(
    arm.pick({
      number: true,
      kind: true,
      label: true,
      share: true,
      state: true,
      listLabel: true,
      sendAt: true,
      startedAt: true,
      endedAt: true,
      contentKind: true,
      totals: true,
      can: true,
    }),
  ),
})
export type GroupSummary = z.infer<typeof groupSummary>
