import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { CONFLICT_REASONS, id, tagConflict, tagName, wechatTag, wechatTagChange } from './shapes.ts'

const params = z.object({ accountId: id })
const wechatTagId = z.coerce.number().int().min(0).max(2_147_483_647)
const tagParams = params.extend({ wechatTagId })
const tags = z.object({ items: z.array(wechatTag) })
const empty = z.object({})
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
export const createWechatTagEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/tags',
  access: 'tags:write',
  tag,
  summary: 'Makes a tag at WeChat',
  params,
  body: z.object({ name: tagName }),
  response: z.object({ tagId: z.number().int() }),
})
export const renameWechatTagEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/accounts/:accountId/tags/:wechatTagId',
  access: 'tags:write',
  tag,
  summary: 'Renames a tag at WeChat',
  params: tagParams,
  body: z.object({ name: tagName }),
  response: empty,
})
export const deleteWechatTagEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/accounts/:accountId/tags/:wechatTagId',
  access: 'tags:write',
  tag,
  summary: 'Deletes a tag at WeChat and from its fans; refused while it is linked',
  params: tagParams,
  response: empty,
})
export const tagFansEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/tags/people',
  access: 'tags:write',
  tag,
  summary: 'Gives and takes WeChat tags of the followers among these people, in the background',
  params,
  body: wechatTagChange,
  response: z.object({ runId: z.string() }),
})
export const continueTagRunEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/tags/people/:runId/continue',
  access: 'tags:write',
  tag,
  summary: 'Goes on with what a failed run has not told WeChat yet',
  params: params.extend({ runId: id }),
  response: z.object({ runId: z.string() }),
})
export const listTagConflictsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/tags/conflicts',
  access: 'contacts:read',
  tag,
  summary: 'Where a linked pair of tags differs until someone decides',
  params,
  response: z.object({ items: z.array(tagConflict) }),
})
/** `retry`: tell WeChat again. `keep_wechat`: do here as WeChat has it. `keep_own`: rename at WeChat as it is named here. */
export const CONFLICT_CHOICES = ['retry', 'keep_wechat', 'keep_own'] as const
export const settleTagConflictEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/tags/conflicts/settle',
  access: 'tags:write',
  tag,
  summary: 'Decides a conflict',
  params,
  body: z.object({
    wechatTagId: z.number().int(),
    reason: z.enum(CONFLICT_REASONS),
    choice: z.enum(CONFLICT_CHOICES),
  }),
  response: empty,
})
