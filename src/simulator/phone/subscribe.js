import { make } from './make.js'
import { word } from './words.js'

/**
 * 订阅弹窗: which notices of the account this person lets through, each to be accepted or refused.
 * @param {HTMLElement} sheet
 * @param {{ templateId: string, title: string, accepted?: boolean }[]} items
 * @param {(answers: { templateId: string, accept: boolean }[]) => void} answer
 */
export function askToSubscribe(sheet, items, answer) {
  const boxes = items.map((item) => {
    const box = /** @type {HTMLInputElement} */ (make('input', { type: 'checkbox' }))
    box.checked = true
    return { item, box }
  })
  const finish = (/** @type {boolean} */ allow) => {
    sheet.hidden = true
    answer(boxes.map(({ item, box }) => ({ templateId: item.templateId, accept: allow && box.checked })))
  }
  const refuse = make('button', { type: 'button', class: 'plain' }, [word('refuse')])
  refuse.addEventListener('click', () => finish(false))
  const accept = make('button', { type: 'button' }, [word('allow')])
  accept.addEventListener('click', () => finish(true))
  sheet.replaceChildren(
    make('b', {}, [word('wantsToNotify')]),
    ...boxes.map(({ item, box }) => make('label', {}, [box, item.title])),
    make('div', { class: 'sheet-acts' }, [refuse, accept]),
  )
  sheet.hidden = false
}
