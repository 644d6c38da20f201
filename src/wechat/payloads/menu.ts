import { z } from 'zod'
import { done, get, id64, nothing, openId, outgoingId64, post } from './api-call.ts'

const leaf = z.object({
  name: z.string(),
  type: z.string().optional(),
  key: z.string().optional(),
  url: z.string().optional(),
  appid: z.string().optional(),
  pagepath: z.string().optional(),
  media_id: z.string().optional(),
  article_id: z.string().optional(),
})
/** 自定义菜单: up to three buttons, each by itself or with up to five below it. */
export const menuButton = leaf.extend({ sub_button: z.array(leaf).optional() })
export type MenuButton = z.output<typeof menuButton>
const buttons = z.array(menuButton)

export const createMenu = post('/cgi-bin/menu/create', z.object({ button: buttons }), done)
export const deleteMenu = get('/cgi-bin/menu/delete', nothing, done)

/** Answers carry numbers or text, and the tag under its old name in some. */
const matchRuleAnswer = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))
export const getMenu = get(
  '/cgi-bin/menu/get',
  nothing,
  z.object({
    menu: z.object({ button: buttons, menuid: id64.optional() }),
    conditionalmenu: z
      .array(z.object({ button: buttons, matchrule: matchRuleAnswer, menuid: id64 }))
      .default([]),
  }),
)

/** 个性化菜单: by tag and by the phone's system (1 iOS, 2 Android, 3 others); what it matched of privacy is gone (65320). */
export const matchRule = z.object({
  tag_id: z.string().optional(),
  client_platform_type: z.enum(['1', '2', '3']).optional(),
})
export const addConditionalMenu = post(
  '/cgi-bin/menu/addconditional',
  z.object({ button: buttons, matchrule: matchRule }),
  z.object({ menuid: id64 }),
)
export const deleteConditionalMenu = post(
  '/cgi-bin/menu/delconditional',
  z.object({ menuid: outgoingId64 }),
  done,
)
/** `user_id` is an openid or the WeChat id of a fan. */
export const tryMatchMenu = post(
  '/cgi-bin/menu/trymatch',
  z.object({ user_id: openId }),
  z.object({ button: buttons }),
)

const article = z.object({
  title: z.string(),
  author: z.string().optional(),
  digest: z.string().optional(),
  cover_url: z.string().optional(),
  content_url: z.string(),
  source_url: z.string().optional(),
})
/** What somebody set up on WeChat's own pages has kinds of its own, with their content in `value`. */
const currentLeaf = leaf.extend({
  value: z.string().optional(),
  news_info: z.object({ list: z.array(article) }).optional(),
})
const currentButton = currentLeaf.extend({ sub_button: z.object({ list: z.array(currentLeaf) }).optional() })
export type CurrentMenuButton = z.output<typeof currentButton>

/** 查询自定义菜单信息: the menu that is used now, wherever it was made. Its media are temporary and new each time. */
export const getCurrentMenu = get(
  '/cgi-bin/get_current_selfmenu_info',
  nothing,
  z.object({
    is_menu_open: z.union([z.literal(0), z.literal(1)]),
    selfmenu_info: z.object({ button: z.array(currentButton).default([]) }).optional(),
  }),
)
