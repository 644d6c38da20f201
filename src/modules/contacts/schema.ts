import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { page, pageQuery } from '../../kernel/paging.ts'

export * from './attributes/schema.ts'
export * from './merges/schema.ts'
export * from './people/schema.ts'

export const id = z.string().regex(/^\d{1,19}$/)
export const MAX_CHOSEN_FANS = 1_000
export const MAX_POSTED_OPENIDS = 10_000
export const MAX_UPLOADED_OPENIDS = 1_000_000
/** Bytes of an uploaded list; a million openids with line ends are 29 MB. */
export const MAX_UPLOAD_BYTES = 64 * 1024 * 1024

/** 群发对象: whom a send is for. Who of them follows now is decided later, by the sender. */
export const audienceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('tag'), tagId: z.number().int().min(0) }),
  z.object({
    kind: z.literal('fans'),
    fanIds: z
      .array(id)
      .min(1)
      .max(MAX_CHOSEN_FANS)
      .refine((ids) => new Set(ids).size === ids.length, 'a fan is named twice'),
  }),
  z.object({ kind: z.literal('list'), listId: id }),
])
export type Audience = z.infer<typeof audienceSchema>

/** 粉丝. Openid and unionid are shortened for roles that may not see personal data. */
export const fan = z.object({
  id: z.string(),
  accountId: z.string(),
  contactId: z.string(),
  openid: z.string(),
  following: z.boolean(),
  /** False until the platform told more than the openid. */
  detailed: z.boolean(),
  followedAt: z.iso.datetime().nullable(),
  unfollowedAt: z.iso.datetime().nullable(),
  lastInteractionAt: z.iso.datetime().nullable(),
  tagIds: z.array(z.number().int()),
  subscribeScene: z.string().nullable(),
  qrScene: z.string().nullable(),
  remark: z.string().nullable(),
})
export type Fan = z.infer<typeof fan>

/** The same person as a fan of another account that the caller may see. */
export const siblingFan = fan.pick({ id: true, accountId: true, openid: true, following: true }).extend({
  accountName: z.string(),
})
export type SiblingFan = z.infer<typeof siblingFan>

export const fanDetail = fan.extend({
  unionid: z.string().nullable(),
  contactSince: z.iso.datetime(),
  otherAccounts: z.array(siblingFan),
})
export type FanDetail = z.infer<typeof fanDetail>

const account = z.object({ accountId: id })
const tag = 'contacts'

const openidList = z
  .string()
  .max(30_000)
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .pipe(z.array(z.string().max(128)).max(200))

const fanFilter = z.object({
  following: z.enum(['true', 'false']).optional(),
  tagId: z.coerce.number().int().min(0).optional(),
  /** Start of an openid, part of a remark, or a fan's id. */
  q: z.string().trim().max(128).optional(),
  /** Exact openids, separated by commas or blanks; at most 200. */
  openids: openidList.optional(),
})
export type FanFilter = z.output<typeof fanFilter>

export const listFansEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/fans',
  access: 'contacts:read',
  tag,
  summary: 'Fans of an account, newest first',
  params: account,
  query: pageQuery.extend(fanFilter.shape),
  response: page(fan),
})
export const countFansEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/fan-count',
  access: 'contacts:read',
  tag,
  summary: 'How many fans fit the filter, and how many of them follow now',
  params: account,
  query: fanFilter,
  response: z.object({ total: z.number().int(), following: z.number().int() }),
})
export const getFanEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/fans/:fanId',
  access: 'contacts:read',
  tag,
  summary: 'One fan, with the same person in other accounts',
  params: account.extend({ fanId: id }),
  response: fanDetail,
})
export const syncFansEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/fans/sync',
  access: 'contacts:sync',
  tag,
  summary: 'Reads all followers and what is known of them from WeChat, in the background',
  params: account,
  response: z.object({ runId: z.string() }),
})

/** 粉丝名单: openids someone pasted or uploaded, resolved to fans of the account. */
export const fanList = z.object({
  id: z.string(),
  name: z.string(),
  /** Distinct fans in the list. */
  size: z.number().int(),
  unknownOpenids: z.number().int(),
  repeatedOpenids: z.number().int(),
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
})
export type FanList = z.infer<typeof fanList>
const listName = z.string().trim().min(1).max(60)
const listParams = account.extend({ listId: id })

export const listFanListsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/fan-lists',
  access: 'contacts:read',
  tag,
  summary: 'Fan lists, newest first',
  params: account,
  query: pageQuery,
  response: page(fanList),
})
export const createFanListEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/fan-lists',
  access: 'contacts:write',
  tag,
  summary: 'Makes a fan list of at most 10,000 openids',
  params: account,
  body: z.object({
    name: listName,
    openids: z.array(z.string().trim().min(1).max(128)).min(1).max(MAX_POSTED_OPENIDS),
  }),
  bodyLimit: 2 * 1024 * 1024,
  response: fanList,
})
/** The body is `multipart/form-data` with one file: an openid a line, or CSV with a column `openid`. */
export const uploadFanListEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/fan-lists/upload',
  access: 'contacts:write',
  tag,
  summary: 'Makes a fan list of an uploaded text or CSV file with at most 1,000,000 openids',
  params: account,
  query: z.object({ name: listName }),
  bodyLimit: MAX_UPLOAD_BYTES + 65_536,
  response: fanList,
})
export const getFanListEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/fan-lists/:listId',
  access: 'contacts:read',
  tag,
  summary: 'One fan list',
  params: listParams,
  response: fanList,
})
export const listFanListMembersEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/fan-lists/:listId/members',
  access: 'contacts:read',
  tag,
  summary: 'Fans of a list',
  params: listParams,
  query: pageQuery,
  response: page(fan),
})
export const deleteFanListEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/accounts/:accountId/fan-lists/:listId',
  access: 'contacts:write',
  tag,
  summary: 'Deletes a fan list; the fans stay',
  params: listParams,
  response: z.object({}),
})
