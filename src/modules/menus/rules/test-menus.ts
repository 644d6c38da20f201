import type { MenuButton, MenuDraft, MenuMatch } from '../schema.ts'
import { menuButton } from '../schema.ts'

let made = 0

/** A button with an id of its own that answers nothing. */
export const button = (fields: Partial<MenuButton> = {}): MenuButton =>
  menuButton.parse({ id: `button${++made}`, name: '点单', ...fields })

/** A menu of one button; the default where no match is given. */
export const menu = (fields: Partial<MenuDraft> = {}): MenuDraft => ({
  id: `menu00${++made}`,
  name: '菜单',
  match: null,
  buttons: [button()],
  ...fields,
})

export const match = (fields: Partial<MenuMatch> = {}): MenuMatch => ({
  tagId: null,
  system: null,
  ...fields,
})
