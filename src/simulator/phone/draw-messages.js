import { make } from './make.js'
import { word } from './words.js'

/**
 * What somebody holding the phone may do with what is drawn.
 * @typedef {{
 *   open(article: any): void,
 *   web(url: string): void,
 *   miniProgram(to: { appid: string, pagepath?: string, path?: string, title?: string }): void,
 *   menuItem(item: any, choice: { id: string, content: string }): void,
 *   say(text: string): void,
 * }} Taps
 */

/** One message to a single person, by its type, as WeChat draws it. @param {any} item @param {Taps} taps @returns {HTMLElement | undefined} */
export function drawPersonal(item, taps) {
  if (item.kind === 'template' || item.kind === 'subscription') return drawNotice(item, taps)
  const draw = DRAWN[item.msgtype]
  return draw?.(item.content, taps, item)
}

/** @type {Record<string, (content: any, taps: Taps, item: any) => HTMLElement>} */
const DRAWN = {
  text: (content, taps) => make('div', { class: 'bubble' }, drawText(content.content, taps)),
  voice: () => make('div', { class: 'bubble sound' }, ['▶ ', word('voice'), ' 12″']),
  video: ({ title, description }) =>
    make('div', { class: 'clip' }, [
      make('span', { class: 'play', 'aria-hidden': 'true' }, ['▶']),
      make('b', {}, [title || word('video')]),
      make('small', {}, [description ?? '']),
    ]),
  music: ({ title, description, musicurl }, taps) =>
    button('tune', () => taps.web(musicurl), [
      make('span', { class: 'tune-words' }, [
        make('b', {}, [title || word('music')]),
        make('small', {}, [description ?? '']),
      ]),
      make('span', { class: 'play', 'aria-hidden': 'true' }, ['♪']),
    ]),
  news: ({ articles }, taps) => drawCard(articles?.[0] ?? {}, taps),
  msgmenu: drawMenuMessage,
  miniprogrampage: drawMiniProgram,
}

/** Links, menu links and mini-program links are the only markup that texts may have. @param {string} text @param {Taps} taps */
export const drawText = (text, taps) =>
  split(
    text,
    /<a\b([^>]*)>([\s\S]*?)<\/a>/gi,
    ([, attributes = '', label = '']) => drawLink(attributes, label, taps),
    (plain) =>
      split(plain, /https?:\/\/[^\s<>"'，。；、！？）】]+/gi, ([url]) => tappable(url, () => taps.web(url))),
  )

/**
 * What matches and what lies between, each drawn its own way.
 * @param {string} text @param {RegExp} pattern @param {(match: RegExpExecArray) => Node} draw
 * @param {(plain: string) => (Node | string)[]} between @returns {(Node | string)[]}
 */
function split(text, pattern, draw, between = (plain) => [plain]) {
  /** @type {(Node | string)[]} */
  const parts = []
  let at = 0
  for (const match of text.matchAll(pattern)) {
    parts.push(...between(text.slice(at, match.index)), draw(match))
    at = match.index + match[0].length
  }
  return [...parts, ...between(text.slice(at))]
}

/** @param {string} attributes @param {string} label @param {Taps} taps */
function drawLink(attributes, label, taps) {
  /** @param {string} name */
  const read = (name) =>
    (new RegExp(`(?:^|\\s)${name}\\s*=\\s*["']([^"']*)["']`, 'i').exec(attributes)?.[1] ?? '').replaceAll(
      '&amp;',
      '&',
    )
  const href = read('href')
  const appid = read('data-miniprogram-appid')
  if (appid)
    return tappable(label, () => taps.miniProgram({ appid, pagepath: read('data-miniprogram-path') }), 'mini')
  if (href.startsWith('weixin://bizmsgmenu')) {
    const query = new URLSearchParams(href.split('?')[1] ?? '')
    const content = query.get('msgmenucontent') ?? label
    return tappable(label, () => taps.menuItem(null, { id: query.get('msgmenuid') ?? '', content }))
  }
  if (/^https?:/i.test(href)) return tappable(label, () => taps.web(href))
  return make('span', { class: 'link' }, [label])
}

/** @param {string} label @param {() => void} tap @param {string} [more] */
const tappable = (label, tap, more = '') => button(`link ${more}`.trim(), tap, [label])

/** @param {string} name @param {() => void} tap @param {(Node | string)[]} children */
function button(name, tap, children) {
  const element = make('button', { type: 'button', class: name }, children)
  element.addEventListener('click', tap)
  return element
}

/** 图文: one card to a page or an article. @param {any} article @param {Taps} taps */
function drawCard({ title, description, url, picurl }, taps) {
  return button('news', () => taps.web(url), [
    make('span', { class: 'news-words' }, [
      make('b', {}, [title ?? '']),
      make('small', {}, [description ?? '']),
    ]),
    picurl
      ? make('img', { src: localPicture(picurl), alt: '', loading: 'lazy' })
      : make('span', { class: 'no-cover' }),
  ])
}

/** Pictures that the simulator keeps are asked of whoever serves this page. @param {string} url */
export const localPicture = (url) => url.replace(/^https?:\/\/[^/]+\/mmbiz\//, '/mmbiz/')

/** 菜单消息. @param {any} content @param {Taps} taps @param {any} item */
function drawMenuMessage({ head_content: head, list = [], tail_content: tail }, taps, item) {
  const choices = list.map((/** @type {{ id: string, content: string }} */ choice) =>
    tappable(choice.content, () => taps.menuItem(item, choice), 'choice'),
  )
  return make('div', { class: 'bubble' }, [head ?? '', ...choices, tail ?? ''])
}

/** @param {any} content @param {Taps} taps */
function drawMiniProgram(content, taps) {
  return button('program', () => taps.miniProgram(content), [
    make('small', {}, [content.appid ?? '']),
    make('b', {}, [content.title ?? '']),
    content.thumb_media_id
      ? make('img', {
          src: `/mmbiz/${encodeURIComponent(content.thumb_media_id)}/0`,
          alt: '',
          loading: 'lazy',
        })
      : make('span', { class: 'no-cover' }),
    make('small', { class: 'mini' }, [word('miniProgram')]),
  ])
}

/** 模板消息 and 订阅通知: title, fields in rows, and where a tap leads. @param {any} item @param {Taps} taps */
function drawNotice({ kind, content }, taps) {
  const { title, lines = [], miniprogram, footer } = content
  const url = content.url || content.page
  const rows = lines.map((/** @type {{ name: string, value: string }} */ { name, value }) =>
    make('span', { class: 'notice-row' }, [make('span', {}, [name]), make('span', {}, [value])]),
  )
  const where = content.where === 'notices' ? word('inNotices') : word(kind)
  const card = make('div', { class: 'notice-card' }, [
    make('small', { class: 'notice-kind' }, [where]),
    make('b', {}, [title ?? '']),
    ...rows,
    ...(footer ? [make('small', {}, [footer])] : []),
  ])
  if (miniprogram?.appid)
    card.append(button('notice-more', () => taps.miniProgram(miniprogram), [word('openMiniProgram')]))
  else if (url) card.append(button('notice-more', () => taps.web(url), [word('details')]))
  return card
}
