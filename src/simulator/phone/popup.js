import { askToSubscribe } from '/phone/subscribe.js'

const query = new URLSearchParams(location.search)
const appid = query.get('appid') ?? ''
const openid = query.get('openid') ?? ''
const wanted = (query.get('templates') ?? '').split(',').filter(Boolean)

/** @param {'success' | 'error'} name @param {object} detail */
const tell = (name, detail) => parent.postMessage({ name, detail }, '*')

/** @param {{ templateId: string, accept: boolean }[]} answers */
async function answer(answers) {
  const sent = await fetch('/control/act', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appid, openid, action: 'subscribe', popup: 'h5', answers }),
  })
  if (!sent.ok) return tell('error', { errMsg: 'subscribe:fail', errCode: 10001 })
  const details = Object.fromEntries(
    answers.map(({ templateId, accept }) => [
      templateId,
      JSON.stringify({ status: accept ? 'accept' : 'cancel' }),
    ]),
  )
  tell('success', { errMsg: 'subscribe:ok', subscribeDetails: JSON.stringify(details) })
}

async function ask() {
  const known = await fetch(`/control/subscriptions?${new URLSearchParams({ appid, openid })}`)
  if (!known.ok) return tell('error', { errMsg: 'subscribe:fail', errCode: 10002 })
  const { items } = await known.json()
  const asked = wanted.map((id) => items.find((/** @type {any} */ item) => item.templateId === id))
  // 20001: no template data, as when one was deleted
  if (asked.length === 0 || asked.includes(undefined))
    return tell('error', { errMsg: 'subscribe:fail', errCode: 20001 })
  const sheet = /** @type {HTMLElement} */ (document.getElementById('sheet'))
  askToSubscribe(sheet, asked, (answers) => void answer(answers))
}

void ask()
