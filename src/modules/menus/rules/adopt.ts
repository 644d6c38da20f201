import { isKeyed, MENU_TYPES, type MenuType } from '../../../wechat/rules/menu-limits.ts'
import type { ImportNote, LiveMenus, MenuButton, MenuDraft, MenuLeaf, WireButton } from '../schema.ts'
import { menuButton, menuLeaf } from '../schema.ts'

export type MakeId = () => string
type Names = { first: string; nth(place: number): string }
type Adopted = { menus: MenuDraft[]; notes: ImportNote[] }

/** Menus made by calls, as they can be edited here. Keys stay as they are: whoever answers them goes on. */
export function adoptMenus(live: LiveMenus, makeId: MakeId, names: Names): Adopted {
  const notes: ImportNote[] = []
  const adopt = (name: string, match: MenuDraft['match'], buttons: readonly WireButton[]): MenuDraft => ({
    id: makeId(),
    name,
    match,
    buttons: buttons.map((one) => adoptButton(one, makeId, (note) => notes.push({ menu: name, ...note }))),
  })
  const menus = [adopt(names.first, null, live.buttons)]
  for (const [place, { match, buttons }] of live.conditional.entries()) {
    const name = names.nth(place + 1)
    if (match === null || (match.tagId === null && match.system === null))
      notes.push({ menu: name, button: null, reason: 'match_unknown' })
    else menus.push(adopt(name, match, buttons))
  }
  return { menus, notes }
}

type Note = (note: Omit<ImportNote, 'menu'>) => void

function adoptButton(button: WireButton, makeId: MakeId, note: Note): MenuButton {
  const below = button.sub_button ?? []
  if (below.length === 0) return menuButton.parse({ ...adoptLeaf(button, makeId, note), below: [] })
  return menuButton.parse({
    id: makeId(),
    name: button.name,
    below: below.map((one) => adoptLeaf(one, makeId, note)),
  })
}

function adoptLeaf(button: WireButton, makeId: MakeId, note: Note): MenuLeaf {
  const type = isMenuType(button.type) ? button.type : undefined
  if (type === undefined) note({ button: button.name, reason: 'kind_unknown' })
  else if (isKeyed(type) && !button.key?.startsWith('wd-'))
    note({ button: button.name, reason: 'key_of_another_system' })
  return menuLeaf.parse({
    id: makeId(),
    name: button.name,
    type: type ?? 'click',
    key: button.key ?? '',
    url: button.url ?? '',
    appId: button.appid ?? '',
    path: button.pagepath ?? '',
    mediaId: button.media_id ?? '',
    articleId: button.article_id ?? '',
  })
}

const isMenuType = (type: string | undefined): type is MenuType =>
  (MENU_TYPES as readonly (string | undefined)[]).includes(type)
