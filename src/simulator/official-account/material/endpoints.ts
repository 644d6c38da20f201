import { randomBytes } from 'node:crypto'
import { isObject, parseJson } from '../../json.ts'
import {
  type Answer,
  Binary,
  type Call,
  characters,
  type Endpoint,
  integer,
  OK,
  text,
  verified,
} from '../call.ts'
import { refuse } from '../refusal.ts'
import { checkArticlePicture, checkUpload, mediaKind } from './kinds.ts'
import { addMedia, findMedia, type MediaRow, mediaUrl, pictureUrl, readBytes } from './store.ts'
import { isUsed } from './used.ts'

/** 100,000 for pictures (and news), 1,000 for each other kind. */
const MAX_KEPT = { image: 100_000, voice: 1_000, video: 1_000, thumb: 1_000 } as const
/** Of a video made ready for a mass send. No page names them: these are our choice, to have a refusal at all. */
const MASS_VIDEO = { title: 64, description: 120 }
const RETIRED = ['/cgi-bin/material/add_news', '/cgi-bin/material/update_news', '/cgi-bin/media/uploadnews']

export const materialEndpoints: Endpoint[] = [
  {
    path: '/cgi-bin/media/upload',
    method: 'POST',
    body: 'multipart',
    allow: verified,
    handle: uploadTemporary,
  },
  { path: '/cgi-bin/media/get', method: 'GET', allow: verified, handle: getTemporary },
  { path: '/cgi-bin/media/uploadimg', method: 'POST', body: 'multipart', handle: uploadPicture },
  { path: '/cgi-bin/media/uploadvideo', method: 'POST', allow: verified, handle: makeMassVideo },
  { path: '/cgi-bin/material/add_material', method: 'POST', body: 'multipart', handle: addPermanent },
  { path: '/cgi-bin/material/get_material', method: 'POST', handle: getPermanent },
  { path: '/cgi-bin/material/del_material', method: 'POST', handle: deletePermanent },
  { path: '/cgi-bin/material/get_materialcount', method: 'GET', handle: countPermanent },
  { path: '/cgi-bin/material/batchget_material', method: 'POST', handle: listPermanent },
  ...RETIRED.map((path): Endpoint => ({ path, method: 'POST', handle: async () => refuse(45103) })),
]

async function uploadTemporary({ world, account, query, fields, file, now }: Call): Promise<Answer> {
  const kind = mediaKind(query['type'] ?? fields['type'])
  const contentType = checkUpload(file, kind, false)
  const mediaId = await addMedia(world.db, account.id, now, {
    kind,
    permanent: false,
    name: file!.filename,
    content_type: contentType,
    bytes: file!.bytes,
  })
  const created = Math.floor(now.getTime() / 1000)
  return { type: kind, media_id: mediaId, created_at: created }
}

async function getTemporary({ world, account, query, now }: Call): Promise<Answer> {
  if (!query['media_id']) refuse(41006)
  const media = await findMedia(world.db, account.id, query['media_id'], now)
  if (!media || media.permanent) refuse(40007)
  if (media.kind === 'video') return { video_url: mediaUrl(world, media) }
  return new Binary(await readBytes(world.db, media.media_id), media.content_type, media.name)
}

async function uploadPicture({ world, account, file }: Call): Promise<Answer> {
  const contentType = checkArticlePicture(file)
  const id = randomBytes(30).toString('base64url')
  await world.db.run('insert into picture (id, account_id, content_type, bytes) values ($1, $2, $3, $4)', [
    id,
    account.id,
    contentType,
    file!.bytes,
  ])
  return { ...OK, url: pictureUrl(world, id, contentType) }
}

async function makeMassVideo({ world, account, body, now }: Call): Promise<Answer> {
  const media = await findMedia(world.db, account.id, text(body, 'media_id', 41006), now)
  if (media?.kind !== 'video') refuse(40007)
  const title = text(body, 'title')
  const introduction = text(body, 'description')
  if (title.trim() === '' || characters(title) > MASS_VIDEO.title) refuse(45003)
  if (characters(introduction) > MASS_VIDEO.description) refuse(45004)
  const mediaId = await addMedia(world.db, account.id, now, {
    kind: 'mpvideo',
    permanent: false,
    name: media.name,
    content_type: media.content_type,
    bytes: await readBytes(world.db, media.media_id),
    title,
    introduction,
  })
  return { type: 'video', media_id: mediaId, created_at: Math.floor(now.getTime() / 1000) }
}

