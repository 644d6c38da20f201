import { sql } from 'kysely'
import type { ArticleInput } from '../../../channels/official-account/drafts.ts'
import type { Executor } from '../../../infra/transaction.ts'
import type { ArticleChoice } from '../schema.ts'

type Sent = {
  accountId: string
  /** As they went out. */
  articles: readonly ArticleInput[]
  /** What they were made of, in the same order: tells how their covers look. */
  choices: readonly ArticleChoice[]
  /** Where they can be read, as far as WeChat said; `articleIndex` counts from 1. */
  urls: readonly { articleIndex: number; url: string }[]
  at: Date
}

/** Keeps what was mass sent as a set of 历史; the same sent again moves its date only. */
export const keepSent = (trx: Executor, { accountId, articles, choices, urls, at }: Sent) =>
  sql`
    insert into article_sets as s (account_id, kind, wechat_id, title, articles, bodies, wechat_updated_at, synced_at)
    select ${accountId}::bigint, 'history', 'sent-' || encode(sha256(convert_to(sent.articles::text, 'UTF8')), 'hex'),
      coalesce(sent.articles -> 0 ->> 'title', ''), shown.articles, shown.bodies, ${at}::timestamptz, ${at}::timestamptz
    from (select ${JSON.stringify(articles)}::jsonb as articles) sent
      cross join lateral (
        select jsonb_agg((x.article - 'content') || jsonb_strip_nulls(jsonb_build_object('url', u.url,
            'thumb_url', coalesce(o.articles -> (c.choice ->> 'index')::int ->> 'thumb_url', m.url))) order by x.n) as articles,
          jsonb_agg(coalesce(x.article ->> 'content', '') order by x.n) as bodies
        from jsonb_array_elements(sent.articles) with ordinality as x (article, n)
          left join jsonb_array_elements(${JSON.stringify(choices)}::jsonb) with ordinality as c (choice, n) on c.n = x.n
          left join jsonb_to_recordset(${JSON.stringify(urls)}::jsonb) as u ("articleIndex" int, url text)
            on u."articleIndex" = x.n
          left join article_sets o on o.account_id = ${accountId}::bigint and o.id = (c.choice ->> 'articleSetId')::bigint
            and c.choice -> 'cover' is null
          left join media_assets m on m.account_id = ${accountId}::bigint and m.media_id = x.article ->> 'thumb_media_id') shown
    on conflict (account_id, kind, wechat_id) do update set
      wechat_updated_at = greatest(s.wechat_updated_at, excluded.wechat_updated_at),
      synced_at = greatest(s.synced_at, excluded.synced_at)`.execute(trx)
