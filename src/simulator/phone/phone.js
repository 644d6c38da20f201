import { drawChat, drawFan, make } from './draw.js'
import { drawMenu } from './menu.js'
import { askWhatToScan } from './scan.js'
import { askToSubscribe } from './subscribe.js'
import { locale, placeWords, shortTime, toggleLanguage, word } from './words.js'

/** @param {string} id @returns {any} */
const at = (id) => document.getElementById(id)
const asked = new URLSearchParams(location.search)
const POLL_MS = 1500
const MENU_MS = 60_000

/** @type {{ appid: string, openid: string, chat: any, article: any, fans: any[], next: string | null, shown: string }} */
const state = {
  appid: asked.get('appid') ?? '',
  openid: asked.get('openid') ?? '',
  chat: null,
  article: null,
  fans: [],
  next: null,
  shown: '',
}

/** @param {string} path @param {object} [body] @param {string} [method] */
async function call(path, body, method = body ? 'POST' : 'GET') {
  const response = await fetch(`/control${path}`, {
    method,
    body: body && JSON.stringify(body),
    headers: body ? { 'content-type': 'application/json' } : {},
  })
  if (!response.ok) throw new Error((await response.json()).error ?? String(response.status))
  return response.json()
}

/** @param {string} text */
function toast(text) {
  at('toast').textContent = text
  at('toast').hidden = false
  clearTimeout(toast.timer)
  toast.timer = setTimeout(() => {
    at('toast').hidden = true
  }, 1600)
}
/** @type {ReturnType<typeof setTimeout> | undefined} */
toast.timer = undefined

async function loadAccounts() {
  const { items } = await call('/accounts')
  at('account').replaceChildren(
    ...items.map((/** @type {any} */ account) => make('option', { value: account.appid }, [account.name])),
  )
  if (items.length === 0)
    return at('chat').replaceChildren(make('p', { class: 'notice' }, [word('noAccounts')]))
  if (!items.some((/** @type {any} */ account) => account.appid === state.appid)) state.appid = items[0].appid
  at('account').value = state.appid
  await searchFans()
}

/** @param {boolean} [more] */
async function searchFans(more = false) {
  if (!state.appid) return
  const q = more || at('search').value ? at('search').value.trim() : ''
  const after = more && state.next ? `&after=${state.next}` : ''
  const page = await call(
    `/fans?appid=${encodeURIComponent(state.appid)}&q=${encodeURIComponent(q)}&limit=30${after}`,
  )
  state.fans = more ? [...state.fans, ...page.items] : page.items
  state.next = page.next
  at('more').hidden = page.next === null
  if (!state.openid && state.fans[0]) state.openid = state.fans[0].openid
  drawFans()
  await refresh(true)
  await refreshMenu()
}

const drawFans = () =>
  at('fans').replaceChildren(
    ...state.fans.map((fan) => drawFan(fan, fan.openid === state.openid, () => choose(fan.openid))),
  )

/** @param {string} openid */
async function choose(openid) {
  state.openid = openid
  document.body.classList.remove('picking')
  showChat()
  drawFans()
  await refresh(true)
  await refreshMenu()
}

/** Reads the chat again and draws it when something in it changed. @param {boolean} [toEnd] */
async function refresh(toEnd = false) {
  if (!state.appid || !state.openid)
    return at('chat').replaceChildren(make('p', { class: 'notice' }, [word('pickFan')]))
  const query = `appid=${encodeURIComponent(state.appid)}&openid=${encodeURIComponent(state.openid)}`
  const chat = await call(`/chat?${query}`)
  history.replaceState(null, '', `?${query}`)
  drawClock(chat.now)
  const { now: _now, ...rest } = chat
  const shown = JSON.stringify([rest, locale()])
  if (shown === state.shown) return
  const box = at('chat')
  const atEnd = toEnd || box.scrollHeight - box.scrollTop - box.clientHeight < 80
  state.shown = shown
  state.chat = chat
  drawHead(chat)
  box.replaceChildren(...drawChat(chat, taps))
  if (atEnd) box.scrollTop = box.scrollHeight
  for (const image of box.querySelectorAll('img'))
    image.addEventListener('load', () => {
      if (atEnd) box.scrollTop = box.scrollHeight
    })
}

/** @param {string} now */
function drawClock(now) {
  at('clock').textContent = shortTime(now)
}

/** @param {any} chat */
function drawHead(chat) {
  at('account-name').textContent = chat.account.name
  at('article-account').textContent = chat.account.name
  at('fan-name').textContent = chat.fan.nickname
  at('follow').textContent = chat.fan.following ? word('unfollow') : word('follow')
  at('write').hidden = !chat.fan.following
  at('stranger').hidden = chat.fan.following
}

/** @param {string} action @param {object} [more] */
async function act(action, more = {}) {
  try {
    await call('/act', { appid: state.appid, openid: state.openid, action, ...more })
    return true
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    toast(
      message.includes('closed')
        ? word('closed')
        : message.includes('offline')
          ? word('offline')
          : message.includes('expired')
            ? word('codeOver')
            : message.includes('code')
              ? word('noCode')
              : word('failed'),
    )
    return false
  }
}

const whom = () => `appid=${encodeURIComponent(state.appid)}&openid=${encodeURIComponent(state.openid)}`

