import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { IDENTITY_KINDS } from '../people/schema.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'contacts'
const link = z.object({ kind: z.enum(IDENTITY_KINDS), value: z.string() })

/** 合并: who became whom, why, and what went along. Values are shortened where the caller may not see them. */
export const contactMerge = z.object({
  id: z.string(),
  sourceId: z.string(),
  targetId: z.string(),
  cause: z.enum(['linked', 'unionid', 'review']),
  /** The two identities that were named together, or the unionid both turned out to have. */
  links: z.array(link),
  moved: z.object({
    fans: z.number().int(),
    identities: z.array(link),
    tags: z.number().int(),
    attributes: z.number().int(),
    /** Attributes of both, of which the newer value was kept. */
    overridden: z.number().int(),
  }),
  mergedAt: z.iso.datetime(),
  mergedBy: z.string().nullable(),
  undoneAt: z.iso.datetime().nullable(),
  undoneBy: z.string().nullable(),
  /** The latest of the person: only that one can be taken back. */
  canUndo: z.boolean(),
})
export type ContactMerge = z.infer<typeof contactMerge>

export const listMergesEndpoint = endpoint({
  method: 'GET',
  path: '/api/contacts/:contactId/merges',
  access: 'contacts:read',
  tag,
  summary: 'Merges of a person and those taken back, latest first; at most 100',
  params: z.object({ contactId: id }),
  response: z.object({ items: z.array(contactMerge) }),
})
export const undoMergeEndpoint = endpoint({
  method: 'POST',
  path: '/api/contacts/:contactId/merges/:mergeId/undo',
  access: 'contacts:write',
  tag,
  summary: 'Takes a merge back: what moved returns, and the two are kept apart from then on',
  params: z.object({ contactId: id, mergeId: id }),
  response: z.object({ contactId: z.string() }),
})

/** One side of a doubt. */
export const reviewPerson = z.object({
  id: z.string(),
  name: z.string().nullable(),
  createdAt: z.iso.datetime(),
  identities: z.array(link),
  fans: z.array(z.object({ accountId: z.string(), following: z.boolean() })),
})
/** 待确认: two people whom something links and something else keeps apart. */
export const contactReview = z.object({
  id: z.string(),
  state: z.enum(['open', 'merged', 'kept_apart']),
  people: z.array(reviewPerson).length(2),
  links: z.array(link),
  conflicts: z.array(z.enum(IDENTITY_KINDS)),
  /** How often it was met. */
  seen: z.number().int(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  decidedAt: z.iso.datetime().nullable(),
  decidedBy: z.string().nullable(),
  /** Two unionids are two people at WeChat. */
  canMerge: z.boolean(),
})
export type ContactReview = z.infer<typeof contactReview>

export const listReviewsEndpoint = endpoint({
  method: 'GET',
  path: '/api/contact-reviews',
  access: 'contacts:read',
  tag,
  summary: 'Pairs of people to decide about, latest first',
  query: pageQuery.extend({
    state: z.enum(['open', 'kept_apart']).default('open'),
    contactId: id.optional(),
  }),
  response: page(contactReview),
})
const decision = {
  access: 'contacts:write',
  tag,
  params: z.object({ reviewId: id }),
} as const
export const mergeReviewEndpoint = endpoint({
  ...decision,
  method: 'POST',
  path: '/api/contact-reviews/:reviewId/merge',
  summary: 'Decides that the two are one person and merges them',
  response: z.object({ contactId: z.string() }),
})
export const keepApartEndpoint = endpoint({
  ...decision,
  method: 'POST',
  path: '/api/contact-reviews/:reviewId/keep-apart',
  summary: 'Decides that the two are different people; remembered, nothing merges them by itself',
  response: z.object({}),
})
