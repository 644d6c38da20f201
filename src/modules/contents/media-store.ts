import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import type { PictureFacts } from './rules/inspect.ts'
import type { MediaAsset, MediaKind } from './schema.ts'
import { readCursor } from './store.ts'

const COLUMNS = [
  ...(['id', 'kind', 'name', 'mime', 'bytes', 'media_id', 'url', 'file_key', 'created_at'] as const),
  ...(['width', 'height', 'frames', 'folder_id', 'gone_at'] as const),
] as const

const assets = (db: Executor, accountId: string, { gone = false } = {}) =>
  db
    .selectFrom('media_assets')
    .select(COLUMNS)
    .where('account_id', '=', accountId)
    .where('gone_at', gone ? 'is not' : 'is', null)

type Row = Awaited<ReturnType<ReturnType<typeof assets>['executeTakeFirstOrThrow']>>

const present = (row: Row): MediaAsset => ({
  id: row.id,
  kind: row.kind as MediaAsset['kind'],
  name: row.name,
  mime: row.mime,
  bytes: row.bytes === null ? null : Number(row.bytes),
  mediaId: row.media_id,
  url: row.url,
  width: row.width,
  height: row.height,
  // of one that nobody has looked into yet the worse is taken
  animated: row.file_key === null ? row.mime === 'image/gif' : (row.frames ?? 1) > 1,
  folderId: row.folder_id,
  goneAt: row.gone_at?.toISOString() ?? null,
  createdAt: row.created_at.toISOString(),
})

export async function selectAsset(
  db: Executor,
  accountId: string,
  mediaAssetId: string,
): Promise<{ asset: MediaAsset; fileKey: string | null } | undefined> {
  const row = await assets(db, accountId).where('id', '=', mediaAssetId).executeTakeFirst()
  return row && { asset: present(row), fileKey: row.file_key }
}

type Filter = {
  kind: MediaKind
  q?: string | undefined
  folder?: string | undefined
  gone?: boolean
  cursor?: string | undefined
  limit: number
}

export async function selectAssets(
  db: Executor,
  accountId: string,
  filter: Filter,
): Promise<Page<MediaAsset>> {
  let query = assets(db, accountId, { gone: filter.gone ?? false })
    .where('kind', '=', filter.kind)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
  if (filter.folder === 'none') query = query.where('folder_id', 'is', null)
  else if (filter.folder !== undefined) query = query.where('folder_id', '=', filter.folder)
  if (filter.q !== undefined && filter.q !== '') {
    query = query.where(sql<boolean>`strpos(lower(name), lower(${filter.q})) > 0`)
  }
  if (filter.cursor !== undefined) {
    const { at, id } = readCursor(filter.cursor)
    query = query.where(sql<boolean>`(created_at, id) < (${at}::timestamptz, ${id}::bigint)`)
  }
  const rows = await query.limit(filter.limit + 1).execute()
  return toPage(rows.map(present), filter.limit, (asset) => `${asset.createdAt}_${asset.id}`)
}

/** Images that are still at WeChat, by id. */
export async function selectPictures(
  db: Executor,
  accountId: string,
  mediaAssetIds: readonly string[],
): Promise<Map<string, MediaAsset>> {
  const rows = await assets(db, accountId)
    .where('kind', '=', 'image')
    .where(sql<boolean>`id = any(${[...mediaAssetIds]}::bigint[])`)
    .execute()
  return new Map(rows.map((row) => [row.id, present(row)]))
}

type NewAsset = {
  accountId: string
  kind: MediaKind
  name: string
  fileKey: string
  mime: string
  bytes: number
  mediaId: string
  url: string | undefined
  picture: PictureFacts | null
  createdBy: string | null
  at: Date
}

export async function insertMedia(db: Executor, media: NewAsset): Promise<MediaAsset> {
  const row = await db
    .insertInto('media_assets')
    .values({
      account_id: media.accountId,
      kind: media.kind,
      name: media.name,
      file_key: media.fileKey,
      mime: media.mime,
      bytes: media.bytes,
      media_id: media.mediaId,
      url: media.url ?? null,
      width: media.picture?.width ?? null,
      height: media.picture?.height ?? null,
      frames: media.picture?.frames ?? null,
      created_by: media.createdBy,
      created_at: media.at,
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()
  return present(row)
}

export const markMediaGone = (trx: Executor, mediaAssetId: string, at: Date) =>
  trx
    .updateTable('media_assets')
    .set({ gone_at: at })
    .where('id', '=', mediaAssetId)
    .where('gone_at', 'is', null)
    .execute()
