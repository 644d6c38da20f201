import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { deliveryState } from '../../deliveries/schema.ts'
import { broadcast, broadcastListItem } from './broadcast.ts'
import { draftFields } from './groups.ts'
import { preflight } from './preflight.ts'
import { batch, id, instant, label, MAX_ARTICLES, path, recipient, resultSegment } from './shapes.ts'
import { TEST_CHUNK, testResult } from './test-send.ts'
import { withdrawalPlan } from './withdraw.ts'

const tag = 'broadcasts'
const base = '/api/accounts/:accountId/broadcasts'
const inAccount = z.object({ accountId: id })
const one = inAccount.extend({ broadcastId: id })
const nothing = z.object({})
const arm = z.coerce.number().int().min(0).max(99).optional()

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
    activityId: id.optional(),
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
  summary: 'Test send 测试发送 to WeChat ids, openids or fans; costs no quota of a fan',
  params: one,
  body: z.object({
    wechatIds: z.array(z.string().trim().min(1).max(60)).max(20).default([]),
    openids: z.array(z.string().trim().min(1).max(64)).max(20).default([]),
    fanIds: z.array(id).max(TEST_CHUNK).default([]),
    /** Whose content; the first group's if left out. */
    arm,
  }),
  response: z.object({ results: z.array(testResult) }),
})
export const sendBroadcastEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:broadcastId/send`,
  access: 'broadcasts:send',
  tag,
  summary:
    'Confirms it, when the outcome of each group is still the one that was shown; else `drift` with both numbers',
  params: one,
  body: z.object({
    version: z.number().int(),
    expected: z
      .array(z.object({ arm: z.number().int().min(0).max(99), reached: z.number().int().min(0) }))
      .min(1)
      .max(100),
  }),
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
export const unscheduleBroadcastEndpoint = command(
  'unschedule',
  '撤回为草稿: takes back what waits for its time while nothing of it has begun; it is a draft again',
)
const oneGroup = one.extend({ place: z.coerce.number().int().min(0) })
export const retimeGroupEndpoint = endpoint({
  method: 'PUT',
  path: `${base}/:broadcastId/groups/:place/time`,
  access: 'broadcasts:send',
  tag,
  summary: 'Gives a group that waits another time; null sends it at once',
  params: oneGroup,
  body: z.object({ sendAt: instant.nullable() }),
  response: broadcast,
})
export const cancelGroupEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:broadcastId/groups/:place/cancel`,
  access: 'broadcasts:send',
  tag,
  summary: 'Takes out a group that waits for its time; its people get nothing',
  params: oneGroup,
  response: broadcast,
})
export const answerArmEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:broadcastId/arms/:number/answer`,
  access: 'broadcasts:send',
  tag,
  summary:
    'Says what becomes of a record that asks: sent as it is, sent with what its drafts are now (`send-new`, of a changed draft), or left out',
  params: one.extend({ number: z.coerce.number().int().min(0) }),
  body: z.object({ do: z.enum(['send', 'send-new', 'skip']) }),
  response: broadcast,
})
const offline = z.object({ article: z.coerce.number().int().min(1).max(MAX_ARTICLES).optional(), arm })
export const withdrawBroadcastEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:broadcastId/withdraw`,
  access: 'broadcasts:send',
  tag,
  summary:
    'Has what was sent deleted at WeChat, of all groups or one, whole or one article (from 1), ten deletions a day: its pages die, cards already received stay',
  params: one,
  body: offline,
  response: broadcast,
})
export const withdrawalPlanEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:broadcastId/withdrawal-plan`,
  access: 'broadcasts:read',
  tag,
  summary: 'How many deletions and days taking it offline would take',
  params: one,
  query: offline,
  response: withdrawalPlan,
})

export const listBatchesEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:broadcastId/batches`,
  access: 'broadcasts:read',
  tag,
  summary: 'Batches with states and reasons',
  params: one,
  query: pageQuery.extend({ state: deliveryState.optional(), arm }),
  response: page(batch),
})
const oneBatch = one.extend({ seq: z.coerce.number().int().min(0) })
export const retryBatchEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:broadcastId/batches/:seq/retry`,
  access: 'broadcasts:send',
  tag,
  summary:
    'Sends a batch again that WeChat definitely refused, also where a reprint is found if so allowed; `not_safe_to_retry` otherwise',
  params: oneBatch,
  body: z.object({ allowReprint: z.boolean().default(false) }),
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
    arm,
    batchSeq: z.coerce.number().int().min(0).optional(),
    openid: z.string().max(64).optional(),
  }),
  response: page(recipient),
})

export const resultSegmentEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:broadcastId/segment`,
  access: 'segments:write',
  tag,
  summary: 'Makes a static segment of whom a send reached, or of whom it did not and why',
  params: one,
  body: resultSegment,
  response: z.object({ segmentId: z.string(), size: z.number().int() }),
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