/** A fan's menu changes rarely: read when the fan is chosen, and once a minute. */
async function refreshMenu() {
  if (!state.appid || !state.openid) return
  const { buttons } = await call(`/menu?${whom()}`)
  drawMenu(at('menu'), state.chat?.fan.following ? buttons : [], tapMenu)
}

/** @param {number[]} place @param {any} button */
async function tapMenu(place, button) {
  if (!(await act('menu', { button: place }))) return
  if (button.url && button.type === 'view') taps.web(button.url)
  if (button.appid) taps.miniProgram(button)
  if (button.page) taps.open({ url: button.page })
  await refresh(true)
}

/** Who holds the phone is said behind the `#`: pages of the simulated WeChat read it there, servers never see it. @param {string} url */
function openWeb(url) {
  if (url.startsWith(location.origin) && new URL(url).pathname.startsWith('/s/'))
    return openArticle({ url: new URL(url).pathname })
  const holder = `wx-openid=${encodeURIComponent(state.openid)}&wx-appid=${encodeURIComponent(state.appid)}`
  window.open(url.includes('#') ? url : `${url}#${holder}`, '_blank', 'noreferrer')
}

/** @type {import('./draw-messages.js').Taps} */
const taps = {
  open: (article) => void openArticle(article),
  web: (url) => void openWeb(url),
  miniProgram({ appid, pagepath, path, title }) {
    at('program-name').textContent = title || appid
    at('program-path').textContent = `${appid}\n${pagepath ?? path ?? ''}`
    at('program').hidden = false
  },
  async menuItem(item, choice) {
    await act(
      'msgmenu',
      item ? { msgId: item.id, itemId: choice.id } : { itemId: choice.id, content: choice.content },
    )
    await refresh(true)
  },
  say: toast,
}

async function subscribe() {
  const { items } = await call(`/subscriptions?${whom()}`)
  if (items.length === 0) return toast(word('noTemplates'))
  askToSubscribe(at('sheet'), items, async (answers) => {
    if (await act('subscribe', { popup: 'h5', answers })) toast(word('done'))
  })
}

/** Opening counts as reading, as on a real phone. @param {any} article */
async function openArticle(article) {
  state.article = article
  const url = article.url ?? article.Url ?? ''
  if (!url.startsWith('/s/')) return window.open(url, '_blank', 'noreferrer')
  at('article').src = url
  at('chat-view').hidden = true
  at('article-view').hidden = false
  if (!url.startsWith('/s/draft/')) await call('/act', deed('read')).catch(() => undefined)
}

/** @param {string} action */
const deed = (action) => ({ appid: state.appid, openid: state.openid, action, article: state.article.url })

function showChat() {
  at('article-view').hidden = true
  at('chat-view').hidden = false
  at('article').src = 'about:blank'
}

async function toggleFollow() {
  await act(state.chat?.fan.following ? 'unfollow' : 'follow')
  await refresh(true)
}

function listen() {
  at('account').addEventListener('change', async () => {
    state.appid = at('account').value
    state.openid = ''
    showChat()
    await searchFans()
  })
  at('search').addEventListener('input', () => {
    clearTimeout(listen.timer)
    listen.timer = setTimeout(() => searchFans(), 250)
  })
  at('more').addEventListener('click', () => searchFans(true))
  at('switch').addEventListener('click', () => document.body.classList.toggle('picking'))
  at('follow').addEventListener('click', toggleFollow)
  at('follow-now').addEventListener('click', toggleFollow)
  at('back').addEventListener('click', showChat)
  at('program').addEventListener('click', () => {
    at('program').hidden = true
  })
  at('subscribe').addEventListener('click', subscribe)
  at('scan').addEventListener('click', async () => {
    const { items } = await call(`/codes?appid=${encodeURIComponent(state.appid)}`)
    askWhatToScan(at('sheet'), items, async (held) => {
      if (await act('scan', held)) toast(word('done'))
      await refresh(true)
    })
  })
  at('language').addEventListener('click', async () => {
    toggleLanguage()
    draw()
    drawFans()
    await refresh()
  })
  at('write').addEventListener('submit', async (/** @type {Event} */ event) => {
    event.preventDefault()
    const content = at('text').value.trim()
    if (content && (await act('text', { content }))) at('text').value = ''
    await refresh(true)
  })
  at('comment').addEventListener('submit', async (/** @type {Event} */ event) => {
    event.preventDefault()
    const content = at('comment-text').value.trim()
    if (!content || !(await act('comment', { content, article: state.article.url }))) return
    at('comment-text').value = ''
    toast(word('done'))
  })
  for (const button of document.querySelectorAll('[data-act]'))
    button.addEventListener('click', async () => {
      const action = button.getAttribute('data-act') ?? ''
      if (await act(action, { article: state.article.url })) toast(word('done'))
    })
}
/** @type {ReturnType<typeof setTimeout> | undefined} */
listen.timer = undefined

function draw() {
  placeWords()
  at('language').textContent = word('language')
  document.title = word('title')
}

draw()
listen()
await loadAccounts()
setInterval(() => {
  if (document.visibilityState === 'visible' && at('article-view').hidden) refresh().catch(() => undefined)
}, POLL_MS)
setInterval(() => {
  if (document.visibilityState === 'visible') refreshMenu().catch(() => undefined)
}, MENU_MS)
