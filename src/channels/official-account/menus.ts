import * as api from '../../wechat/payloads/menu.ts'
import { isWechatError } from '../wechat-api/wechat-error.ts'
import type { OfficialAccountClient } from './client.ts'

export type { CurrentMenuButton, MenuButton } from '../../wechat/payloads/menu.ts'

export type PhoneSystem = 'ios' | 'android' | 'other'
export type MenuMatch = { readonly tagId: number | null; readonly system: PhoneSystem | null }
export type ConditionalMenu = {
  readonly menuId: string
  /** Null: it asks for what WeChat no longer matches (sex, place, language) and is shown to nobody. */
  readonly match: MenuMatch | null
  readonly buttons: api.MenuButton[]
}
/** The menus made by calls. Conditional ones in the order in which they are tried: newest first. */
export type Menus = { readonly buttons: api.MenuButton[]; readonly conditional: ConditionalMenu[] }

const SYSTEMS = { ios: '1', android: '2', other: '3' } as const
const NO_MENU = 46003

/** Undefined where no menu was made by calls; one that was made on WeChat's own pages is not seen here. */
export async function getMenus(client: OfficialAccountClient): Promise<Menus | undefined> {
  try {
    const { menu, conditionalmenu } = await client.call(api.getMenu, {})
    return {
      buttons: menu.button,
      conditional: conditionalmenu
        .map(({ menuid, matchrule, button }) => ({
          menuId: menuid,
          match: matchOf(matchrule),
          buttons: button,
        }))
        .sort((a, b) => (BigInt(a.menuId) > BigInt(b.menuId) ? -1 : 1)),
    }
  } catch (error) {
    if (isWechatError(error) && error.errcode === NO_MENU) return undefined
    throw error
  }
}

export async function createMenu(
  client: OfficialAccountClient,
  button: readonly api.MenuButton[],
): Promise<void> {
  await client.call(api.createMenu, { button: [...button] })
}

/** Takes the default menu away, and every conditional one with it. */
export async function deleteMenus(client: OfficialAccountClient): Promise<void> {
  await client.call(api.deleteMenu, {})
}

/** The new one is tried before all that exist. */
export async function addConditionalMenu(
  client: OfficialAccountClient,
  { buttons, match }: { buttons: readonly api.MenuButton[]; match: MenuMatch },
): Promise<string> {
  const { menuid } = await client.call(api.addConditionalMenu, {
    button: [...buttons],
    matchrule: {
      ...(match.tagId === null ? {} : { tag_id: String(match.tagId) }),
      ...(match.system === null ? {} : { client_platform_type: SYSTEMS[match.system] }),
    },
  })
  return menuid
}

export async function deleteConditionalMenu(client: OfficialAccountClient, menuId: string): Promise<void> {
  await client.call(api.deleteConditionalMenu, { menuid: menuId })
}

/** The menu that one fan is shown. */
export const tryMatchMenu = async (
  client: OfficialAccountClient,
  openid: string,
): Promise<api.MenuButton[]> => (await client.call(api.tryMatchMenu, { user_id: openid })).button

/** The menu used now, also one made on WeChat's own pages. */
export async function getCurrentMenu(
  client: OfficialAccountClient,
): Promise<{ open: boolean; buttons: api.CurrentMenuButton[] }> {
  const { is_menu_open, selfmenu_info } = await client.call(api.getCurrentMenu, {})
  return { open: is_menu_open === 1, buttons: selfmenu_info?.button ?? [] }
}

const PRIVATE = ['sex', 'country', 'province', 'city', 'language']

function matchOf(rule: Record<string, string | number | null>): MenuMatch | null {
  const said = (name: string): string | undefined => {
    const value = rule[name]
    return value === undefined || value === null || value === '' ? undefined : String(value)
  }
  const tag = said('tag_id') ?? said('group_id')
  const system = Object.entries(SYSTEMS).find(([, code]) => code === said('client_platform_type'))
  if (PRIVATE.some((name) => said(name) !== undefined)) return null
  return {
    tagId: tag === undefined ? null : Number(tag),
    system: (system?.[0] ?? null) as PhoneSystem | null,
  }
}
