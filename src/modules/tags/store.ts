import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { WechatTag } from './schema.ts'

export type PlatformTag = { id: number; name: string; count: number }

/**
 * The account's tags as WeChat lists them now; those it no longer lists are forgotten and nobody carries them any more.
 * A link of such a tag is broken first: what WeChat deleted is taken from no person.
 */
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
    update tag_links set broken_at = ${at}::timestamptz
    where account_id = ${accountId} and broken_at is null and not wechat_tag_id = any(${ids}::int[])`.execute(
    db,
  )
  const gone = await sql<{ tag_id: number }>`
    delete from wechat_tags where account_id = ${accountId} and not tag_id = any(${ids}::int[])
    returning tag_id`.execute(db)
  const goneIds = gone.rows.map((row) => row.tag_id)
  if (goneIds.length === 0) return
  await sql`
    update fans f set tag_ids = (select coalesce(array_agg(t), '{}') from unnest(f.tag_ids) as t
      where not t = any(${goneIds}::int[]))
    where f.account_id = ${accountId} and f.tag_ids && ${goneIds}::int[]`.execute(db)
  await sql`
    delete from wechat_tag_changes where account_id = ${accountId} and tag_id = any(${goneIds}::int[])`.execute(
    db,
  )
  await sql`
    delete from tag_link_looks k using tag_links l
    where l.id = k.link_id and l.account_id = ${accountId} and l.broken_at is not null`.execute(db)
}

export async function selectTags(
  db: Executor,
  accountId: string,
): Promise<Omit<WechatTag, 'memberCount' | 'link'>[]> {
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
