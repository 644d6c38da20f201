import type { MenuButton, MenuDraft, MenuLeaf } from '../schema.ts'
import { menuButton, menuLeaf } from '../schema.ts'

/** Where a button is: by itself, or below another. */
export type Place = readonly [number] | readonly [number, number]

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
/** As rare to meet twice as 50 bits are. */
export const newId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(10))].map((byte) => LETTERS[byte % LETTERS.length]).join('')

export const newButton = (name: string): MenuButton => menuButton.parse({ id: newId(), name })
export const newLeaf = (name: string): MenuLeaf => menuLeaf.parse({ id: newId(), name })
export const newMenu = (name: string, match: MenuDraft['match'], buttons: MenuButton[]): MenuDraft => ({
  id: newId(),
  name,
  match,
  buttons,
})

/** The same menu with ids of its own: answers and figures belong to one button. Typed keys stay, their answers don't. */
export const copyMenu = (menu: MenuDraft, name: string): MenuDraft => {
  const copy = <T extends MenuLeaf>(leaf: T): T => ({
    ...leaf,
    id: newId(),
    answer: leaf.key.trim() === '' ? leaf.answer : null,
  })
  return newMenu(
    name,
    menu.match ?? { tagId: null, system: null },
    menu.buttons.map((button) => ({ ...copy(button), below: button.below.map(copy) })),
  )
}

export const buttonAt = (menu: MenuDraft | undefined, place: Place | null): MenuLeaf | undefined => {
  if (place === null) return undefined
  const top = menu?.buttons[place[0]]
  return place[1] === undefined ? top : top?.below[place[1]]
}

/** The menu with one button changed; undefined takes it away. */
export function withButton(
  menu: MenuDraft,
  [top, below]: Place,
  change: (button: MenuLeaf) => MenuLeaf | undefined,
): MenuDraft {
  const edit = <T extends MenuLeaf>(list: readonly T[], at: number): T[] =>
    list.flatMap((one, index) => {
      if (index !== at) return [one]
      const changed = change(one)
      return changed === undefined ? [] : [{ ...one, ...changed }]
    })
  if (below === undefined) return { ...menu, buttons: edit(menu.buttons, top) }
  return {
    ...menu,
    buttons: menu.buttons.map((one, index) =>
      index === top ? { ...one, below: edit(one.below, below) } : one,
    ),
  }
}

/** The menu with one button a place further, and where that is. */
export function moveButton(
  menu: MenuDraft,
  [top, below]: Place,
  by: -1 | 1,
): { menu: MenuDraft; place: Place } {
  const moved = <T>(list: readonly T[], at: number): T[] => {
    const next = [...list]
    const [one] = next.splice(at, 1)
    if (one !== undefined) next.splice(at + by, 0, one)
    return next
  }
  if (below === undefined) return { menu: { ...menu, buttons: moved(menu.buttons, top) }, place: [top + by] }
  const buttons = menu.buttons.map((one, index) =>
    index === top ? { ...one, below: moved(one.below, below) } : one,
  )
  return { menu: { ...menu, buttons }, place: [top, below + by] }
}
