-- Own tags and WeChat's in step. A link pairs an own tag with a WeChat tag of one account; whatever changes on either
-- side is written down here in the same transaction, so nothing is lost however the change came about.
create table tag_links (
  id bigint generated always as identity primary key,
  tag_id bigint not null references tags on delete cascade,
  account_id bigint not null references accounts on delete cascade,
  wechat_tag_id int not null,
  -- WeChat's name when someone last agreed to it
  known_name text not null,
  -- the fan up to whom both sides have been compared since the link was made; null when through
  compared_to bigint default 0,
  broken_at timestamptz,
  created_by bigint references operators,
  created_at timestamptz not null,
  unique (tag_id, account_id),
  unique (account_id, wechat_tag_id)
);
create index tag_links_comparing on tag_links (id) where compared_to is not null and broken_at is null;

-- What a fan's tag is to become at WeChat: one row per fan and tag, the latest wish. Gone when WeChat has done it.
create table wechat_tag_changes (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  tag_id int not null,
  fan_id bigint not null references fans on delete cascade,
  give boolean not null,
  -- whose wish it is; null: a link's
  run_id bigint references background_runs on delete set null,
  state text not null default 'waiting' check (state in ('waiting', 'refused')),
  reason text,
  -- tells a claim from the ones before it
  attempt int not null default 0,
  -- in nobody's hands from here on; real time
  free_at timestamptz not null default clock_timestamp(),
  asked_at timestamptz not null,
  unique (account_id, tag_id, fan_id)
);
create index wechat_tag_changes_run on wechat_tag_changes (run_id, state, id) where run_id is not null;
create index wechat_tag_changes_waiting on wechat_tag_changes (free_at) where run_id is null and state = 'waiting';
create index wechat_tag_changes_refused on wechat_tag_changes (account_id, id) where state = 'refused';
create index wechat_tag_changes_fan on wechat_tag_changes (fan_id);

-- Fans whose WeChat tag changed (`has`), or who are to be compared with their person (`has` null).
create table tag_link_looks (
  link_id bigint not null references tag_links on delete cascade,
  fan_id bigint not null references fans on delete cascade,
  has boolean,
  free_at timestamptz not null default clock_timestamp(),
  primary key (link_id, fan_id)
);
create index tag_link_looks_free on tag_link_looks (free_at);
create index tag_link_looks_fan on tag_link_looks (fan_id);

-- What a run that gives and takes tags came to, by outcome.
create table tag_run_results (
  run_id bigint not null references background_runs on delete cascade,
  outcome text not null,
  people bigint not null,
  primary key (run_id, outcome)
);

-- Up to `most` members of a snapshot after an id, in the order of ids; at least one where there is one.
create function segment_members_after(snapshot bigint, after bigint, most int) returns setof bigint
  language sql stable as $$
  select c.chunk * 65536 + 32768 + m
  from (select f.chunk, f.members from segment_chunks f
    where f.snapshot_id = snapshot and f.chunk >= floor(after / 65536.0)::bigint order by f.chunk limit 2) c,
    unnest(c.members) as m
  where c.chunk * 65536 + 32768 + m > after
  order by 1 limit most
$$;

-- Wishes of linked own tags, whoever changed them: where a following fan of the person differs, or was about to.
create function wish_linked_tags(tag_ids bigint[], contact_ids bigint[]) returns void language sql as $$
  insert into wechat_tag_changes (account_id, tag_id, fan_id, give, asked_at)
  select l.account_id, l.wechat_tag_id, f.id, w.has, business_now()
  from (select distinct * from unnest(tag_ids, contact_ids) as i (tag_id, contact_id)) i
  join tag_links l on l.tag_id = i.tag_id and l.broken_at is null
  join fans f on f.contact_id = i.contact_id and f.account_id = l.account_id and f.following
  cross join lateral (select exists (select from contact_tags c
    where c.tag_id = i.tag_id and c.contact_id = i.contact_id and c.until = 'infinity') as has) w
  where (l.wechat_tag_id = any(f.tag_ids)) <> w.has
    or exists (select from wechat_tag_changes e
      where e.account_id = l.account_id and e.tag_id = l.wechat_tag_id and e.fan_id = f.id)
  order by f.id
  on conflict (account_id, tag_id, fan_id) do update
    set give = excluded.give, state = 'waiting', reason = null, attempt = wechat_tag_changes.attempt + 1,
      asked_at = excluded.asked_at,
      run_id = (select r.id from background_runs r where r.id = wechat_tag_changes.run_id
        and r.state in ('queued', 'running') and wechat_tag_changes.state = 'waiting'),
      free_at = case when wechat_tag_changes.state = 'refused' then clock_timestamp() else wechat_tag_changes.free_at end
$$;

create function follow_contact_tags() returns trigger language plpgsql as $$
begin
  if not exists (select from tag_links where broken_at is null) then return null; end if;
  perform wish_linked_tags(array_agg(t.tag_id), array_agg(t.contact_id))
  from touched t where exists (select from tag_links l where l.tag_id = t.tag_id and l.broken_at is null)
  having count(*) > 0;
  return null;
end $$;
create trigger contact_tags_given after insert on contact_tags referencing new table as touched
  for each statement execute function follow_contact_tags();
create trigger contact_tags_changed after update on contact_tags referencing new table as touched
  for each statement execute function follow_contact_tags();
create trigger contact_tags_taken after delete on contact_tags referencing old table as touched
  for each statement execute function follow_contact_tags();

-- What was seen at WeChat: a tag that came or went, a fan who is someone else now, or follows again.
create function look_at_linked_fan() returns trigger language plpgsql as $$
begin
  if not exists (select from tag_links where account_id = new.account_id and broken_at is null) then return null; end if;
  if tg_op = 'UPDATE' and old.contact_id = new.contact_id and (old.following or not new.following) then
    insert into tag_link_looks (link_id, fan_id, has)
    select l.id, new.id, l.wechat_tag_id = any(new.tag_ids) from tag_links l
    where l.account_id = new.account_id and l.broken_at is null
      and (l.wechat_tag_id = any(new.tag_ids)) <> (l.wechat_tag_id = any(old.tag_ids))
    on conflict (link_id, fan_id) do update set has = excluded.has, free_at = clock_timestamp();
  else
    insert into tag_link_looks (link_id, fan_id, has)
    select l.id, new.id, null from tag_links l
    where l.account_id = new.account_id and l.broken_at is null and (l.wechat_tag_id = any(new.tag_ids)
      or exists (select from contact_tags c
        where c.tag_id = l.tag_id and c.contact_id = new.contact_id and c.until = 'infinity'))
    on conflict (link_id, fan_id) do nothing;
  end if;
  return null;
end $$;
create trigger fans_links_inserted after insert on fans for each row
  execute function look_at_linked_fan();
create trigger fans_links_changed after update of tag_ids, contact_id, following on fans for each row
  when (old.tag_ids is distinct from new.tag_ids or old.contact_id is distinct from new.contact_id
    or (new.following and not old.following))
  execute function look_at_linked_fan();
