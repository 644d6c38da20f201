import { drawPersonal, drawText, localPicture } from './draw-messages.js'
import { make } from './make.js'
import { locale, word } from './words.js'

export { make }

/** After some minutes of silence the next message gets its time above it. */
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
 * @param {import('./draw-messages.js').Taps} taps
 */
export function drawChat(chat, taps) {
  /** @type {Node[]} */
  const nodes = []
  let before = 0
  for (const item of chat.items) {
    const at = Date.parse(item.at)
    if (at - before > SILENCE_MS) nodes.push(make('time', { class: 'when' }, [timeOf(item.at)]))
    before = at
    nodes.push(drawMessage(item, chat, taps))
    if (item.unserved) nodes.push(make('p', { class: 'notice' }, [word('unserved')]))
  }
  if (nodes.length === 0) nodes.push(make('p', { class: 'notice' }, [word('empty')]))
  return nodes
}

const PERSONAL = new Set(['custom', 'template', 'subscription'])

/** @param {any} item @param {any} chat @param {import('./draw-messages.js').Taps} taps */
function drawMessage(item, chat, taps) {
  const mine = item.from === 'fan'
  const name = mine ? chat.fan.nickname : chat.account.name
  const avatar = make('span', { class: 'avatar', 'aria-hidden': 'true' }, [[...name][0] ?? ''])
  const body = drawBody(item, taps)
  if (item.kind === 'preview') body.append(make('span', { class: 'mark' }, [word('preview')]))
  return make('div', { class: `message ${mine ? 'mine' : 'theirs'} ${isWide(item) ? 'wide' : ''}` }, [
    avatar,
    body,
  ])
}

/** Articles and notices take the whole width; one card beside the account's picture does not. @param {any} item */
const isWide = ({ kind, msgtype, content }) =>
  kind === 'template' || kind === 'subscription' || (content.articles && msgtype !== 'news')

/** @param {any} item @param {import('./draw-messages.js').Taps} taps */
function drawBody(item, taps) {
  const { content, msgtype } = item
  const personal = PERSONAL.has(item.kind) && msgtype !== 'image' ? drawPersonal(item, taps) : undefined
  if (personal) return personal
  if (content.articles) return drawArticles(item, taps.open)
  if (msgtype === 'text') return make('div', { class: 'bubble' }, drawText(content.content, taps))
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

/** The first article with its cover, the others as rows. @param {any} item @param {(article: any) => void} open */
function drawArticles(item, open) {
  const offline = new Set(item.offline ?? [])
  const cards = item.content.articles.map((/** @type {any} */ article, /** @type {number} */ index) => {
    const cover = article.cover || article.PicUrl || ''
    const picture = cover
      ? make('img', { src: localPicture(cover), alt: '', loading: 'lazy' })
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
