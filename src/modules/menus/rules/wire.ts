import { isAnswerable, isKeyed } from '../../../wechat/rules/menu-limits.ts'
import type { MenuDraft, MenuLeaf, WantedMenus, WireButton } from '../schema.ts'

/** What WeChat calls the material and the articles that buttons name by our ids. */
export type WireIds = {
  mediaIdOf(mediaAssetId: string): string | undefined
  articleIdOf(articleSetId: string): string | undefined
}

/** The key of a button that has one: as typed, or one of ours that no other system has. */
export const keyOf = ({ key, id }: Pick<MenuLeaf, 'key' | 'id'>): string => key.trim() || `wd-${id}`

/** Menus as WeChat takes them; the first is the default. */
export function toWire(menus: readonly MenuDraft[], ids: WireIds): WantedMenus {
  const [first, ...others] = menus
  return {
    buttons: first ? buttonsOf(first, ids) : [],
    conditional: others.flatMap((menu) =>
      menu.match === null ? [] : [{ match: menu.match, buttons: buttonsOf(menu, ids) }],
    ),
  }
}

const buttonsOf = (menu: MenuDraft, ids: WireIds): WireButton[] =>
  menu.buttons.map((button) =>
    button.below.length > 0
      ? { name: button.name.trim(), sub_button: button.below.map((one) => leafOf(one, ids)) }
      : leafOf(button, ids),
  )

function leafOf(button: MenuLeaf, ids: WireIds): WireButton {
  const { type } = button
  const head = { name: button.name.trim(), type }
  if (isKeyed(type)) return { ...head, key: keyOf(button) }
  switch (type) {
    case 'view':
      return { ...head, url: button.url.trim() }
    case 'miniprogram':
      return { ...head, url: button.url.trim(), appid: button.appId.trim(), pagepath: button.path.trim() }
    case 'media_id':
    case 'view_limited': {
      const known = button.mediaAssetId === null ? undefined : ids.mediaIdOf(button.mediaAssetId)
      return { ...head, media_id: known ?? button.mediaId }
    }
    default: {
      const known = button.articleSetId === null ? undefined : ids.articleIdOf(button.articleSetId)
      return { ...head, article_id: known ?? button.articleId }
    }
  }
}

/** Every button that does something, with the menu it is in and its place there. */
export const leavesOf = (
  menus: readonly MenuDraft[],
): { menu: number; place: number[]; button: MenuLeaf }[] =>
  menus.flatMap(({ buttons }, menu) =>
    buttons.flatMap((button, top) =>
      button.below.length > 0
        ? button.below.map((one, place) => ({ menu, place: [top, place], button: one }))
        : [{ menu, place: [top], button: button as MenuLeaf }],
    ),
  )

/** Buttons whose tap is answered here. */
export const answeringOf = (menus: readonly MenuDraft[]) =>
  leavesOf(menus).filter(({ button }) => button.answer !== null && isAnswerable(button.type))

const FIELDS = ['type', 'key', 'url', 'appid', 'pagepath', 'media_id', 'article_id'] as const

/** A button as far as it matters: in one shape, whoever wrote it. What opens others has nothing but a name. */
export function plain(button: WireButton): WireButton {
  const below = button.sub_button ?? []
  if (below.length > 0) return { name: button.name, sub_button: below.map(plain) }
  const said = FIELDS.flatMap((field) => (button[field] ? [[field, button[field]] as const] : []))
  return { name: button.name, ...Object.fromEntries(said) }
}

export const sameButtons = (a: readonly WireButton[], b: readonly WireButton[]): boolean =>
  JSON.stringify(a.map(plain)) === JSON.stringify(b.map(plain))

export const urlsOf = (buttons: readonly WireButton[]): string[] =>
  buttons.flatMap(({ url, sub_button = [] }) => [
    ...(url ? [url] : []),
    ...sub_button.flatMap((one) => (one.url ? [one.url] : [])),
  ])
