import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'

const id = z.string().regex(/^\d{1,19}$/)

/** 微信标签: a tag kept at WeChat, with its count there beside what we know. */
export const wechatTag = z.object({
  tagId: z.number().int(),
  name: z.string(),
  /** Fans with the tag as WeChat counts them, at the last sync. */
  platformCount: z.number().int(),
  /** Followers with the tag as we know them now. */
  memberCount: z.number().int(),
  syncedAt: z.iso.datetime(),
})
export type WechatTag = z.infer<typeof wechatTag>

const params = z.object({ accountId: id })
const tags = z.object({ items: z.array(wechatTag) })
const tag = 'tags'

export const listTagsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/tags',
  access: 'contacts:read',
  tag,
  summary: 'WeChat tags of an account',
  params,
  response: tags,
})
export const syncTagsEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/tags/sync',
  access: 'contacts:sync',
  tag,
  summary: 'Reads names and counts of the tags from WeChat now',
  params,
  response: tags,
})
export const syncTagMembersEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/tags/sync-members',
  access: 'contacts:sync',
  tag,
  summary: 'Reads the tags and who has each of them from WeChat, in the background',
  params,
  response: z.object({ runId: z.string() }),
})
