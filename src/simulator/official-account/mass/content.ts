import { createHash } from 'node:crypto'
import { isObject, type JsonObject } from '../../json.ts'
import type { Queries } from '../../store/database.ts'
import { type Call, characters } from '../call.ts'
import { type Article, CONTRACT_AD, UPLOADED_VIDEO } from '../drafts/article.ts'
import { type DraftRow, findDraft } from '../drafts/endpoints.ts'
import { findMedia, type MediaRow } from '../material/store.ts'
import { refuse } from '../refusal.ts'

/** What a mass send carries, taken as it is at the moment of the call. */
export type MassContent = {
  msgtype: string
  /** As the ledger keeps it. */
  content: JsonObject
  /** Equal for equal content, whichever draft or batch it came in. */
  contentKey: string
  /** The draft that dies when this is sent. */
  draftId: string | null
  articles: Article[] | null
}

/** The owner sends from WeChat's own backend what the interfaces refuse. */
type Purpose = 'mass' | 'preview' | 'console'
type Source = Pick<Call, 'account' | 'body' | 'now'> & { db: Pick<Queries, 'row'> }

/** The web console's limit; the page of the API names none. Markup of links isn't counted. */
const MAX_TEXT = 600
const MAX_PICTURES = 20

/** Reads and checks the message object of a mass send or a preview. */
export async function readContent(source: Source, purpose: Purpose): Promise<MassContent> {
  const { body } = source
  const msgtype = body['msgtype']
  if (msgtype === 'wxcard') refuse(45113)
  if (msgtype === 'mpnews') return readNews(source, purpose)
  if (msgtype === 'text') return readText(body)
  if (msgtype === 'voice') return readMedia(source, 'voice', ['voice'])
  if (msgtype === 'mpvideo') return readMedia(source, 'mpvideo', ['mpvideo'])
  if (msgtype === 'music' && purpose === 'preview') return simple('music', part(body, 'music', 40008))
  if (msgtype === 'image') {
    // The old single form is left in previews only.
    if (!isObject(body['images']) && isObject(body['image']) && purpose === 'preview')
      return readMedia(source, 'image', ['image'])
    return readPictures(source)
  }
  return refuse(40008)
}

const part = (body: JsonObject, field: string, errcode: number): JsonObject => {
  const value = body[field]
  return isObject(value) ? value : refuse(errcode)
}

async function readNews({ db, account, body }: Source, purpose: Purpose): Promise<MassContent> {
  const id = part(body, 'mpnews', 40007)['media_id']
  const draft = typeof id === 'string' ? await findDraft(db, account.id, id) : undefined
  if (!draft) refuse(40007)
  const { articles } = draft
  if (purpose !== 'console') refuseForConsoleOnly(draft)
  return {
    msgtype: 'mpnews',
    content: { articles: articles.map(({ content: _content, ...fields }) => fields) },
    contentKey: keyOf(['mpnews', articles]),
    draftId: draft.media_id,
    articles,
  }
}

/**
 * What goes out from WeChat's own backend only (error codes of 根据标签群发, checked 2026-11): a draft that it saved by itself, a
 * video that came through the interface, a contracted advertisement.
 */
function refuseForConsoleOnly({ auto_saved: autoSaved, articles }: DraftRow): void {
  if (autoSaved) refuse(48021)
  if (articles.some(({ content }) => content.includes(UPLOADED_VIDEO))) refuse(48022)
  if (articles.some(({ content }) => content.includes(CONTRACT_AD))) refuse(45062)
}

function readText(body: JsonObject): MassContent {
  const content = part(body, 'text', 44004)['content']
  if (typeof content !== 'string' || content.trim() === '') refuse(44004)
  if (characters(content.replace(/<\/?a\b[^>]*>/gi, '')) > MAX_TEXT) refuse(45002)
  return simple('text', { content })
}

async function readMedia(
  { db, account, body, now }: Source,
  msgtype: string,
  kinds: MediaRow['kind'][],
): Promise<MassContent> {
  const given = part(body, msgtype, 40007)
  const id = given['media_id']
  const media = typeof id === 'string' ? await findMedia(db, account.id, id, now) : undefined
  if (!media || !kinds.includes(media.kind)) refuse(40007)
  const words = msgtype === 'mpvideo' ? { title: given['title'] ?? media.title } : {}
  return simple(msgtype, { media_id: media.media_id, content_type: media.content_type, ...words })
}

async function readPictures({ db, account, body, now }: Source): Promise<MassContent> {
  const given = part(body, 'images', 40007)
  const ids = given['media_ids']
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > MAX_PICTURES) refuse(40215)
  const pictures: JsonObject[] = []
  for (const id of ids) {
    const media = typeof id === 'string' ? await findMedia(db, account.id, id, now) : undefined
    if (media?.kind !== 'image') refuse(40007)
    pictures.push({ media_id: media.media_id, content_type: media.content_type })
  }
  if (given['need_open_comment'] && !(account.settings.commentRight ?? account.verified)) refuse(88000)
  return simple('image', { pictures, recommend: given['recommend'] ?? '', title: given['title'] ?? '' })
}

const simple = (msgtype: string, content: JsonObject): MassContent => ({
  msgtype,
  content,
  contentKey: keyOf([msgtype, content]),
  draftId: null,
  articles: null,
})

const keyOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)
