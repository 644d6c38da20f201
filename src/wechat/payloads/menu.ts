import { z } from 'zod'
import { done, get, nothing, post } from './api-call.ts'

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
export const getMenu = get('/cgi-bin/menu/get', nothing, z.object({ menu: z.object({ button: buttons }) }))
export const deleteMenu = get('/cgi-bin/menu/delete', nothing, done)
