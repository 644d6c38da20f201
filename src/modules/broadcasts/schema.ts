import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { page, pageQuery } from '../../kernel/paging.ts'
import { audienceSchema } from '../contacts/schema.ts'
import { deliveryState } from '../deliveries/schema.ts'

const id = z.string().regex(/^\d{1,19}$/)
const instant = z.iso.datetime()

/** `list` reaches exactly the people counted; by `tag` and to `all` WeChat chooses and our list is an estimate. */
export const PATHS = ['list', 'tag', 'all'] as const
export const path = z.enum(PATHS)
export type Path = z.infer<typeof path>

/** One article of the message: taken from a synced draft or published one, with a cover of its own if wished. */
export const articleChoice = z.object({
  articleSetId: id,
  index: z.number().int().min(0).max(7),
  cover: z.object({ mediaAssetId: id }).optional(),
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
])
export type Content = z.infer<typeof content>

const name = z.string().trim().min(1).max(60)
const draftFields = {
  name,
  audience: audienceSchema,
  content,
  path,
  ignoreReprint: z.boolean().default(false),
}

/** E8's words for where a broadcast stands; what the operator reads. */
export const LABELS = [
  'draft',
  'selecting',
  'preparing',
  'queued',
  'sending',
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
  platformFailed: z.number(),
  failed: z.number(),
  unknown: z.number(),
})
export type Totals = z.infer<typeof totals>

export const broadcastListItem = z.object({
  id: z.string(),
  name: z.string(),
  state: broadcastState,
  label,
  path,
  contentKind: z.enum(['articles', 'text', 'image']),
  title: z.string(),
  coverUrl: z.string().nullable(),
  createdByName: z.string().nullable(),
  createdAt: instant,
  confirmedAt: instant.nullable(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  totals,
})
export type BroadcastListItem = z.infer<typeof broadcastListItem>

export const reasonCount = z.object({ reason: z.string(), count: z.number() })

/** 预演: what a send would do now. Computed by the code that will decide it. */
export const preflight = z.object({
  at: instant,
  path,
  /** `exact`: these people and no others. `estimate`: WeChat chooses; totals are reconciled afterwards. */
  promise: z.enum(['exact', 'estimate']),
  entersHistory: z.boolean(),
  total: z.number(),
  reached: z.number(),
  notReached: z.array(reasonCount),
  /** Sizes of the batches, in order; at most the first 200. */
  batchSizes: z.array(z.number()),
  batches: z.number(),
  /** Calls of the mass interface, and how many the day has left. */
  calls: z.number(),
  callsLeftToday: z.number(),
  draftCopies: z.number(),
  perMinute: z.number(),
  minutes: z.number(),
  finishesAt: instant,
  /** How many of those reached will have n mass sends left this month afterwards; empty without such a limit. */
  monthLeftAfter: z.array(z.object({ left: z.number(), fans: z.number() })),
  blockers: z.array(z.object({ reason: z.string(), detail: z.record(z.string(), z.unknown()) })),
  warnings: z.array(z.object({ reason: z.string(), detail: z.record(z.string(), z.unknown()) })),
})
export type Preflight = z.infer<typeof preflight>

export const broadcast = broadcastListItem.extend({
  accountId: z.string(),
  audience: audienceSchema,
  content,
  ignoreReprint: z.boolean(),
  version: z.number(),
  preflight: preflight.nullable(),
  skippedByReason: z.array(reasonCount),
  pauseReason: z.string().nullable(),
  pauseDetail: z.record(z.string(), z.unknown()).nullable(),
  failureReason: z.string().nullable(),
  confirmedByName: z.string().nullable(),
  batchCount: z.number(),
  /** Which commands make sense now. */
  can: z.object({
    edit: z.boolean(),
    send: z.boolean(),
    pause: z.boolean(),
    resume: z.boolean(),
    cancel: z.boolean(),
    delete: z.boolean(),
    withdraw: z.boolean(),
  }),
})
export type Broadcast = z.infer<typeof broadcast>

export const batch = z.object({
  seq: z.number(),
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
  canRetry: z.boolean(),
  canResolve: z.boolean(),
})
export type Batch = z.infer<typeof batch>

export const recipient = z.object({
  fanId: z.string(),
  openid: z.string(),
  remark: z.string().nullable(),
  batchSeq: z.number().nullable(),
  state: deliveryState,
  reason: z.string().nullable(),
})
export type Recipient = z.infer<typeof recipient>

const tag = 'broadcasts'
const base = '/api/accounts/:accountId/broadcasts'
const inAccount = z.object({ accountId: id })
const one = inAccount.extend({ broadcastId: id })
const nothing = z.object({})

export const listBroadcastsEndpoint = endpoint({
  method: 'GET',
  path: base,
  access: 'broadcasts:read',
  tag,
  summary:
    'Mass sends 群发 of an account: all (所有图文), the queue (队列图文) or the record of what went out (群发记录)',
  params: inAccount,
  query: pageQuery.extend({
    view: z.enum(['all', 'queue', 'records']).default('all'),
    label: label.optional(),
    q: z.string().max(60).optional(),
    from: instant.optional(),
    to: instant.optional(),
  }),
  response: page(broadcastListItem),
})
export const createBroadcastEndpoint = endpoint({
  method: 'POST',
  path: base,
  access: 'broadcasts:write',
  tag,
  summary: 'Saves a new draft',
  params: inAccount,
  body: z.object(draftFields),
  response: broadcast,
})
export const getBroadcastEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:broadcastId`,
  access: 'broadcasts:read',
  tag,
  summary: 'One mass send with its totals',
  params: one,
  response: broadcast,
})
export const updateBroadcastEndpoint = endpoint({
  method: 'PUT',
  path: `${base}/:broadcastId`,
  access: 'broadcasts:write',
  tag,
  summary: 'Changes a draft; refused when another changed it since `version`',
  params: one,
  body: z.object({ ...draftFields, version: z.number().int() }),
  response: broadcast,
})
export const deleteBroadcastEndpoint = endpoint({
  method: 'DELETE',
  path: `${base}/:broadcastId`,
  access: 'broadcasts:write',
  tag,
  summary: 'Deletes a draft',
  params: one,
  response: nothing,
})
export const copyBroadcastEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:broadcastId/copy`,
  access: 'broadcasts:write',
  tag,
  summary: 'Makes a new draft of the same',
  params: one,
  response: broadcast,
})
export const preflightEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:broadcastId/preflight`,
  access: 'broadcasts:read',
  tag,
  summary:
    'Pre-flight 预演: whom it would reach and whom not, why, in which batches, until when; sends nothing',
  params: one,
  response: preflight,
})
export const testSendEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:broadcastId/test-send`,
  access: 'broadcasts:write',
  tag,
  summary: 'Test send 测试发送 to WeChat ids or openids; costs no quota of a fan',
  params: one,
  body: z.object({
    wechatIds: z.array(z.string().trim().min(1).max(60)).max(20).default([]),
    openids: z.array(z.string().trim().min(1).max(64)).max(20).default([]),
  }),
  response: z.object({
    results: z.array(
      z.object({
        target: z.string(),
        ok: z.boolean(),
        errcode: z.number().nullable(),
        advice: z.object({ zh: z.string(), en: z.string() }).nullable(),
      }),
    ),
  }),
})
export const sendBroadcastEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:broadcastId/send`,
  access: 'broadcasts:send',
  tag,
  summary: 'Sends now, when the outcome is still the one that was shown; else `drift` with both numbers',
  params: one,
  body: z.object({ version: z.number().int(), expectedReached: z.number().int().min(0) }),
  response: broadcast,
})
const command = (verb: string, summary: string) =>
  endpoint({
    method: 'POST',
    path: `${base}/:broadcastId/${verb}`,
    access: 'broadcasts:send',
    tag,
    summary,
    params: one,
    response: broadcast,
  })
export const pauseBroadcastEndpoint = command(
  'pause',
  'Stops handing out batches; what was submitted stays submitted',
)
export const resumeBroadcastEndpoint = command('resume', 'Goes on with exactly the remainder')
export const cancelBroadcastEndpoint = command('cancel', 'Ends it; batches not yet submitted are never sent')
export const withdrawBroadcastEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:broadcastId/withdraw`,
  access: 'broadcasts:send',
  tag,
  summary:
    'Deletes what was sent at WeChat, whole or one article (from 1): its pages die, cards already received stay',
  params: one,
  body: z.object({ article: z.number().int().min(1).max(MAX_ARTICLES).optional() }),
  response: z.object({ withdrawn: z.number(), failed: z.number(), errcode: z.number().nullable() }),
})

