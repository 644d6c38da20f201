import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { WechatTag } from './schema.ts'

export type PlatformTag = { id: number; name: string; count: number }

/** The account's tags as WeChat lists them now; those it no longer lists are forgotten. */
export async function replaceTags(
  db: Executor,
  accountId: string,
  { tags, at }: { tags: readonly PlatformTag[]; at: Date },
): Promise<void> {
  const ids = tags.map((tag) => tag.id)
  await sql`
    insert into wechat_tags (account_id, tag_id, name, platform_count, synced_at)
    select ${accountId}::bigint, i.tag_id, i.name, i.platform_count, ${at}::timestamptz
    from unnest(${ids}::int[], ${tags.map((tag) => tag.name)}::text[], ${tags.map((tag) => tag.count)}::int[])
      as i (tag_id, name, platform_count)
    order by i.tag_id
    on conflict (account_id, tag_id) do update
      set name = excluded.name, platform_count = excluded.platform_count, synced_at = excluded.synced_at`.execute(
    db,
  )
  await sql`
    delete from wechat_tags where account_id = ${accountId} and not tag_id = any(${ids}::int[])`.execute(db)
}

export async function selectTags(db: Executor, accountId: string): Promise<Omit<WechatTag, 'memberCount'>[]> {
  const rows = await db
    .selectFrom('wechat_tags')
    .select(['tag_id', 'name', 'platform_count', 'synced_at'])
    .where('account_id', '=', accountId)
    .orderBy('tag_id')
    .execute()
  return rows.map((row) => ({
    tagId: row.tag_id,
    name: row.name,
    platformCount: row.platform_count,
    syncedAt: row.synced_at.toISOString(),
  }))
}
