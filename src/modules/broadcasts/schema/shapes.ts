import { z } from 'zod'
import { audienceSchema } from '../../contacts/schema.ts'
import { deliveryState } from '../../deliveries/schema.ts'
import { ruleSchema, sendOutcome } from '../../segments/schema.ts'

export const id = z.string().regex(/^\d{1,19}$/)
export const instant = z.iso.datetime()

/** `list` reaches exactly the people counted; by `tag` and to `all` WeChat chooses and our list is an estimate. */
export const PATHS = ['list', 'tag', 'all'] as const
export const path = z.enum(PATHS)
export type Path = z.infer<typeof path>

/** One article of the message: taken from a synced draft or published one, with a cover of its own if wished. */
export const articleChoice = z.object({
  articleSetId: id,
  index: z.number().int().min(0).max(7),
  cover: z.object({ mediaAssetId: id }).optional(),
  /** What WeChat had of its source when the operator saw that it changed and stayed with what was composed. */
  kept: z.string().max(64).optional(),
})
export const MAX_ARTICLES = 8
export const MAX_IMAGES = 20

export const content = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('articles'), articles: z.array(articleChoice).max(MAX_ARTICLES) }),
  z.object({ kind: z.literal('text'), text: z.string().max(20_000) }),
  z.object({
    kind: z.literal('image'),
    mediaAssetIds: z.array(id).max(MAX_IMAGES),
    recommend: z.string().max(500).optional(),
  }),
  /** Null while none is chosen. */
  z.object({ kind: z.literal('voice'), mediaAssetId: id.nullable() }),
  z.object({
    kind: z.literal('video'),
    mediaAssetId: id.nullable(),
    title: z.string().max(200),
    description: z.string().max(500),
  }),
])
export type Content = z.infer<typeof content>

const segmentIds = z
  .array(id)
  .max(20)
  .refine((ids) => new Set(ids).size === ids.length, 'a segment is named twice')
const tagIds = z
  .array(z.number().int().min(0))
  .max(20)
  .refine((ids) => new Set(ids).size === ids.length, 'a tag is named twice')
const isApart = (some: readonly unknown[], others: readonly unknown[]) =>
  !some.some((one) => others.includes(one))
/**
 * 群发对象: fans of the account by tag, by hand or by list, those of segments and WeChat tags without those of others, or
 * those a rule of the send's own finds. A draft may name no segment and no tag yet (`audience_empty`).
 */
export const broadcastAudience = z.discriminatedUnion('kind', [
  ...audienceSchema.options,
  z
    .object({
      kind: z.literal('segments'),
      include: segmentIds,
      exclude: segmentIds.default([]),
      /** Whoever carries any of these is in as well, and out by the others. */
      tags: tagIds.optional(),
      excludeTags: tagIds.optional(),
    })
    .refine(({ include, exclude }) => isApart(include, exclude), 'a segment is included and excluded')
    .refine(
      ({ tags = [], excludeTags = [] }) => isApart(tags, excludeTags),
      'a tag is included and excluded',
    ),
  z.object({ kind: z.literal('rule'), rule: ruleSchema }),
])
export type BroadcastAudience = z.infer<typeof broadcastAudience>

/** Which segments an audience was made of, and as of when: what was counted is what is sent to. */
export const audienceBasis = z.object({
  at: instant,
  segments: z.array(
    z.object({
      segmentId: z.string(),
      name: z.string(),
      role: z.enum(['include', 'exclude', 'condition']),
      version: z.number().int(),
      /** Null for a live one, asked at `asOf`. */
      snapshotId: z.string().nullable(),
      asOf: instant,
    }),
  ),
})
export type AudienceBasis = z.infer<typeof audienceBasis>

export const name = z.string().trim().min(1).max(60)

/** E8's words for where a broadcast stands; what the operator reads. */
export const LABELS = [
  'draft',
  'selecting',
  'preparing',
  'queued',
  'sending',
  'asking',
  'paused',
  'sent',
  'partly_failed',
  'failed',
  'cancelled',
  'unresolved',
] as const
export const label = z.enum(LABELS)
export type Label = z.infer<typeof label>

export const broadcastState = z.enum([
  'draft',
  'scheduled',
  'preparing',
  'running',
  'paused',
  'ended',
  'cancelled',
  'failed',
])
export type BroadcastState = z.infer<typeof broadcastState>

/** What the platform and our ledger say in sum; `delivered` is what WeChat counted, not a list of names. */
export const totals = z.object({
  planned: z.number(),
  skipped: z.number(),
  waiting: z.number(),
  submitted: z.number(),
  delivered: z.number(),
  /** Sent, but WeChat's numbers never came: its push was lost and they can't be asked for. */
  uncounted: z.number(),
  platformFailed: z.number(),
  failed: z.number(),
  unknown: z.number(),
})
export type Totals = z.infer<typeof totals>

/** Batches that wait for an administrator in WeChat, and when the first of them runs out. */
export const confirmation = z.object({ batches: z.number(), until: instant })
export type Confirmation = z.infer<typeof confirmation>

export const reasonCount = z.object({ reason: z.string(), count: z.number() })

/** 原创校验 as MASSSENDJOBFINISH tells it: 1 fine, 2 a reprint that may be sent, 3 one that may not; each article from 1. */
export const originality = z.object({
  checkState: z.union([z.literal(1), z.literal(2), z.literal(3)]).nullable(),
  articles: z.array(
    z.object({
      place: z.number(),
      /** 0 unchecked, 1 being checked, 11 passed, others not. */
      auditState: z.number(),
      canReprint: z.boolean(),
      originalUrl: z.string().nullable(),
    }),
  ),
})
export type Originality = z.infer<typeof originality>

export const batch = z.object({
  seq: z.number(),
  /** The record it is part of, and its place there from 1. */
  arm: z.number(),
  place: z.number(),
  state: deliveryState,
  reason: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()).nullable(),
  size: z.number(),
  attempt: z.number(),
  clientMsgId: z.string(),
  msgId: z.string().nullable(),
  dueAt: instant,
  intentAt: instant.nullable(),
  acceptedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  totalCount: z.number().nullable(),
  filterCount: z.number().nullable(),
  sentCount: z.number().nullable(),
  errorCount: z.number().nullable(),
  originality: originality.nullable(),
  /** Sent although a reprint was found, whatever its group says. */
  allowReprint: z.boolean(),
  canRetry: z.boolean(),
  /** It stopped at the originality check: allowing reprints may let it through. */
  canAllowReprint: z.boolean(),
  canResolve: z.boolean(),
})
export type Batch = z.infer<typeof batch>

export const recipient = z.object({
  fanId: z.string(),
  openid: z.string(),
  remark: z.string().nullable(),
  arm: z.number(),
  batchSeq: z.number().nullable(),
  state: deliveryState,
  reason: z.string().nullable(),
})
export type Recipient = z.infer<typeof recipient>

/** 存为分群: whom of a frozen send. `reached` were submitted to WeChat; of unknown outcome nobody is either. */
export const resultSegment = z.object({
  name,
  outcome: sendOutcome,
  /** Of those not reached, only these reasons; all if empty. */
  reasons: z.array(z.string().max(60)).max(50).default([]),
  listed: z.boolean().default(true),
})
export type ResultSegment = z.infer<typeof resultSegment>
