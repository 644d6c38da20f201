import { isObject, type JsonObject } from '../../json.ts'
import type { Queries } from '../../store/database.ts'
import type { Account } from '../account.ts'
import { findMedia, type MediaRow } from '../material/store.ts'
import { firstLink } from '../personal/ledger.ts'
import { refuse } from '../refusal.ts'

/** Not documented; what clients commonly keep to. */
const MAX_TEXT_BYTES = 2_048
const MAX_URL_BYTES = 2_048
const MAX_MENU_ITEMS = 10

export type CustomContent = { msgtype: string; content: JsonObject; url: string }
/** What is asked of the shelves while contents are read; the same material is looked up once. */
export type Shelves = {
  media(id: unknown, kinds: readonly MediaRow['kind'][]): Promise<MediaRow>
  article(id: unknown): Promise<{ articles: JsonObject[] }>
}

/** Reads and checks the message object of `custom/send`, as strictly as the platform. */
export async function readCustom(
  body: JsonObject,
  account: Account,
  shelves: Shelves,
): Promise<CustomContent> {
  const { msgtype } = body
  const read = typeof msgtype === 'string' ? READERS[msgtype] : undefined
  if (!read) refuse(40008)
  const given = body[msgtype as string]
  const { content, url = '' } = await read(isObject(given) ? given : {}, { account, shelves })
  return { msgtype: msgtype as string, content, url }
}

type Context = { account: Account; shelves: Shelves }
type Read = (given: JsonObject, context: Context) => Promise<{ content: JsonObject; url?: string }>

const filled = (value: unknown, errcode: number): string =>
  typeof value === 'string' && value.trim() !== '' ? value : refuse(errcode)
const words = (value: unknown): string => (typeof value === 'string' ? value : '')
function address(value: unknown): string {
  const url = words(value)
  return Buffer.byteLength(url) > MAX_URL_BYTES ? refuse(45005) : url
}

const READERS: Record<string, Read> = {
  async text({ content }, { account }) {
    const text = filled(content, 44004)
    if (Buffer.byteLength(text) > MAX_TEXT_BYTES) refuse(45002)
    for (const [, , appid] of text.matchAll(/\bdata-miniprogram-appid\s*=\s*(["'])(.*?)\1/gi))
      linkedMiniProgram(account, appid)
    return { content: { content: text }, url: firstLink(text) }
  },
  async image({ media_id }, { shelves }) {
    return { content: { media_id: (await shelves.media(media_id, ['image'])).media_id } }
  },
  async voice({ media_id }, { shelves }) {
    return { content: { media_id: (await shelves.media(media_id, ['voice'])).media_id } }
  },
  async video({ media_id, thumb_media_id, title, description }, { shelves }) {
    const film = await shelves.media(media_id, ['video'])
    if (thumb_media_id !== undefined && thumb_media_id !== '')
      await shelves.media(thumb_media_id, ['thumb', 'image'])
    return {
      content: {
        media_id: film.media_id,
        title: words(title) || film.title,
        description: words(description),
      },
    }
  },
  async music({ title, description, musicurl, hqmusicurl, thumb_media_id }, { shelves }) {
    const thumb = await shelves.media(thumb_media_id, ['thumb', 'image'])
    const url = address(filled(musicurl, 40035))
    return {
      content: {
        title: words(title),
        description: words(description),
        musicurl: url,
        hqmusicurl: address(hqmusicurl),
        thumb_media_id: thumb.media_id,
      },
      url,
    }
  },
  async news({ articles }) {
    if (!Array.isArray(articles) || articles.length === 0) refuse(44003)
    if (articles.length !== 1) refuse(45008)
    const [article] = articles
    if (!isObject(article)) refuse(44003)
    const { title, description, url, picurl } = article
    const card = {
      title: words(title),
      description: words(description),
      url: address(url),
      picurl: address(picurl),
    }
    if (card.title === '' && card.description === '') refuse(44003)
    return { content: { articles: [card] }, url: card.url }
  },
  // The permanent news it would name can't be made any more.
  async mpnews() {
    refuse(40007)
  },
  async mpnewsarticle({ article_id }, { shelves }) {
    const { articles } = await shelves.article(article_id)
    return { content: { article_id, articles } }
  },
  async msgmenu({ head_content, list, tail_content }) {
    const items = Array.isArray(list) ? list : []
    const right = items.every(
      (item) => isObject(item) && words(item['id']) !== '' && words(item['content']) !== '',
    )
    if (items.length === 0 || items.length > MAX_MENU_ITEMS || !right) refuse(40035)
    return { content: { head_content: words(head_content), list: items, tail_content: words(tail_content) } }
  },
  async miniprogrampage({ title, appid, pagepath, thumb_media_id }, { account, shelves }) {
    linkedMiniProgram(account, appid)
    const thumb = await shelves.media(thumb_media_id, ['thumb', 'image'])
    return {
      content: {
        title: filled(title, 40035),
        appid,
        pagepath: filled(pagepath, 40035),
        thumb_media_id: thumb.media_id,
      },
    }
  },
}

/** A mini program has to be linked to the account at WeChat. */
export function linkedMiniProgram(account: Account, appid: unknown): string {
  const { miniPrograms } = account.settings
  if (typeof appid !== 'string' || !/^wx[0-9a-zA-Z]{4,30}$/.test(appid)) refuse(40013)
  return miniPrograms && !miniPrograms.includes(appid) ? refuse(40013) : appid
}

/** The account's shelves for the length of one batch. */
export function shelvesOf(db: Pick<Queries, 'row' | 'rows'>, account: Account, now: Date): Shelves {
  const media = new Map<string, Promise<MediaRow | undefined>>()
  const articles = new Map<string, Promise<JsonObject[]>>()
  return {
    async media(id, kinds) {
      if (typeof id !== 'string' || id === '') refuse(40007)
      const looking = media.get(id) ?? findMedia(db, account.id, id, now)
      media.set(id, looking)
      const found = await looking
      return found && kinds.includes(found.kind) ? found : refuse(40007)
    },
    async article(id) {
      if (typeof id !== 'string' || id === '') refuse(53600)
      const looking = articles.get(id) ?? publishedArticles(db, account, id)
      articles.set(id, looking)
      const found = await looking
      return found.length > 0 ? { articles: found } : refuse(53600)
    },
  }
}

async function publishedArticles(
  db: Pick<Queries, 'rows'>,
  account: Account,
  id: string,
): Promise<JsonObject[]> {
  const rows = await db.rows<{ key: string; fields: JsonObject }>(
    `select key, fields - 'content' as fields from article join publication using (msg_data_id)
     where publication.account_id = $1 and article_id = $2 and article.deleted_at is null order by idx`,
    [account.id, id],
  )
  return rows.map(({ key, fields }) => ({ ...fields, url: `/s/${key}` }))
}
