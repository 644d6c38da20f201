import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'contacts'

export const IDENTITY_KINDS = ['openid', 'unionid', 'user', 'phone', 'external_user', 'anonymous'] as const
export type IdentityKindName = (typeof IDENTITY_KINDS)[number]
/** Attributes a page of the list carries at most. */
export const MAX_COLUMNS = 10

const attributeValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])
/** What we know of a person in one attribute; shortened where it is personal and the caller may not see it. */
export const personAttribute = z.object({
  key: z.string(),
  displayName: z.string().nullable(),
  type: z.string(),
  /** Instants are ISO times. */
  value: attributeValue,
  since: z.iso.datetime(),
})
export type PersonAttribute = z.infer<typeof personAttribute>
export const ownTag = z.object({ id: z.string(), name: z.string(), groupName: z.string().nullable() })

/** 客户, as a row of the list. */
export const person = z.object({
  id: z.string(),
  name: z.string().nullable(),
  createdAt: z.iso.datetime(),
  /** Kinds of identities they have, each once. */
  kinds: z.array(z.enum(IDENTITY_KINDS)),
  /** One of several, shortened for roles that may not see personal data. */
  phone: z.string().nullable(),
  user: z.string().nullable(),
  /** Accounts they are a fan of, of those the caller may see. */
  fans: z.array(
    z.object({
      fanId: z.string(),
      accountId: z.string(),
      following: z.boolean(),
      remark: z.string().nullable(),
    }),
  ),
  tags: z.array(ownTag),
  /** Of the attributes asked for, by key. */
  attributes: z.record(z.string(), attributeValue),
})
export type Person = z.infer<typeof person>

const keys = z
  .string()
  .max(2_000)
  .transform((text) => text.split(',').filter(Boolean))
  .pipe(z.array(z.string().max(128)).max(MAX_COLUMNS))

export const personFilter = z.object({
  /** Part of a name or remark; a whole phone, user id, WeCom id, openid, unionid, visitor id or our own id. */
  q: z.string().trim().max(128).optional(),
  accountId: id.optional(),
  following: z.enum(['true', 'false']).optional(),
  /** One of our own tags. */
  tagId: id.optional(),
  /** `<account id>:<tag id>` of a tag at WeChat. */
  wechatTag: z
    .string()
    .regex(/^\d{1,19}:\d{1,9}$/)
    .optional(),
  /** Has exactly this value now; both or neither. */
  attribute: z.string().max(128).optional(),
  value: z.string().max(512).optional(),
  identity: z.enum(IDENTITY_KINDS).optional(),
  createdFrom: z.iso.datetime().optional(),
  createdUntil: z.iso.datetime().optional(),
})
export type PersonFilter = z.output<typeof personFilter>

export const listPeopleEndpoint = endpoint({
  method: 'GET',
  path: '/api/contacts',
  access: 'contacts:read',
  tag,
  summary: 'People across accounts, newest first',
  query: pageQuery.extend(personFilter.shape).extend({
    /** Keys of attributes to show, separated by commas. */
    attributes: keys.optional(),
  }),
  response: page(person),
})
/** Counting ends here: beyond it only "more than" is told, at once. */
export const COUNT_BOUND = 10_000
export const countPeopleEndpoint = endpoint({
  method: 'GET',
  path: '/api/contacts/count',
  access: 'contacts:read',
  tag,
  summary: 'How many people fit the filter: exact, or at least so many (`exact: false`)',
  query: personFilter,
  response: z.object({ count: z.number().int(), exact: z.boolean() }),
})

export const peopleFacets = z.object({
  attributes: z.array(z.object({ key: z.string(), displayName: z.string().nullable(), type: z.string() })),
  tags: z.array(ownTag),
  /** Of the accounts the caller may see. */
  wechatTags: z.array(z.object({ accountId: z.string(), tagId: z.number().int(), name: z.string() })),
})
export const listFacetsEndpoint = endpoint({
  method: 'GET',
  path: '/api/contacts/facets',
  access: 'contacts:read',
  tag,
  summary:
    'What people can be filtered by and shown with: attributes, own tags and WeChat tags, at most 1,000 of each',
  response: peopleFacets,
})

export const personIdentity = z.object({
  kind: z.enum(IDENTITY_KINDS),
  value: z.string(),
  addedAt: z.iso.datetime().nullable(),
})
export type PersonIdentity = z.infer<typeof personIdentity>
export const personFan = z.object({
  fanId: z.string(),
  accountId: z.string(),
  accountName: z.string(),
  openid: z.string(),
  following: z.boolean(),
  followedAt: z.iso.datetime().nullable(),
  unfollowedAt: z.iso.datetime().nullable(),
  lastInteractionAt: z.iso.datetime().nullable(),
  subscribeScene: z.string().nullable(),
  remark: z.string().nullable(),
  tags: z.array(z.object({ tagId: z.number().int(), name: z.string().nullable() })),
})
export type PersonFan = z.infer<typeof personFan>

export const personDetail = z.object({
  id: z.string(),
  /** The id asked for where it is another one: that contact was merged into this one. */
  mergedFrom: z.string().nullable(),
  name: z.string().nullable(),
  createdAt: z.iso.datetime(),
  identities: z.array(personIdentity),
  /** Visitor ids can be many; identities hold the latest of them. */
  visitorIds: z.number().int(),
  fans: z.array(personFan),
  tags: z.array(ownTag.extend({ since: z.iso.datetime() })),
  attributes: z.array(personAttribute),
  openReviews: z.number().int(),
})
export type PersonDetail = z.infer<typeof personDetail>

const params = z.object({ contactId: id })
export const getPersonEndpoint = endpoint({
  method: 'GET',
  path: '/api/contacts/:contactId',
  access: 'contacts:read',
  tag,
  summary: 'One person with identities, accounts, tags and attributes; a merged id leads to who they became',
  params,
  response: personDetail,
})
export const renamePersonEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/contacts/:contactId',
  access: 'contacts:write',
  tag,
  summary: 'Names a person; null takes the name away',
  params,
  body: z.object({ name: z.string().trim().min(1).max(120).nullable() }),
  response: z.object({}),
})
