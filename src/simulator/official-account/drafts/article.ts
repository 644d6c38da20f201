import { isObject, type JsonObject } from '../../json.ts'
import type { World } from '../../world.ts'
import type { Account } from '../account.ts'
import { characters } from '../call.ts'
import { findMedia, mediaUrl } from '../material/store.ts'
import { refuse } from '../refusal.ts'

/** An article as it is kept: in drafts, in publications, and as a snapshot in a mass send. */
export type Article = {
  article_type: 'news' | 'newspic'
  title: string
  author: string
  digest: string
  content: string
  content_source_url: string
  thumb_media_id: string
  need_open_comment: 0 | 1
  only_fans_can_comment: 0 | 1
  image_info?: { image_list: { image_media_id: string }[] }
  cover_info?: JsonObject
  product_info?: JsonObject
}

const MAX_ARTICLES = 8
const MAX_TITLE = 32
const MAX_AUTHOR = 16
const MAX_DIGEST = 120
const DEFAULT_DIGEST = 54
const CONTENT_BELOW_CHARACTERS = 20_000
const CONTENT_BELOW_BYTES = 1024 * 1024
const MAX_SOURCE_URL_BYTES = 1024
const MAX_PICTURES = 20

/** Checks and completes the articles of a draft (新增草稿, checked 2026-11). */
export async function readArticles(world: World, account: Account, list: unknown): Promise<Article[]> {
  if (!Array.isArray(list)) refuse(40035)
  if (list.length === 0) refuse(44003)
  if (list.length > MAX_ARTICLES) refuse(45008)
  const articles: Article[] = []
  for (const item of list) articles.push(await readArticle(world, account, item))
  return articles
}

export async function readArticle(world: World, account: Account, item: unknown): Promise<Article> {
  if (!isObject(item)) refuse(40035)
  const type = item['article_type'] ?? 'news'
  if (type !== 'news' && type !== 'newspic') refuse(40035)
  const comments = { open: flag(item, 'need_open_comment'), fans: flag(item, 'only_fans_can_comment') }
  if (comments.open && !(account.settings.commentRight ?? account.verified)) refuse(88000)
  const content = readContent(item)
  return {
    article_type: type,
    title: readTitle(item),
    author: limited(item, 'author', MAX_AUTHOR, 45110),
    digest: limited(item, 'digest', MAX_DIGEST, 45004) || defaultDigest(content),
    content,
    content_source_url: readSourceUrl(item),
    thumb_media_id: await readThumb(world, account, item, type),
    need_open_comment: comments.open,
    only_fans_can_comment: comments.fans,
    ...(type === 'newspic' ? { image_info: await readPictures(world, account, item) } : {}),
    ...(isObject(item['cover_info']) ? { cover_info: readCover(item['cover_info']) } : {}),
    ...(isObject(item['product_info']) ? { product_info: item['product_info'] } : {}),
  }
}

function readTitle(item: JsonObject): string {
  const title = limited(item, 'title', MAX_TITLE, 45003)
  return title.trim() === '' ? refuse(45003) : title
}

function limited(item: JsonObject, field: string, max: number, errcode: number): string {
  const value = item[field] ?? ''
  if (typeof value !== 'string') refuse(40035)
  return characters(value) > max ? refuse(errcode) : value
}

function flag(item: JsonObject, field: string): 0 | 1 {
  const value = item[field] ?? 0
  if (value === 0 || value === '0' || value === false) return 0
  if (value === 1 || value === '1' || value === true) return 1
  return refuse(40035)
}

function readContent(item: JsonObject): string {
  const content = item['content']
  if (typeof content !== 'string' || content.trim() === '')
    return item['article_type'] === 'newspic' && (content === undefined || content === '')
      ? ''
      : refuse(44004)
  if (characters(content) >= CONTENT_BELOW_CHARACTERS || Buffer.byteLength(content) >= CONTENT_BELOW_BYTES)
    refuse(45002)
  return cleaned(content)
}

