import { createHash, randomBytes } from 'node:crypto'
import type { Queries } from '../../store/database.ts'
import type { World } from '../../world.ts'

export const TEMPORARY_LIFE_MS = 3 * 86_400_000

export type MediaRow = {
  media_id: string
  account_id: number
  kind: 'image' | 'voice' | 'video' | 'thumb' | 'mpvideo'
  permanent: boolean
  name: string
  content_type: string
  title: string
  introduction: string
  created_at: Date
  expires_at: Date | null
}
const COLUMNS =
  'media_id, account_id, kind, permanent, name, content_type, title, introduction, created_at, expires_at'

export const newMediaId = (): string => randomBytes(48).toString('base64url')

/** The same for the same words: what a new account is filled with keeps its addresses when its world is made anew. */
export const mediaIdOf = (...words: (string | number)[]): string =>
  createHash('sha384').update(words.join(' ')).digest('base64url')

export type NewMedia = Pick<MediaRow, 'kind' | 'permanent' | 'name' | 'content_type'> & {
  bytes: Buffer
  mediaId?: string
  title?: string
  introduction?: string
}

export async function addMedia(db: Queries, accountId: number, now: Date, media: NewMedia): Promise<string> {
  const mediaId = media.mediaId ?? newMediaId()
  const expiresAt = media.permanent ? null : new Date(now.getTime() + TEMPORARY_LIFE_MS)
  await db.run(
    `insert into media (media_id, account_id, kind, permanent, name, content_type, bytes, title, introduction, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      mediaId,
      accountId,
      media.kind,
      media.permanent,
      media.name,
      media.content_type,
      media.bytes,
      media.title ?? '',
      media.introduction ?? '',
      now,
      expiresAt,
    ],
  )
  return mediaId
}

/** A material of this account that is still there: temporary ones end after three days. */
export const findMedia = (
  db: Pick<Queries, 'row'>,
  accountId: number,
  mediaId: string,
  now: Date,
): Promise<MediaRow | undefined> =>
  db.row<MediaRow>(
    `select ${COLUMNS} from media where account_id = $1 and media_id = $2 and (expires_at is null or expires_at > $3)`,
    [accountId, mediaId, now],
  )

export const readBytes = async (db: Pick<Queries, 'row'>, mediaId: string): Promise<Buffer> =>
  (await db.row<{ bytes: Buffer }>('select bytes from media where media_id = $1', [mediaId]))?.bytes ??
  Buffer.alloc(0)

/** Addresses that the platform hands out for its pictures and films. */
export const mediaUrl = (world: World, row: Pick<MediaRow, 'media_id' | 'content_type'>): string =>
  `${world.origin()}/mmbiz/${row.media_id}/0?wx_fmt=${row.content_type.split('/')[1]}`

export const pictureUrl = (world: World, id: string, contentType: string): string =>
  `${world.origin()}/mmbiz/${id}/640?wx_fmt=${contentType.split('/')[1]}`
