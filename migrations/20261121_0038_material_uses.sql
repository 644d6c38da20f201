-- Where each material is named: by what is saved here, and by the menus that WeChat shows.
create table material_uses (
  material text not null check (material in ('article-set', 'media')),
  material_id bigint not null,
  -- articles of a set by their places; none: the set as a whole
  places smallint[] not null default '{}',
  user_kind text not null check (user_kind in ('reply-rule', 'recall', 'menu', 'live-menu', 'campaign', 'broadcast')),
  -- of menus the account
  user_id bigint not null,
  account_id bigint not null references accounts on delete cascade,
  name text not null,
  -- on whose page a reply rule is edited, where it has none of its own
  owner_kind text check (owner_kind in ('recall', 'qr-code', 'menu')),
  owner_id bigint,
  -- without the material something that works would not
  live boolean not null,
  primary key (material, material_id, user_kind, user_id)
);
create index material_uses_user on material_uses (user_kind, user_id);
create index material_uses_live on material_uses (account_id) where live;

-- Whether an account has a material no more: it was never here, a look at WeChat didn't find it, or its article was deleted.
create function material_gone(what text, id bigint, account_id bigint, places smallint[]) returns boolean
language sql stable as $$
  select case what
    when 'media' then not exists (
      select from media_assets m where m.id = $2 and m.account_id = $3 and m.gone_at is null)
    else not exists (
      select from article_sets s where s.id = $2 and s.account_id = $3 and s.gone_at is null
        and not exists (
          select from unnest($4) as p where s.articles -> p is null or s.articles -> p ->> 'is_deleted' = 'true')
        and exists (
          select from jsonb_array_elements(s.articles) a where a ->> 'is_deleted' is distinct from 'true'))
  end
$$;

-- Answers also change when one article of a set is deleted, or is back.
create function bump_replies_of_articles() returns trigger language plpgsql as $$
begin
  update reply_revisions r set n = r.n + 1
  where r.account_id in (
    select n.account_id from new_rows n join old_rows o on o.id = n.id
    where n.gone_at is distinct from o.gone_at
      or jsonb_path_query_array(n.articles, '$[*].is_deleted') <> jsonb_path_query_array(o.articles, '$[*].is_deleted'));
  if found then
    perform pg_notify('weida_wake', 'auto-replies');
  end if;
  return null;
end $$;
drop trigger article_sets_gone on article_sets;
create trigger article_sets_gone after update on article_sets referencing old table as old_rows new table as new_rows
  for each statement execute function bump_replies_of_articles();

-- What is saved already. A content names material by these keys and no others, wherever they stand in it.
create function pg_temp.named_in(content jsonb) returns table (material text, material_id bigint, place smallint)
language sql immutable as $$
  select 'media', (v #>> '{}')::bigint, null::smallint
  from unnest(array['strict $.**.mediaAssetId', 'strict $.**.thumbAssetId', 'strict $.**.pictureAssetId',
    'strict $.**.mediaAssetIds[*]']::jsonpath[]) as path, jsonb_path_query(content, path, '{}', true) as v
  where jsonb_typeof(v) = 'string'
  union
  select 'article-set', (o ->> 'articleSetId')::bigint, (o ->> 'index')::smallint
  from jsonb_path_query(content, 'strict $.** ? (@.articleSetId.type() == "string")', '{}', true) as o
$$;

with
users (kind, id, account_id, name, owner_kind, owner_id, live, content) as (
  select 'reply-rule', r.id, (select min(a.account_id) from reply_rule_accounts a where a.rule_id = r.id), r.name,
    r.owner_kind, r.owner_id, r.state = 'on', r.answer -> 'replies'
  from reply_rules r where r.archived_at is null
  union all
  select 'recall', r.id, r.account_id, r.name, null, null, r.state = 'on', r.content
  from recall_rules r where r.archived_at is null
  union all
  select 'campaign', c.id, c.account_id, c.name, null, null, c.state <> 'draft', c.plan -> 'content'
  from campaigns c where c.state in ('draft', 'scheduled', 'preparing', 'running', 'paused')
  union all
  select 'broadcast', b.id, b.account_id, b.name, null, null, b.state <> 'draft',
    (select jsonb_agg(a.content) from broadcast_arms a where a.broadcast_id = b.id)
  from broadcasts b where b.state in ('draft', 'scheduled', 'preparing', 'running', 'paused')
),
leaves (account_id, leaf) as (
  select s.account_id, leaf
  from menu_sets s, jsonb_array_elements(s.menus) m, jsonb_array_elements(m -> 'buttons') b,
    jsonb_array_elements(case when coalesce(jsonb_array_length(b -> 'below'), 0) > 0 then b -> 'below' else jsonb_build_array(b) end) leaf
),
wire (kind, account_id, media_id, article_id) as (
  select 'menu', account_id, case when leaf ->> 'type' = 'media_id' and leaf ->> 'mediaAssetId' is null then leaf ->> 'mediaId' end,
    case when leaf ->> 'type' in ('article_id', 'article_view_limited') and leaf ->> 'articleSetId' is null then leaf ->> 'articleId' end
  from leaves
  union all
  select 'live-menu', s.account_id, b ->> 'media_id', b ->> 'article_id'
  from menu_sets s, jsonb_path_query(s.live, 'strict $.** ? (exists(@.media_id) || exists(@.article_id))', '{}', true) b
),
named (material, material_id, place, user_kind, user_id, account_id, name, owner_kind, owner_id, live) as (
  select n.material, n.material_id, n.place, u.kind, u.id, u.account_id, u.name, u.owner_kind, u.owner_id, u.live
  from users u, pg_temp.named_in(u.content) n where u.account_id is not null
  union
  select 'media', (leaf ->> 'mediaAssetId')::bigint, null, 'menu', account_id, account_id, '', null, null, false
  from leaves where leaf ->> 'type' = 'media_id' and leaf ->> 'mediaAssetId' is not null
  union
  select 'article-set', (leaf ->> 'articleSetId')::bigint, null, 'menu', account_id, account_id, '', null, null, false
  from leaves where leaf ->> 'type' in ('article_id', 'article_view_limited') and leaf ->> 'articleSetId' is not null
  union
  select 'media', m.id, null, w.kind, w.account_id, w.account_id, '', null, null, w.kind = 'live-menu'
  from wire w join media_assets m on m.account_id = w.account_id and m.media_id = w.media_id
  union
  select 'article-set', s.id, null, w.kind, w.account_id, w.account_id, '', null, null, w.kind = 'live-menu'
  from wire w join article_sets s on s.account_id = w.account_id and s.kind = 'published' and s.wechat_id = w.article_id
)
insert into material_uses (material, material_id, places, user_kind, user_id, account_id, name, owner_kind, owner_id, live)
select material, material_id, coalesce(array_agg(place order by place) filter (where place is not null), '{}'), user_kind, user_id,
  account_id, name, owner_kind, owner_id, live
from named group by material, material_id, user_kind, user_id, account_id, name, owner_kind, owner_id, live;

drop function pg_temp.named_in;
