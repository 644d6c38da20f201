import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { page, pageQuery } from '../../kernel/paging.ts'

const id = z.string().regex(/^\d{1,19}$/)
const params = z.object({ sourceId: id })
const tag = 'sources'

/** `server`: lies on a server of the brand and may link identities. `public`: lies in pages and apps, proves nothing. */
export const SOURCE_KINDS = ['server', 'public'] as const
export type SourceKind = (typeof SOURCE_KINDS)[number]

/** Why a message was not taken; the console has a sentence for each (`rejections.<reason>`). */
export const REJECTION_REASONS = [
  'not_json',
  'not_an_object',
  'unknown_type',
  'type_not_supported',
  'event_name_missing',
  'event_name_invalid',
  'identity_missing',
  'identity_invalid',
  'message_too_large',
  'too_deep',
  'too_many_properties',
  'property_name_invalid',
  'signature_invalid',
  'openid_without_account',
  'origin_not_allowed',
  'server_key_in_browser',
  /** Older than what is kept. */
  'too_old',
  'not_storable',
] as const
export type RejectionReason = (typeof REJECTION_REASONS)[number]

const counts = z.object({ accepted: z.number(), repeated: z.number(), rejected: z.number() })
export const source = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(SOURCE_KINDS),
  /** Openids that it names belong to this account. */
  accountId: z.string().nullable(),
  accountName: z.string().nullable(),
  /** Pages from which a public source may be called, such as `https://shop.example.com`; `*` for any. */
  allowedOrigins: z.array(z.string()),
  state: z.enum(['active', 'disabled']),
  createdBy: z.string().nullable(),
  createdAt: z.iso.datetime(),
  lastReceivedAt: z.iso.datetime().nullable(),
  /** Messages, not requests; business time. Up to two seconds behind. */
  lastHour: counts,
  lastDay: counts,
})
export type Source = z.infer<typeof source>

/** What an installation of a tracker needs. The signing secret belongs on a server only. */
export const sourceKeys = z.object({ writeKey: z.string(), signingSecret: z.string() })
export type SourceKeys = z.infer<typeof sourceKeys>

export const rejection = z.object({
  id: z.string(),
  receivedAt: z.iso.datetime(),
  reason: z.string(),
  detail: z.record(z.string(), z.unknown()),
  /** The message as it came, at most 2 KiB of it; null for those who may not see persons' data. */
  payload: z.string().nullable(),
})
export type Rejection = z.infer<typeof rejection>

/** One message of the live view. */
export const recentMessage = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('accepted'),
    id: z.string(),
    receivedAt: z.iso.datetime(),
    at: z.iso.datetime(),
    name: z.string(),
    contactId: z.string().nullable(),
    /** Null for those who may not see persons' data. */
    properties: z.record(z.string(), z.unknown()).nullable(),
  }),
  rejection.extend({ outcome: z.literal('rejected') }),
])
export type RecentMessage = z.infer<typeof recentMessage>

const name = z.string().trim().min(1).max(60)
/** Scheme, host and port as browsers send it. */
const origin = z
  .string()
  .trim()
  .max(200)
  .regex(/^(\*|https?:\/\/[a-z0-9.-]+(:\d{1,5})?)$/)
const allowedOrigins = z.array(origin).max(50)

export const listSourcesEndpoint = endpoint({
  method: 'GET',
  path: '/api/sources',
  access: 'sources:read',
  tag,
  summary: 'Where facts come from (接入源), newest first, with how much came of each',
  response: z.object({ items: z.array(source) }),
})
export const getSourceEndpoint = endpoint({
  method: 'GET',
  path: '/api/sources/:sourceId',
  access: 'sources:read',
  tag,
  summary: 'One source',
  params,
  response: source,
})
export const createSourceEndpoint = endpoint({
  method: 'POST',
  path: '/api/sources',
  access: 'sources:manage',
  tag,
  summary: 'Makes a source with keys of its own',
  body: z.object({
    name,
    kind: z.enum(SOURCE_KINDS),
    accountId: id.nullable().default(null),
    allowedOrigins: allowedOrigins.default([]),
  }),
  response: source.extend({ keys: sourceKeys }),
})
export const updateSourceEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/sources/:sourceId',
  access: 'sources:manage',
  tag,
  summary: 'Changes name, account, allowed origins; disables a source or takes it back into use',
  params,
  body: z.object({
    name: name.optional(),
    accountId: id.nullable().optional(),
    allowedOrigins: allowedOrigins.optional(),
    state: z.enum(['active', 'disabled']).optional(),
  }),
  response: source,
})
export const showSourceKeysEndpoint = endpoint({
  method: 'POST',
  path: '/api/sources/:sourceId/keys',
  access: 'sources:manage',
  tag,
  summary: 'Shows the keys once more; who looked is in the audit',
  params,
  response: sourceKeys,
})
export const rotateSourceKeysEndpoint = endpoint({
  method: 'POST',
  path: '/api/sources/:sourceId/keys/rotations',
  access: 'sources:manage',
  tag,
  summary: 'New keys; the old ones stop working within five seconds',
  params,
  body: z.object({ writeKey: z.boolean().default(false), signingSecret: z.boolean().default(false) }),
  response: sourceKeys,
})
export const listRejectionsEndpoint = endpoint({
  method: 'GET',
  path: '/api/sources/:sourceId/rejections',
  access: 'sources:read',
  tag,
  summary: 'What a source sent and could not be taken, newest first; kept for 30 days',
  params,
  query: pageQuery.extend({ reason: z.string().max(60).optional() }),
  response: page(rejection),
})
export const listRecentMessagesEndpoint = endpoint({
  method: 'GET',
  path: '/api/sources/:sourceId/recent',
  access: 'sources:read',
  tag,
  summary: 'Live view (实时接入): the newest messages of a source, accepted and rejected',
  params,
  query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(30) }),
  response: z.object({ items: z.array(recentMessage) }),
})
