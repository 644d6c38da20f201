-- Where article sets and media are filed: one level, shared by both.
create table material_folders (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  name text not null check (char_length(name) between 1 and 30),
  created_at timestamptz not null,
  unique (account_id, name)
);

-- history: what was mass sent from here, as it went out; its wechat_id is a digest of that, so equal sends are one
alter table article_sets
  add column folder_id bigint references material_folders on delete set null,
  drop constraint article_sets_kind_check,
  add constraint article_sets_kind_check check (kind in ('draft', 'published', 'history'));
create index article_sets_folder on article_sets (folder_id) where folder_id is not null;

-- What a sync met has no file here until somebody looks at it; then its size is not known either.
alter table media_assets
  add column folder_id bigint references material_folders on delete set null,
  add column wechat_updated_at timestamptz,
  add column synced_at timestamptz,
  alter column bytes drop not null,
  add check (file_key is null or bytes is not null);
create index media_assets_list on media_assets (account_id, kind, created_at desc, id desc);
create index media_assets_folder on media_assets (folder_id) where folder_id is not null;

-- What was delivered before.
insert into article_sets (account_id, kind, wechat_id, title, articles, bodies, wechat_updated_at, synced_at)
select account_id, 'history', 'sent-' || encode(sha256(convert_to(articles::text, 'UTF8')), 'hex'), coalesce(articles -> 0 ->> 'title', ''),
  (select jsonb_agg((x.article - 'content') || jsonb_strip_nulls(jsonb_build_object('thumb_url', coalesce(
      case when c.choice -> 'cover' is null then
        (select o.articles -> (c.choice ->> 'index')::int ->> 'thumb_url' from article_sets o
         where o.id = (c.choice ->> 'articleSetId')::bigint and o.account_id = sent.account_id) end,
      (select m.url from media_assets m
       where m.account_id = sent.account_id and m.media_id = x.article ->> 'thumb_media_id')))) order by x.n)
    from jsonb_array_elements(articles) with ordinality as x (article, n)
      left join jsonb_array_elements(choices) with ordinality as c (choice, n) on c.n = x.n),
  (select jsonb_agg(coalesce(x.article ->> 'content', '') order by x.n)
    from jsonb_array_elements(articles) with ordinality as x (article, n)),
  at, at
from (
  select distinct on (a.account_id, a.frozen_content -> 'articles')
    a.account_id, a.frozen_content -> 'articles' as articles, coalesce(a.content -> 'articles', '[]') as choices,
    coalesce(t.finished_at, t.accepted_at, now()) as at
  from broadcast_arms a join broadcast_batches t on t.broadcast_id = a.broadcast_id and t.arm = a.number
  where t.state = 'delivered' and a.frozen_content ->> 'kind' = 'articles'
  order by a.account_id, a.frozen_content -> 'articles', coalesce(t.finished_at, t.accepted_at, now()) desc
) sent;
