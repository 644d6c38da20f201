import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { ruleSchema } from './rule.ts'

const id = z.string().regex(/^\d{1,19}$/)
const instant = z.iso.datetime()
const tag = 'segments'
const base = '/api/segments'
const one = z.object({ segmentId: id })

export const MAX_PARTS = 20
export const MAX_OVERLAP = 6
/** Ids in one request; a file holds up to {@link MAX_UPLOADED_IDS}. */
export const MAX_POSTED_IDS = 10_000
export const MAX_PICKED = 1_000
export const MAX_UPLOADED_IDS = 1_000_000
export const MAX_SEGMENT_UPLOAD_BYTES = 64 * 1024 * 1024
/** Minutes before a run at which its segments are computed anew (执行前刷新). */
export const PREPARE_MINUTES = 15

/**
 * 更新方式: `live` 动态 is computed whenever it is asked; `on_demand` 按需 when somebody says so or before a run; `daily`
 * 按天 at its minute of the Beijing day; `once` 一次性 a single time; `static` has no rule.
 */
export const UPDATE_KINDS = ['live', 'on_demand', 'daily', 'once', 'static'] as const
export const updateKind = z.enum(UPDATE_KINDS)
export type UpdateKind = z.infer<typeof updateKind>

/** What users of a segment do when its last computation failed: take the last good one, or don't send. */
export const failurePolicy = z.enum(['last_good', 'stop'])
export type FailurePolicy = z.infer<typeof failurePolicy>

export const idKind = z.enum(['openid', 'phone', 'user'])
export type IdKind = z.infer<typeof idKind>
/** What a broadcast came to, per fan: submitted to WeChat, or not, for any reason or the named ones. */
export const sendOutcome = z.enum(['reached', 'not_reached'])

/** Where the members of a static segment came from. */
export const origin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rule') }),
  z.object({
    kind: z.literal('import'),
    idKind,
    given: z.number().int(),
    repeated: z.number().int(),
    unknown: z.number().int(),
  }),
  z.object({ kind: z.literal('picked') }),
  /** Whom an import of people wrote. */
  z.object({ kind: z.literal('file'), importId: id, fileName: z.string() }),
  z.object({
    kind: z.literal('broadcast'),
    broadcastId: id,
    outcome: sendOutcome,
    reasons: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('split'),
    segmentId: id,
    /** Null where a live segment was split as it was then. */
    snapshotId: id.nullable(),
    seed: z.string(),
    part: z.number().int(),
    parts: z.number().int(),
  }),
  z.object({
    kind: z.literal('combined'),
    how: z.enum(['union', 'intersection', 'difference']),
    segmentIds: z.array(id),
  }),
])
export type Origin = z.infer<typeof origin>

export const snapshotState = z.enum(['queued', 'running', 'ready', 'failed', 'dropped'])
export type SnapshotState = z.infer<typeof snapshotState>
export const snapshotCause = z.enum(['created', 'manual', 'daily', 'scheduled', 'import', 'split'])
export type SnapshotCause = z.infer<typeof snapshotCause>

/** One computation. Immutable once ready; `dropped`: its members were let go, its size stays. */
export const snapshot = z.object({
  id: z.string(),
  version: z.number().int(),
  cause: snapshotCause,
  state: snapshotState,
  /** The instant the rule was asked about. */
  at: instant,
  size: z.number().int().nullable(),
  tookMs: z.number().int().nullable(),
  failureReason: z.string().nullable(),
  finishedAt: instant.nullable(),
})
export type Snapshot = z.infer<typeof snapshot>

export const segmentListItem = z.object({
  id: z.string(),
  /** Whose fans it is about; null: everyone. */
  accountId: z.string().nullable(),
  accountName: z.string().nullable(),
  name: z.string(),
  description: z.string(),
  updateKind,
  origin,
  /** 同步到人群列表: others may pick it. */
  listed: z.boolean(),
  failurePolicy,
  /** Minutes into the Beijing day; for daily ones. */
  dailyMinute: z.number().int().nullable(),
  version: z.number().int(),
  /** People of the last good computation, live ones when last asked here; null before the first. */
  size: z.number().int().nullable(),
  computedAt: instant.nullable(),
  snapshotId: z.string().nullable(),
  /** The rule changed since it was last computed. */
  outdated: z.boolean(),
  /** A computation waits or runs. */
  computing: z.enum(['queued', 'running']).nullable(),
  /** The newest computation failed; what was good before still answers. */
  lastFailure: z.object({ at: instant, reason: z.string() }).nullable(),
  /** When it is computed next by itself. */
  dueAt: instant.nullable(),
  usedBy: z.number().int(),
  createdByName: z.string().nullable(),
  createdAt: instant,
  updatedAt: instant,
  archivedAt: instant.nullable(),
})
export type SegmentListItem = z.infer<typeof segmentListItem>

