import {
  createTag,
  deleteTag,
  listTagMembers,
  listTags,
  listTagsOfUser,
  partialTagging,
  tagUsers,
  untagUsers,
  updateTag,
} from '../../wechat/payloads/tags.ts'
import { isWechatError } from '../wechat-api/wechat-error.ts'
import type { OfficialAccountClient } from './client.ts'
import { followUpOf, type OpenIdPage } from './openid-pages.ts'

export type WechatTag = { readonly id: number; readonly name: string; readonly count: number }

export const getTags = async (client: OfficialAccountClient): Promise<WechatTag[]> =>
  (await client.call(listTags, {})).tags

export async function addTag(
  client: OfficialAccountClient,
  name: string,
): Promise<{ id: number; name: string }> {
  return (await client.call(createTag, { tag: { name } })).tag
}

export async function renameTag(client: OfficialAccountClient, id: number, name: string): Promise<void> {
  await client.call(updateTag, { tag: { id, name } })
}

export async function removeTag(client: OfficialAccountClient, id: number): Promise<void> {
  await client.call(deleteTag, { tag: { id } })
}

/** Fans that carry a tag, 10,000 a page. */
export async function listFansOfTag(
  client: OfficialAccountClient,
  tagid: number,
  after?: string,
): Promise<OpenIdPage> {
  return followUpOf(await client.call(listTagMembers, { tagid, next_openid: after ?? '' }), after)
}

/** At most 50. Returns the openids that failed (45171), normally none. */
export const tagFans = (
  client: OfficialAccountClient,
  tagid: number,
  openIds: readonly string[],
): Promise<string[]> => failedOf(client.call(tagUsers, { tagid, openid_list: [...openIds] }))

/** At most 50. Returns the openids that failed (45171), normally none. */
export const untagFans = (
  client: OfficialAccountClient,
  tagid: number,
  openIds: readonly string[],
): Promise<string[]> => failedOf(client.call(untagUsers, { tagid, openid_list: [...openIds] }))

export const getTagsOfFan = async (client: OfficialAccountClient, openid: string): Promise<number[]> =>
  (await client.call(listTagsOfUser, { openid })).tagid_list

async function failedOf(call: Promise<unknown>): Promise<string[]> {
  try {
    await call
    return []
  } catch (error) {
    const failed =
      isWechatError(error) && error.errcode === 45171 ? partialTagging.safeParse(error.reply) : undefined
    if (failed?.success) return failed.data.fail_openid_list
    throw error
  }
}
