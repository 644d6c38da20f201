import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { page, pageQuery } from '../../kernel/paging.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'privacy'

/** What is erased of a person, by kind. */
export const ERASED_KINDS = [
  'contacts',
  'identities',
  'fans',
  'attributes',
  'tags',
  'events',
  'details',
  'recipients',
  'allowances',
  'consents',
  'listMembers',
  'segmentMembers',
  'rejections',
  'merges',
  'exports',
] as const
export type ErasedKind = (typeof ERASED_KINDS)[number]
const counts = z.partialRecord(z.enum(ERASED_KINDS), z.number().int())
export type Counts = z.infer<typeof counts>

/** 删除回执. */
export const erasure = z.object({
  id: z.string(),
  contactId: z.string(),
  reason: z.enum(['request', 'unfollow', 'platform']),
  requestedAt: z.iso.datetime(),
  requestedBy: z.string().nullable(),
  /** Null while it goes on. */
  finishedAt: z.iso.datetime().nullable(),
  counts,
})
export type Erasure = z.infer<typeof erasure>

const contact = z.object({ contactId: id })
export const erasurePreviewEndpoint = endpoint({
  method: 'GET',
  path: '/api/contacts/:contactId/erasure-preview',
  access: 'contacts:erase',
  tag,
  summary: 'How much an erasure of this person would take away, by kind',
  params: contact,
  response: z.object({ counts }),
})
export const erasePersonEndpoint = endpoint({
  method: 'POST',
  path: '/api/contacts/:contactId/erase',
  access: 'contacts:erase',
  tag,
  summary: 'Erases a person everywhere, in the background; answers with the receipt to follow',
  params: contact,
  response: erasure,
})
export const getErasureEndpoint = endpoint({
  method: 'GET',
  path: '/api/erasures/:erasureId',
  access: 'contacts:erase',
  tag,
  summary: 'The receipt of an erasure',
  params: z.object({ erasureId: id }),
  response: erasure,
})
export const listErasuresEndpoint = endpoint({
  method: 'GET',
  path: '/api/erasures',
  access: 'contacts:erase',
  tag,
  summary: 'Erasures, latest first',
  query: pageQuery,
  response: page(erasure),
})

export const privacySettings = z.object({
  /** Whether what WeChat told of a fan goes after they unfollow. */
  eraseAfterUnfollow: z.boolean(),
  /** Days after the unfollow. */
  unfollowDays: z.number().int().min(0).max(365),
})
export type PrivacySettings = z.infer<typeof privacySettings>
export const getPrivacySettingsEndpoint = endpoint({
  method: 'GET',
  path: '/api/privacy-settings',
  access: 'contacts:erase',
  tag,
  summary: 'What is erased by itself',
  response: privacySettings,
})
export const updatePrivacySettingsEndpoint = endpoint({
  method: 'PUT',
  path: '/api/privacy-settings',
  access: 'contacts:erase',
  tag,
  summary: 'Changes what is erased by itself',
  body: privacySettings,
  response: privacySettings,
})
