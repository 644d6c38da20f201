import { z } from 'zod'
import { count, done, get, nothing, openId, post } from './api-call.ts'
import { openIdPage } from './users.ts'

export const tagId = z.number().int().min(0)

export const createTag = post(
  '/cgi-bin/tags/create',
  z.object({ tag: z.object({ name: z.string() }) }),
  z.object({ tag: z.object({ id: tagId, name: z.string() }) }),
)
export const listTags = get(
  '/cgi-bin/tags/get',
  nothing,
  z.object({ tags: z.array(z.object({ id: tagId, name: z.string(), count: count.default(0) })) }),
)
export const updateTag = post(
  '/cgi-bin/tags/update',
  z.object({ tag: z.object({ id: tagId, name: z.string() }) }),
  done,
)
export const deleteTag = post('/cgi-bin/tags/delete', z.object({ tag: z.object({ id: tagId }) }), done)
export const listTagMembers = post(
  '/cgi-bin/user/tag/get',
  z.object({ tagid: tagId, next_openid: z.string().default('') }),
  openIdPage,
)

const membership = z.object({ openid_list: z.array(openId).min(1).max(50), tagid: tagId })
export const tagUsers = post('/cgi-bin/tags/members/batchtagging', membership, done)
export const untagUsers = post('/cgi-bin/tags/members/batchuntagging', membership, done)
export const listTagsOfUser = post(
  '/cgi-bin/tags/getidlist',
  z.object({ openid: openId }),
  z.object({ tagid_list: z.array(tagId) }),
)
/** What 45171 (part of the list failed) carries besides the code. */
export const partialTagging = z.object({ fail_openid_list: z.array(openId) })
