import { make } from './make.js'

/**
 * 自定义菜单: the bar below the chat, with what opens above a button that has more than one thing to offer.
 * @param {HTMLElement} bar
 * @param {any[]} buttons
 * @param {(place: number[], button: any) => void} tap
 */
export function drawMenu(bar, buttons, tap) {
  bar.hidden = buttons.length === 0
  bar.replaceChildren(...buttons.map((one, index) => drawButton(bar, one, index, tap)))
}

/** @param {HTMLElement} bar @param {any} one @param {number} index @param {(place: number[], button: any) => void} tap */
function drawButton(bar, one, index, tap) {
  const items = one.sub_button ?? []
  const element = make('button', { type: 'button', class: 'plain' }, [
    items.length > 0 ? `≡ ${one.name}` : one.name,
  ])
  if (items.length === 0) {
    element.addEventListener('click', () => tap([index], one))
    return make('div', {}, [element])
  }
  const list = make('div', { class: 'menu-list', hidden: '' })
  list.append(
    ...items.map((/** @type {any} */ item, /** @type {number} */ place) => {
      const choice = make('button', { type: 'button', class: 'plain' }, [item.name])
      choice.addEventListener('click', () => {
        list.hidden = true
        tap([index, place], item)
      })
      return choice
    }),
  )
  element.addEventListener('click', () => {
    const open = list.hidden
    for (const other of bar.querySelectorAll('.menu-list')) other.setAttribute('hidden', '')
    if (open) list.removeAttribute('hidden')
  })
  return make('div', {}, [list, element])
}