/** Scripts are dropped, and pictures that weren't uploaded through `uploadimg` or as material. */
function cleaned(html: string): string {
  return html
    .replace(/<script\b[\s\S]*?(<\/script\s*>|$)/gi, '')
    .replace(/\son[a-z]+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, '')
    .replace(/<img\b[^>]*>/gi, (tag) => {
      const source = /\s(?:data-)?src\s*=\s*["']?([^"'\s>]+)/i.exec(tag)?.[1] ?? ''
      return OURS.test(source) || /^https?:\/\/mmbiz\.q(pic|logo)\.cn\//.test(source) ? tag : ''
    })
    .replaceAll(new RegExp(OURS, 'g'), PICTURES)
}

/** Pictures are kept under WeChat's own host and shown under ours, so that a changed port breaks no article. */
export const PICTURES = 'https://mmbiz.qpic.cn/mmbiz/'
const OURS = /https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?\/mmbiz\//

export const withPictures = (html: string, world: Pick<World, 'origin'>): string =>
  html.replaceAll(PICTURES, `${world.origin()}/mmbiz/`)

const ENTITIES: Record<string, string> = { nbsp: ' ', amp: '&', lt: '<', gt: '>', quot: '"' }

function defaultDigest(content: string): string {
  const plain = content
    .replace(/<[^>]*>/g, '')
    .replace(/&(nbsp|amp|lt|gt|quot);/g, (_all, name: string) => ENTITIES[name] ?? '')
    .trim()
  return [...plain].slice(0, DEFAULT_DIGEST).join('')
}

function readSourceUrl(item: JsonObject): string {
  const value = item['content_source_url'] ?? ''
  if (typeof value !== 'string') refuse(41039)
  if (Buffer.byteLength(value) > MAX_SOURCE_URL_BYTES) refuse(45005)
  return value === '' || /^https?:\/\//.test(value) ? value : refuse(41039)
}

async function readThumb(world: World, account: Account, item: JsonObject, type: string): Promise<string> {
  const id = item['thumb_media_id'] ?? ''
  if (typeof id !== 'string') refuse(40007)
  if (type === 'newspic' && id === '') return ''
  const media = await findMedia(world.db, account.id, id, world.clock.now())
  const fits = media?.permanent && (media.kind === 'image' || media.kind === 'thumb')
  return fits ? id : refuse(40007)
}

async function readPictures(
  world: World,
  account: Account,
  item: JsonObject,
): Promise<Article['image_info']> {
  const info = item['image_info']
  const list = isObject(info) ? info['image_list'] : undefined
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_PICTURES) refuse(40215)
  const pictures: { image_media_id: string }[] = []
  for (const entry of list) {
    const id = isObject(entry) ? entry['image_media_id'] : undefined
    const media =
      typeof id === 'string' ? await findMedia(world.db, account.id, id, world.clock.now()) : undefined
    if (!media?.permanent || media.kind !== 'image') refuse(40007)
    pictures.push({ image_media_id: media.media_id })
  }
  return { image_list: pictures }
}

function readCover(cover: JsonObject): JsonObject {
  const list = cover['crop_percent_list'] ?? []
  if (!Array.isArray(list)) refuse(40035)
  for (const crop of list) {
    if (!isObject(crop) || !['2.35_1', '1_1', '16_9'].includes(String(crop['ratio']))) refuse(40035)
    const corners = ['x1', 'y1', 'x2', 'y2'].map((name) => Number(crop[name]))
    if (corners.some((value) => !(value >= 0 && value <= 1))) refuse(40035)
  }
  return cover
}

/** What the owner puts into an article in WeChat's own backend; a copy of the article carries it along. The marks are ours. */
export const CONTRACT_AD = '<mp-contract-ad></mp-contract-ad>'
export const UPLOADED_VIDEO = '<mp-uploaded-video></mp-uploaded-video>'

export type ArticleLinks = { url: string; deleted?: boolean }

/** The article as the read calls show it. */
export function shownArticle(
  world: World,
  article: Article,
  { url, deleted }: ArticleLinks,
  withContent: boolean,
): JsonObject {
  const { content, ...fields } = article
  const cover = article.thumb_media_id || article.image_info?.image_list[0]?.image_media_id
  return {
    ...fields,
    ...(withContent ? { content: withPictures(content, world) } : {}),
    show_cover_pic: 0,
    url,
    thumb_url: cover ? mediaUrl(world, { media_id: cover, content_type: 'image/png' }) : '',
    ...(deleted === undefined ? {} : { is_deleted: deleted }),
  }
}
