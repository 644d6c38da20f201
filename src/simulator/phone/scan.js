import { make } from './make.js'
import { shortTime, word } from './words.js'

/**
 * 扫一扫 without a camera: a code of the account out of a list, or whatever one has of a code.
 * @param {HTMLElement} sheet
 * @param {{ ticket: string, scene: string, permanent: boolean, expiresAt: string | null, expired: boolean }[]} codes
 * @param {(held: { ticket?: string, url?: string, scene?: string }) => void} scan
 */
export function askWhatToScan(sheet, codes, scan) {
  const choose = (/** @type {{ ticket?: string, url?: string, scene?: string }} */ held) => {
    sheet.hidden = true
    scan(held)
  }
  const field = /** @type {HTMLInputElement} */ (
    make('input', { autocomplete: 'off', maxlength: '1000', placeholder: word('scanHint') })
  )
  field.setAttribute('aria-label', word('scanHint'))
  const form = make('form', { class: 'write' }, [field, make('button', {}, [word('scan')])])
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const text = field.value.trim()
    if (text) choose(/^https?:/.test(text) ? { url: text } : { scene: text })
  })
  const list = make(
    'div',
    { class: 'codes' },
    codes.length === 0
      ? [make('p', { class: 'notice' }, [word('noCodes')])]
      : codes.map((code) => {
          const row = make(
            'button',
            { type: 'button', class: code.expired ? 'plain code over' : 'plain code' },
            [make('b', {}, [code.scene]), make('small', {}, [lifeOf(code)])],
          )
          row.addEventListener('click', () => choose({ ticket: code.ticket }))
          return row
        }),
  )
  const cancel = make('button', { type: 'button', class: 'plain' }, [word('cancel')])
  cancel.addEventListener('click', () => {
    sheet.hidden = true
  })
  sheet.replaceChildren(
    make('b', {}, [word('scan')]),
    list,
    form,
    make('div', { class: 'sheet-acts' }, [cancel]),
  )
  sheet.hidden = false
  field.focus()
}

/** @param {{ permanent: boolean, expiresAt: string | null, expired: boolean }} code */
function lifeOf(code) {
  if (code.expired) return word('codeOver')
  if (code.expiresAt === null) return word('permanentCode')
  return word('codeUntil') + shortTime(code.expiresAt)
}
