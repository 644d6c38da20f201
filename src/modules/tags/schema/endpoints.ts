import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { id, ownTag, people, tagChange, tagGroup, tagLink, tagName, tagRun } from './shapes.ts'

const tag = 'tags'
const empty = z.object({})
const tagParams = z.object({ tagId: id })
const groupParams = z.object({ groupId: id })

export const listOwnTagsEndpoint = endpoint({
  method: 'GET',
  path: '/api/tags',
  access: 'contacts:read',
  tag,
  summary: 'Own tags in their groups, with how many people carry each',
  response: z.object({ groups: z.array(tagGroup), items: z.array(ownTag) }),
})
export const createOwnTagEndpoint = endpoint({
  method: 'POST',
  path: '/api/tags',
  access: 'tags:write',
  tag,
  summary: 'Makes an own tag',
  body: z.object({ name: tagName, groupId: id.nullable().default(null) }),
  response: z.object({ id }),
})
export const changeOwnTagEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/tags/:tagId',
  access: 'tags:write',
  tag,
  summary: 'Renames an own tag or moves it to another group',
  params: tagParams,
  body: z.object({ name: tagName.optional(), groupId: id.nullable().optional() }),
  response: empty,
})
export const deleteOwnTagEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/tags/:tagId',
  access: 'tags:write',
  tag,
  summary: 'Deletes an own tag from everyone, with its history; refused while audiences name it',
  params: tagParams,
  response: empty,
})
export const createTagGroupEndpoint = endpoint({
  method: 'POST',
  path: '/api/tag-groups',
  access: 'tags:write',
  tag,
  summary: 'Makes a group of own tags',
  body: z.object({ name: tagName }),
  response: z.object({ id }),
})
export const renameTagGroupEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/tag-groups/:groupId',
  access: 'tags:write',
  tag,
  summary: 'Renames a group of own tags',
  params: groupParams,
  body: z.object({ name: tagName }),
  response: empty,
})
export const deleteTagGroupEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/tag-groups/:groupId',
  access: 'tags:write',
  tag,
  summary: 'Deletes a group; its tags stay, in no group',
  params: groupParams,
  response: empty,
})

export const previewTagPeopleEndpoint = endpoint({
  method: 'POST',
  path: '/api/contacts/tags/preview',
  access: 'contacts:read',
  tag,
  summary: 'How many people a change of tags is about; not exact beyond the bound of counting',
  body: z.object({ people }),
  response: z.object({ people: z.number().int(), exact: z.boolean() }),
})
export const tagPeopleEndpoint = endpoint({
  method: 'POST',
  path: '/api/contacts/tags',
  access: 'tags:write',
  tag,
  summary: 'Gives and takes own tags: named people at once, others in the background',
  body: tagChange,
  response: z.object({
    runId: z.string().nullable(),
    /** Tags given and taken at once; null where it goes on in the background. */
    changed: z.number().int().nullable(),
  }),
})
export const getTagRunEndpoint = endpoint({
  method: 'GET',
  path: '/api/tag-runs/:tagRunId',
  access: 'contacts:read',
  tag,
  summary: 'How far giving and taking of tags is, and what became of it',
  params: z.object({ tagRunId: id }),
  response: tagRun,
})

export const linkTagEndpoint = endpoint({
  method: 'POST',
  path: '/api/tags/:tagId/links',
  access: 'tags:write',
  tag,
  summary:
    'Keeps an own tag and a WeChat tag of an account in step; makes the WeChat tag where none is named',
  params: tagParams,
  body: z.object({ accountId: id, wechatTagId: z.number().int().min(0).nullable() }),
  response: tagLink.pick({ id: true, wechatTagId: true }),
})
export const previewLinkEndpoint = endpoint({
  method: 'POST',
  path: '/api/tags/:tagId/links/preview',
  access: 'contacts:read',
  tag,
  summary: 'What a link would change on either side',
  params: tagParams,
  body: z.object({ accountId: id, wechatTagId: z.number().int().min(0).nullable() }),
  response: z.object({
    /** Fans who would get the tag at WeChat, and people who would get the own tag. */
    toWechat: z.number().int(),
    toOwn: z.number().int(),
  }),
})
export const unlinkTagEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/tags/:tagId/links/:linkId',
  access: 'tags:write',
  tag,
  summary: 'Ends a link; both tags and who carries them stay',
  params: tagParams.extend({ linkId: id }),
  response: empty,
})
