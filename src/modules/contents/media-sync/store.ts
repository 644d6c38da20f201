import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { MediaKind } from './schema.ts'

export type SeenMedia = { mediaId: string; name: string; mime: string; url: string | null; updatedAt: Date }

/** Whether all of these are here as WeChat shows them; with `until`, and were met by a look that had ended by then. */
export async function allKnown(
  db: Executor,
  accountId: string,
  seen: readonly SeenMedia[],
  until: Date | null = null,
): Promise<boolean> {
  const { rows } = await sql<{ known: number }>`
    select count(*)::int as known from media_assets m
      join unnest(${seen.map(({ mediaId }) => mediaId)}::text[], ${seen.map(({ updatedAt }) => updatedAt)}::timestamptz[])
        as s (media_id, updated_at) on s.media_id = m.media_id and s.updated_at = m.wechat_updated_at
    where m.account_id = ${accountId}::bigint and m.gone_at is null
      and (${until}::timestamptz is null or m.synced_at <= ${until})`.execute(db)
  return rows[0]?.known === seen.length
}

/** Writes what WeChat just showed. A file that is here stays; one that changed at WeChat is fetched anew when it is looked at. */
export async function upsertMedia(
  db: Executor,
  accountId: string,
  { kind, seen, at }: { kind: MediaKind; seen: readonly SeenMedia[]; at: Date },
): Promise<void> {
  // a page may repeat what moved while we read
  const rows = [...new Map(seen.map((one) => [one.mediaId, one])).values()]
  if (rows.length === 0) return
  await sql`
    insert into media_assets as m (account_id, kind, name, mime, media_id, url, created_at, wechat_updated_at, synced_at)
    select ${accountId}::bigint, ${kind}::text, s."name", s.mime, s."mediaId", s.url, s."updatedAt", s."updatedAt", ${at}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as s("mediaId" text, "name" text, mime text, url text, "updatedAt" timestamptz)
    on conflict (account_id, media_id) do update set
      name = case when excluded.name = '' then m.name else excluded.name end,
      url = coalesce(excluded.url, m.url),
      wechat_updated_at = excluded.wechat_updated_at,
      synced_at = excluded.synced_at,
      gone_at = null`.execute(db)
}

/** What a whole look that began at `since` did not meet; what was uploaded meanwhile it could not. */
export const markMediaMissing = (
  db: Executor,
  accountId: string,
  { kind, since, at }: { kind: MediaKind; since: Date; at: Date },
) =>
  sql`update media_assets set gone_at = ${at}
    where account_id = ${accountId}::bigint and kind = ${kind} and gone_at is null
      and coalesce(synced_at, created_at) < ${since}`.execute(db)

export const markMediaGone = (db: Executor, mediaAssetId: string, at: Date) =>
  db
    .updateTable('media_assets')
    .set({ gone_at: at })
    .where('id', '=', mediaAssetId)
    .where('gone_at', 'is', null)
    .execute()

type Fetched = {
  fileKey: string
  mime: string
  bytes: number
  width: number | null
  height: number | null
  frames: number | null
}

export const keepFile = (db: Executor, mediaAssetId: string, found: Fetched) =>
  db
    .updateTable('media_assets')
    .set({
      file_key: found.fileKey,
      mime: found.mime,
      bytes: found.bytes,
      width: found.width,
      height: found.height,
      frames: found.frames,
    })
    .where('id', '=', mediaAssetId)
    .where('file_key', 'is', null)
    .execute()