/** Something that names the segment; while `active` it can't be archived. */
export const segmentUse = z.object({
  kind: z.enum(['segment', 'broadcast', 'campaign']),
  id: z.string(),
  name: z.string(),
  accountId: z.string().nullable(),
  active: z.boolean(),
})
export type SegmentUse = z.infer<typeof segmentUse>

export const segment = segmentListItem.extend({
  rule: ruleSchema.nullable(),
  /** At most 50, newest first. */
  uses: z.array(segmentUse),
})
export type Segment = z.infer<typeof segment>

const name = z.string().trim().min(1).max(60)
const description = z.string().trim().max(500).default('')
const ruleFields = {
  name,
  description,
  updateKind: updateKind.exclude(['static']),
  rule: ruleSchema,
  dailyMinute: z.number().int().min(0).max(1439).default(0),
  listed: z.boolean().default(true),
  failurePolicy: failurePolicy.default('last_good'),
}
export const segmentFields = z.object(ruleFields)
export type SegmentFields = z.infer<typeof segmentFields>

export const listSegmentsEndpoint = endpoint({
  method: 'GET',
  path: base,
  access: 'segments:read',
  tag,
  summary: 'Segments 分群 (人群包), newest first: whom each is about, how many, computed when, used by what',
  query: pageQuery.extend({
    q: z.string().trim().max(60).optional(),
    kind: updateKind.optional(),
    /** Segments about this account's fans, and those about everyone. */
    accountId: id.optional(),
    listed: z.enum(['true', 'false']).optional(),
    archived: z.enum(['true', 'false']).default('false'),
  }),
  response: page(segmentListItem),
})
export const createSegmentEndpoint = endpoint({
  method: 'POST',
  path: base,
  access: 'segments:write',
  tag,
  summary: 'Saves a rule as a segment and, unless it is live, computes it',
  body: segmentFields.extend({ accountId: id.optional() }),
  response: segment,
})
export const getSegmentEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:segmentId`,
  access: 'segments:read',
  tag,
  summary: 'One segment with its rule and what uses it',
  params: one,
  response: segment,
})
export const updateSegmentEndpoint = endpoint({
  method: 'PUT',
  path: `${base}/:segmentId`,
  access: 'segments:write',
  tag,
  summary:
    'Changes a segment; refused when another changed it since `version`. Sends under way keep what they have',
  params: one,
  /** A static one has no rule: leave it and the kind out. */
  body: segmentFields
    .partial({ rule: true, updateKind: true, dailyMinute: true })
    .extend({ version: z.number().int() }),
  response: segment,
})
export const copySegmentEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:segmentId/copy`,
  access: 'segments:write',
  tag,
  summary: 'Makes a new segment of the same rule, or of the same members where it is static',
  params: one,
  body: z.object({ name: name.optional() }),
  response: segment,
})
export const archiveSegmentEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:segmentId/archive`,
  access: 'segments:write',
  tag,
  summary: 'Puts a segment away; `segment_in_use` names what still uses it',
  params: one,
  response: segment,
})
export const restoreSegmentEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:segmentId/restore`,
  access: 'segments:write',
  tag,
  summary: 'Brings an archived segment back',
  params: one,
  response: segment,
})
export const refreshSegmentEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:segmentId/refresh`,
  access: 'segments:write',
  tag,
  summary: 'Computes a segment anew (刷新), in the background; the computation under way if there is one',
  params: one,
  response: segment,
})
export const takeSnapshotEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:segmentId/snapshot`,
  access: 'segments:write',
  tag,
  summary:
    'A snapshot to work with, as for an export to a WeChat tag: the current one, of a live segment one of now',
  params: one,
  response: z.object({ snapshotId: z.string(), size: z.number().int() }),
})
export const listSnapshotsEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:segmentId/snapshots`,
  access: 'segments:read',
  tag,
  summary: 'Computations of a segment with their sizes, newest first',
  params: one,
  query: pageQuery.extend({ state: snapshotState.optional(), from: instant.optional() }),
  response: page(snapshot),
})

/** A person, shortened for roles that may not see personal data. */
export const segmentMember = z.object({
  contactId: z.string(),
  name: z.string().nullable(),
  openid: z.string().nullable(),
  following: z.boolean(),
})
export type SegmentMember = z.infer<typeof segmentMember>

export const listMembersEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:segmentId/members`,
  access: 'segments:read',
  tag,
  summary: 'People of a segment: as last computed, live ones as of now',
  params: one,
  query: pageQuery,
  response: page(segmentMember).extend({ asOf: instant.nullable() }),
})
export const contactSegmentsEndpoint = endpoint({
  method: 'GET',
  path: '/api/contacts/:contactId/segments',
  access: 'segments:read',
  tag,
  summary: 'Segments one person is in: as last computed, live ones as of now',
  params: z.object({ contactId: id }),
  response: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        updateKind,
        accountId: z.string().nullable(),
        asOf: instant,
      }),
    ),
  }),
})