export const listBatchesEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:broadcastId/batches`,
  access: 'broadcasts:read',
  tag,
  summary: 'Batches with states and reasons',
  params: one,
  query: pageQuery.extend({ state: deliveryState.optional() }),
  response: page(batch),
})
const oneBatch = one.extend({ seq: z.coerce.number().int().min(0) })
export const retryBatchEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:broadcastId/batches/:seq/retry`,
  access: 'broadcasts:send',
  tag,
  summary: 'Sends a batch again that WeChat definitely refused; `not_safe_to_retry` otherwise',
  params: oneBatch,
  response: broadcast,
})
export const resolveBatchEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:broadcastId/batches/:seq/resolve`,
  access: 'broadcasts:send',
  tag,
  summary: 'Says by hand what became of a batch whose outcome is unknown',
  params: oneBatch,
  body: z.object({ outcome: z.enum(['sent', 'not_sent']) }),
  response: broadcast,
})
export const listRecipientsEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:broadcastId/recipients`,
  access: 'broadcasts:read',
  tag,
  summary: 'Each fan of the frozen audience with state and reason',
  params: one,
  query: pageQuery.extend({
    reason: z.string().max(60).optional(),
    batchSeq: z.coerce.number().int().min(0).optional(),
    openid: z.string().max(64).optional(),
  }),
  response: page(recipient),
})

export const fanBroadcastsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/fans/:fanId/broadcasts',
  access: 'broadcasts:read',
  tag,
  summary: 'What was sent to a fan, or why not, and what the month has left',
  params: inAccount.extend({ fanId: id }),
  response: z.object({
    month: z.object({ month: z.string(), used: z.number(), limit: z.number().nullable() }),
    items: z.array(
      z.object({
        broadcastId: z.string(),
        name: z.string(),
        state: deliveryState,
        reason: z.string().nullable(),
        at: instant.nullable(),
        path,
        batchSeq: z.number().nullable(),
        msgId: z.string().nullable(),
      }),
    ),
  }),
})

export const usageEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/mass-usage',
  access: 'broadcasts:read',
  tag,
  summary: 'What the account’s mass sends used: today, this month, and how many each fan has left',
  params: inAccount,
  response: z.object({
    day: z.string(),
    sendsToday: z.number(),
    sendsPerDay: z.number().nullable(),
    callsToday: z.number(),
    callsPerDay: z.number(),
    recipientsToday: z.number(),
    recipientsPerDay: z.number(),
    month: z.string(),
    sendsThisMonth: z.number(),
    sendsPerMonth: z.number().nullable(),
    /** Following fans by how many mass sends the month has left for them. */
    monthLeft: z.array(z.object({ left: z.number(), fans: z.number() })),
    days: z.array(z.object({ day: z.string(), sends: z.number(), recipients: z.number() })),
  }),
})
