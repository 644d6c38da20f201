import { locale, word } from './words.js'

/**
 * Makes an element. Content only ever enters as text, never as HTML: what is shown was written by others.
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} [children]
 */
export function make(tag, attributes = {}, children = []) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/** Half an hour of silence, and the next message gets its time above it. */
const SILENCE_MS = 5 * 60_000

/** @param {string} at */
const timeOf = (at) =>
  new Date(at).toLocaleString(locale(), {
    timeZone: 'Asia/Shanghai',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })

/**
 * The whole chat, oldest first.
 * @param {{ items: any[], account: { name: string }, fan: { nickname: string } }} chat
 * @param {(article: any) => void} open
 */
export function drawChat(chat, open) {
  /** @type {Node[]} */
  const nodes = []
  let before = 0
  for (const item of chat.items) {
    const at = Date.parse(item.at)
    if (at - before > SILENCE_MS) nodes.push(make('time', { class: 'when' }, [timeOf(item.at)]))
    before = at
    nodes.push(drawMessage(item, chat, open))
    if (item.unserved) nodes.push(make('p', { class: 'notice' }, [word('unserved')]))
  }
  if (nodes.length === 0) nodes.push(make('p', { class: 'notice' }, [word('empty')]))
  return nodes
}

/** @param {any} item @param {any} chat @param {(article: any) => void} open */
function drawMessage(item, chat, open) {
  const mine = item.from === 'fan'
  const name = mine ? chat.fan.nickname : chat.account.name
  const avatar = make('span', { class: 'avatar', 'aria-hidden': 'true' }, [[...name][0] ?? ''])
  const body = drawBody(item, open)
  if (item.kind === 'preview') body.append(make('span', { class: 'mark' }, [word('preview')]))
  return make(
    'div',
    { class: `message ${mine ? 'mine' : 'theirs'} ${item.content.articles ? 'wide' : ''}` },
    [avatar, body],
  )
}

/** @param {any} item @param {(article: any) => void} open */
function drawBody(item, open) {
  const { content, msgtype } = item
  if (content.articles) return drawArticles(item, open)
  if (msgtype === 'text') return make('div', { class: 'bubble' }, drawText(content.content))
  if (content.pictures) return make('div', { class: 'pictures' }, content.pictures.map(drawPicture))
  if (msgtype === 'image') return make('div', { class: 'pictures' }, [drawPicture(content)])
  if (msgtype === 'voice') return make('div', { class: 'bubble' }, [`▶ ${word('voice')}`])
  if (msgtype === 'mpvideo' || msgtype === 'video')
    return make('div', { class: 'bubble' }, [`▶ ${content.title || word('video')}`])
  return make('div', { class: 'bubble' }, [word('other')])
}

/** @param {{ media_id: string }} picture */
const drawPicture = (picture) =>
  make('img', { src: `/mmbiz/${encodeURIComponent(picture.media_id)}/0`, alt: '', loading: 'lazy' })

/** Links are the only markup that texts may have. @param {string} text */
function drawText(text) {
  /** @type {(Node | string)[]} */
  const parts = []
  let at = 0
  for (const match of text.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/gi)) {
    parts.push(text.slice(at, match.index))
    const href = /href\s*=\s*["']([^"']*)["']/i.exec(match[1] ?? '')?.[1] ?? ''
    const safe = /^https?:/i.test(href) ? { href, target: '_blank', rel: 'noreferrer noopener' } : {}
    parts.push(make('a', { class: 'link', ...safe }, [match[2] ?? '']))
    at = match.index + match[0].length
  }
  parts.push(text.slice(at))
  return parts
}

/** The first article with its cover, the others as rows. @param {any} item @param {(article: any) => void} open */
function drawArticles(item, open) {
  const offline = new Set(item.offline ?? [])
  const cards = item.content.articles.map((/** @type {any} */ article, /** @type {number} */ index) => {
    const cover = article.cover || article.PicUrl || ''
    const picture = cover
      ? make('img', { src: cover.replace(/^https?:\/\/[^/]+\/mmbiz\//, '/mmbiz/'), alt: '', loading: 'lazy' })
      : make('span', { class: 'no-cover' })
    const card = make('button', { type: 'button', class: index === 0 ? 'card first' : 'card' }, [
      picture,
      make('span', { class: 'card-title' }, [article.title ?? article.Title ?? '']),
    ])
    if (offline.has(index + 1)) card.classList.add('offline-card')
    card.addEventListener('click', () => open(article))
    return card
  })
  const single = item.content.articles.length === 1 && item.content.articles[0].digest
  if (single) cards.push(make('p', { class: 'digest' }, [item.content.articles[0].digest]))
  return make('div', { class: 'cards' }, cards)
}

/** @param {any} fan @param {boolean} chosen @param {() => void} choose */
export function drawFan(fan, chosen, choose) {
  const button = make('button', { type: 'button', class: chosen ? 'fan chosen' : 'fan' }, [
    make('span', { class: 'avatar', 'aria-hidden': 'true' }, [[...fan.nickname][0] ?? '']),
    make('span', { class: 'fan-words' }, [
      make('b', {}, [fan.nickname]),
      make('small', {}, [fan.wechatId]),
      make('small', {}, [fan.tags.join(' · ') || (fan.following ? word('following') : word('left'))]),
    ]),
  ])
  if (!fan.following) button.classList.add('gone')
  button.addEventListener('click', choose)
  return make('li', {}, [button])
}