async function addPermanent({ world, account, query, fields, file, now }: Call): Promise<Answer> {
  const kind = mediaKind(query['type'] ?? fields['type'])
  const contentType = checkUpload(file, kind, true)
  const words = kind === 'video' ? videoWords(fields['description']) : undefined
  const kept = await world.db.row<{ count: number }>(
    'select count(*)::int as count from media where account_id = $1 and permanent and kind = $2',
    [account.id, kind],
  )
  if ((kept?.count ?? 0) >= MAX_KEPT[kind]) refuse(45006, 'material count out of limit')
  const mediaId = await addMedia(world.db, account.id, now, {
    kind,
    permanent: true,
    name: file!.filename,
    content_type: contentType,
    bytes: file!.bytes,
    ...words,
  })
  const hasUrl = kind === 'image' || kind === 'thumb'
  const url = mediaUrl(world, { media_id: mediaId, content_type: contentType })
  return { media_id: mediaId, ...(hasUrl ? { url } : {}) }
}

function videoWords(description: string | undefined): { title: string; introduction: string } {
  let parsed: unknown
  try {
    parsed = parseJson(description ?? '')
  } catch {
    refuse(47001)
  }
  if (!isObject(parsed)) refuse(47001)
  return { title: text(parsed, 'title', 40035), introduction: text(parsed, 'introduction', 40035) }
}

async function permanentOf({ world, account, body, now }: Call): Promise<MediaRow> {
  const media = await findMedia(world.db, account.id, text(body, 'media_id', 41006), now)
  return media?.permanent ? media : refuse(40007)
}

async function getPermanent(call: Call): Promise<Answer> {
  const media = await permanentOf(call)
  if (media.kind === 'video')
    return { title: media.title, description: media.introduction, down_url: mediaUrl(call.world, media) }
  return new Binary(await readBytes(call.world.db, media.media_id), media.content_type, media.name)
}

async function deletePermanent(call: Call): Promise<Answer> {
  const media = await permanentOf(call)
  if (await isUsed(call, media.media_id)) refuse(48005)
  await call.world.db.run('delete from media where media_id = $1', [media.media_id])
  return OK
}

async function countPermanent({ world, account }: Call): Promise<Answer> {
  const rows = await world.db.rows<{ kind: string; count: number }>(
    'select kind, count(*)::int as count from media where account_id = $1 and permanent group by kind',
    [account.id],
  )
  const count = (kind: string): number => rows.find((row) => row.kind === kind)?.count ?? 0
  return {
    voice_count: count('voice'),
    video_count: count('video'),
    image_count: count('image'),
    news_count: 0,
  }
}

async function listPermanent({ world, account, body }: Call): Promise<Answer> {
  const type = body['type']
  if (type === 'news') return { item: [], total_count: 0, item_count: 0 }
  const kind = mediaKind(type)
  const { offset, count } = slice(body)
  const counted = await world.db.row<{ total: number }>(
    'select count(*)::int as total from media where account_id = $1 and permanent and kind = $2',
    [account.id, kind],
  )
  const rows = await world.db.rows<MediaRow>(
    `select media_id, name, content_type, created_at from media where account_id = $1 and permanent and kind = $2
     order by created_at desc, media_id offset $3 limit $4`,
    [account.id, kind, offset, count],
  )
  const item = rows.map((row) => ({
    media_id: row.media_id,
    name: row.name,
    update_time: Math.floor(row.created_at.getTime() / 1000),
    url: mediaUrl(world, row),
  }))
  return { item, total_count: counted?.total ?? 0, item_count: item.length }
}

/** `offset` from 0, `count` 1 to 20: the same in every list of materials, drafts and publications. */
export function slice(body: Call['body']): { offset: number; count: number } {
  const offset = integer(body, 'offset')
  const count = integer(body, 'count')
  if (offset < 0 || count < 1 || count > 20) refuse(40035)
  return { offset, count }
}