const staticFields = {
  name,
  description,
  accountId: id.optional(),
  listed: z.boolean().default(true),
}
const readIds = z.array(z.string().trim().min(1).max(256)).min(1).max(MAX_POSTED_IDS)
export const createStaticEndpoint = endpoint({
  method: 'POST',
  path: `${base}/static`,
  access: 'segments:write',
  tag,
  summary: 'Makes a static segment of ids (unknown ones are counted) or of people picked by hand',
  body: z.object({
    ...staticFields,
    from: z.discriminatedUnion('kind', [
      /** Openids need an account to be found in. */
      z.object({ kind: z.literal('ids'), idKind, ids: readIds }),
      z.object({ kind: z.literal('contacts'), contactIds: z.array(id).min(1).max(MAX_PICKED) }),
    ]),
  }),
  bodyLimit: 4 * 1024 * 1024,
  response: segment,
})
/** The body is `multipart/form-data` with one file: an id a line, or CSV with a column `openid`, `phone` or `user_id`. */
export const uploadStaticEndpoint = endpoint({
  method: 'POST',
  path: `${base}/static/upload`,
  access: 'segments:write',
  tag,
  summary: 'Makes a static segment of an uploaded text or CSV file with at most 1,000,000 ids',
  query: z.object({
    name,
    accountId: id.optional(),
    idKind,
    listed: z.enum(['true', 'false']).default('true'),
  }),
  bodyLimit: MAX_SEGMENT_UPLOAD_BYTES + 65_536,
  response: segment,
})
/** `text/csv` with one column, for 30 days after the upload. */
export const unknownIdsEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:segmentId/unknown-ids`,
  access: 'segments:write',
  tag,
  summary: 'Ids of an upload that nobody has, as a file',
  params: one,
  response: z.unknown(),
})

export const splitSegmentEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:segmentId/split`,
  access: 'segments:write',
  tag,
  summary:
    'Splits a segment at random (随机分组) into static ones that hold everybody exactly once: equal parts differ by at most one',
  params: one,
  body: z
    .object({
      parts: z.number().int().min(2).max(MAX_PARTS),
      /** Percent of each part, together 100; equal parts if left out. */
      shares: z.array(z.number().int().min(1).max(99)).min(2).max(MAX_PARTS).optional(),
      /** The same seed splits the same members the same way; drawn if left out. */
      seed: z.string().trim().min(1).max(64).optional(),
      names: z.array(name).max(MAX_PARTS).optional(),
    })
    .refine(({ parts, shares }) => shares === undefined || shares.length === parts, 'a share for each part')
    .refine(
      ({ shares }) => shares === undefined || shares.reduce((sum, share) => sum + share, 0) === 100,
      'shares do not add up to 100',
    ),
  response: z.object({ seed: z.string(), items: z.array(segmentListItem) }),
})
export const combineSegmentsEndpoint = endpoint({
  method: 'POST',
  path: `${base}/combine`,
  access: 'segments:write',
  tag,
  summary: 'Makes a static segment of two: everyone of either, of both, or of the first without the second',
  body: z.object({
    name,
    description,
    listed: z.boolean().default(true),
    how: z.enum(['union', 'intersection', 'difference']),
    segmentIds: z.tuple([id, id]).refine(([a, b]) => a !== b, 'two different segments'),
  }),
  response: segment,
})

const overlapIds = z
  .array(id)
  .min(2)
  .max(MAX_OVERLAP)
  .refine((ids) => new Set(ids).size === ids.length, 'a segment is named twice')
export const overlapEndpoint = endpoint({
  method: 'POST',
  path: `${base}/overlap`,
  access: 'segments:read',
  tag,
  summary: 'How 2 to 6 segments overlap: exactly how many people are in each combination of them',
  body: z.object({ segmentIds: overlapIds }),
  response: z.object({
    sizes: z.array(z.object({ segmentId: z.string(), size: z.number().int(), asOf: instant })),
    /** People in exactly these and none of the others; every combination that holds somebody. */
    regions: z.array(z.object({ segmentIds: z.array(z.string()), size: z.number().int() })),
    /** People in all of these, whatever else they are in; every combination of two and more. */
    intersections: z.array(z.object({ segmentIds: z.array(z.string()), size: z.number().int() })),
  }),
})
export type Overlap = z.infer<typeof overlapEndpoint.response>
export const differenceEndpoint = endpoint({
  method: 'POST',
  path: `${base}/difference`,
  access: 'segments:read',
  tag,
  summary: 'Two segments side by side: how many are in one only, with examples',
  body: z.object({
    segmentIds: z.tuple([id, id]).refine(([a, b]) => a !== b, 'two different segments'),
    examples: z.number().int().min(0).max(20).default(5),
  }),
  response: z.object({
    both: z.number().int(),
    onlyFirst: z.number().int(),
    onlySecond: z.number().int(),
    examplesFirst: z.array(segmentMember),
    examplesSecond: z.array(segmentMember),
  }),
})
