-- People beyond one account: identities, attributes and tags as intervals of when we knew them, merges and their undo.
alter table contacts add column name text check (char_length(name) between 1 and 120);

-- The strong identities besides unionid (contacts.unionid) and openids (fans), and anonymous ids, which prove nothing.
create table contact_identities (
  kind text not null check (kind in ('user', 'phone', 'external_user', 'anonymous')),
  value text not null check (octet_length(value) between 1 and 256),
  contact_id bigint not null references contacts on delete cascade,
  added_at timestamptz not null,
  primary key (kind, value)
);
create index contact_identities_contact on contact_identities (contact_id);

-- Who became whom, why, and what moved with them, so that it can be taken back.
create table contact_merges (
  id bigint generated always as identity primary key,
  source_id bigint not null,
  target_id bigint not null,
  cause text not null,
  evidence jsonb not null default '{}',
  moved jsonb not null default '{}',
  merged_at timestamptz not null,
  merged_by bigint references operators,
  undone_at timestamptz,
  undone_by bigint references operators
);
create index contact_merges_source on contact_merges (source_id);
create index contact_merges_target on contact_merges (target_id, id desc);

-- Two people whom something links and something else keeps apart: for a person to decide.
create table contact_reviews (
  id bigint generated always as identity primary key,
  contact_a bigint not null references contacts on delete cascade,
  contact_b bigint not null references contacts on delete cascade,
  evidence jsonb not null,
  conflicts jsonb not null,
  seen int not null default 1,
  state text not null default 'open' check (state in ('open', 'merged', 'kept_apart')),
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  decided_at timestamptz,
  decided_by bigint references operators,
  check (contact_a < contact_b),
  unique (contact_a, contact_b)
);
create index contact_reviews_open on contact_reviews (id desc) where state = 'open';
create index contact_reviews_b on contact_reviews (contact_b);

create table attributes (
  id int generated always as identity primary key,
  key text not null unique check (octet_length(key) between 1 and 128),
  display_name text check (char_length(display_name) between 1 and 60),
  type text not null check (type in ('text', 'number', 'boolean', 'date', 'instant', 'enumeration', 'list')),
  options jsonb not null default '[]',
  origin text not null check (origin in ('declared', 'discovered')),
  -- shown whole only to roles that see personal data
  personal boolean not null default false,
  ignored boolean not null default false,
  -- values that did not fit the type, and the last of them
  conflicts bigint not null default 0,
  last_conflict jsonb,
  created_at timestamptz not null
);

-- One row per value and the time we knew it; `until` is infinity while it holds. text_value carries text, enumerations,
-- dates (2026-11-21), booleans (true, false) and each item of a list; number_value numbers and instants (epoch ms).
create table contact_attributes (
  contact_id bigint not null,
  attribute_id int not null references attributes,
  item smallint not null default 0,
  text_value text check (octet_length(text_value) <= 2048),
  number_value double precision,
  since timestamptz not null,
  until timestamptz not null default 'infinity',
  check (until >= since),
  check ((text_value is null) <> (number_value is null))
);
create unique index contact_attributes_span on contact_attributes (contact_id, attribute_id, item, until);
create index contact_attributes_text on contact_attributes (attribute_id, text_value, contact_id, since, until)
  where text_value is not null;
create index contact_attributes_number on contact_attributes (attribute_id, number_value, contact_id, since, until)
  where number_value is not null;

-- 标签 of our own, on the person; WeChat's are on the fan and in fan_tags.
create table tag_groups (
  id bigint generated always as identity primary key,
  name text not null unique check (char_length(name) between 1 and 30),
  created_at timestamptz not null
);
create table tags (
  id bigint generated always as identity primary key,
  group_id bigint references tag_groups on delete set null,
  name text not null unique check (char_length(name) between 1 and 30),
  created_by bigint references operators,
  created_at timestamptz not null
);
create table contact_tags (
  tag_id bigint not null references tags on delete cascade,
  contact_id bigint not null,
  since timestamptz not null,
  until timestamptz not null default 'infinity',
  check (until >= since)
);
create unique index contact_tags_span on contact_tags (tag_id, contact_id, until) include (since);
create index contact_tags_contact on contact_tags (contact_id);

-- When a fan carried a WeChat tag, as we knew it; follows fans.tag_ids and fans.contact_id by trigger.
create table fan_tags (
  account_id bigint not null references accounts on delete cascade,
  tag_id int not null,
  contact_id bigint not null,
  fan_id bigint not null references fans on delete cascade,
  since timestamptz not null,
  until timestamptz not null default 'infinity',
  check (until >= since)
);
create unique index fan_tags_span on fan_tags (fan_id, tag_id, until);
create index fan_tags_members on fan_tags (account_id, tag_id, contact_id, since, until);

create function keep_fan_tags() returns trigger language plpgsql as $$
declare
  now_at timestamptz := business_now();
begin
  if tg_op = 'UPDATE' and old.contact_id is distinct from new.contact_id then
    update fan_tags set contact_id = new.contact_id where fan_id = new.id;
  end if;
  if tg_op = 'UPDATE' and old.tag_ids <> '{}' then
    delete from fan_tags where fan_id = new.id and until = 'infinity' and since >= now_at
      and not tag_id = any(new.tag_ids);
    update fan_tags set until = now_at where fan_id = new.id and until = 'infinity'
      and not tag_id = any(new.tag_ids);
  end if;
  if new.tag_ids <> '{}' then
    insert into fan_tags (account_id, tag_id, contact_id, fan_id, since)
    select distinct new.account_id, t, new.contact_id, new.id, now_at from unnest(new.tag_ids) as t
    on conflict (fan_id, tag_id, until) do nothing;
  end if;
  return null;
end $$;
create trigger fans_tags_inserted after insert on fans for each row
  when (new.tag_ids <> '{}') execute function keep_fan_tags();
create trigger fans_tags_changed after update of tag_ids, contact_id on fans for each row
  when (old.tag_ids is distinct from new.tag_ids or old.contact_id is distinct from new.contact_id)
  execute function keep_fan_tags();
insert into fan_tags (account_id, tag_id, contact_id, fan_id, since)
  select distinct f.account_id, t, f.contact_id, f.id, business_now() from fans f, unnest(f.tag_ids) as t;

-- Whom we were asked to forget: keyed hashes only, so that a restored backup or a late fact doesn't bring them back.
create table erasures (
  id bigint generated always as identity primary key,
  contact_id bigint not null,
  requested_at timestamptz not null,
  requested_by bigint references operators,
  reason text not null check (reason in ('request', 'unfollow', 'platform')),
  -- what was erased, by kind, for the receipt
  counts jsonb not null default '{}',
  finished_at timestamptz
);
create table erasure_tombstones (
  identity_hash bytea primary key check (octet_length(identity_hash) = 32),
  erasure_id bigint not null references erasures,
  erased_at timestamptz not null
);

-- What is done by itself: one row.
create table privacy_settings (
  singleton boolean primary key default true check (singleton),
  -- 取关后删除微信提供的信息, and after how many days
  erase_after_unfollow boolean not null default false,
  unfollow_days smallint not null default 0 check (unfollow_days between 0 and 365)
);
insert into privacy_settings default values;
create index erasures_open on erasures (id) where finished_at is null;
-- whoever left and of whom WeChat's word is still kept
create index fans_left on fans (unfollowed_at) where not following
  and (unionid is not null or remark is not null or subscribe_scene is not null or qr_scene is not null or tag_ids <> '{}');
