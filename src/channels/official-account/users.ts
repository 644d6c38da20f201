import {
  addToBlacklist,
  getUser,
  getUsers,
  listBlacklist,
  listUsers,
  removeFromBlacklist,
  type UserInfo,
  updateRemark,
} from '../../wechat/payloads/users.ts'
import type { OfficialAccountClient } from './client.ts'
import { followUpOf, type OpenIdPage } from './openid-pages.ts'

export type { UserInfo } from '../../wechat/payloads/users.ts'
export type { OpenIdPage } from './openid-pages.ts'

/** 获取关注用户列表: 10,000 a page, `after` is the page before's `next`. */
export async function listFollowers(client: OfficialAccountClient, after?: string): Promise<OpenIdPage> {
  return followUpOf(await client.call(listUsers, { next_openid: after }), after)
}

/** 批量获取用户基本信息, at most 100. Those who left have `subscribe` 0 and little else. */
export async function getFans(
  client: OfficialAccountClient,
  openIds: readonly string[],
): Promise<UserInfo[]> {
  const user_list = openIds.map((openid) => ({ openid, lang: 'zh_CN' as const }))
  return (await client.call(getUsers, { user_list })).user_info_list
}

export const getFan = (client: OfficialAccountClient, openid: string): Promise<UserInfo> =>
  client.call(getUser, { openid, lang: 'zh_CN' })

export async function setRemark(
  client: OfficialAccountClient,
  openid: string,
  remark: string,
): Promise<void> {
  await client.call(updateRemark, { openid, remark })
}

/** 黑名单, 1,000 a page. */
export async function listBlacklisted(client: OfficialAccountClient, after?: string): Promise<OpenIdPage> {
  return followUpOf(await client.call(listBlacklist, { begin_openid: after ?? '' }), after)
}

/** At most 20. */
export async function blacklistFans(
  client: OfficialAccountClient,
  openIds: readonly string[],
): Promise<void> {
  await client.call(addToBlacklist, { openid_list: [...openIds] })
}

export async function unblacklistFans(
  client: OfficialAccountClient,
  openIds: readonly string[],
): Promise<void> {
  await client.call(removeFromBlacklist, { openid_list: [...openIds] })
}
