import { z } from 'zod'
import { count, done, get, openId, post, unixSeconds } from './api-call.ts'

/** One page of openids. The last page echoes its last openid as `next_openid`; the page after it has no `data`. */
export const openIdPage = z.object({
  total: count.optional(),
  count,
  data: z.object({ openid: z.array(openId) }).optional(),
  next_openid: z.string().optional().default(''),
})

const language = z.enum(['zh_CN', 'zh_TW', 'en'])

/** Nickname, picture, sex and city are gone since 2021-12-27. With `subscribe` 0 only openid and unionid follow. */
export const userInfo = z.object({
  subscribe: z.number().int(),
  openid: openId,
  language: z.string().optional(),
  subscribe_time: unixSeconds.optional(),
  unionid: z.string().optional(),
  remark: z.string().optional(),
  groupid: z.number().int().optional(),
  tagid_list: z.array(z.number().int()).optional(),
  subscribe_scene: z.string().optional(),
  qr_scene: z.number().int().optional(),
  qr_scene_str: z.string().optional(),
})
export type UserInfo = z.output<typeof userInfo>

/** 获取关注用户列表, 10,000 a page. */
export const listUsers = get(
  '/cgi-bin/user/get',
  z.object({ next_openid: z.string().optional() }),
  openIdPage,
)
export const getUser = get(
  '/cgi-bin/user/info',
  z.object({ openid: openId, lang: language.optional() }),
  userInfo,
)
/** 批量获取用户基本信息, at most 100. */
export const getUsers = post(
  '/cgi-bin/user/info/batchget',
  z.object({
    user_list: z
      .array(z.object({ openid: openId, lang: language.optional() }))
      .min(1)
      .max(100),
  }),
  z.object({ user_info_list: z.array(userInfo) }),
)
export const updateRemark = post(
  '/cgi-bin/user/info/updateremark',
  z.object({ openid: openId, remark: z.string() }),
  done,
)

/** 黑名单, 1,000 a page. */
export const listBlacklist = post(
  '/cgi-bin/tags/members/getblacklist',
  z.object({ begin_openid: z.string().default('') }),
  openIdPage,
)
const blacklistChange = z.object({ openid_list: z.array(openId).min(1).max(20) })
export const addToBlacklist = post('/cgi-bin/tags/members/batchblacklist', blacklistChange, done)
export const removeFromBlacklist = post('/cgi-bin/tags/members/batchunblacklist', blacklistChange, done)
