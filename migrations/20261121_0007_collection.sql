-- 接入源: where facts come from, each with a key of its own.
create table sources (
  id bigint generated always as identity primary key,
  name text not null check (char_length(name) between 1 and 60),
  -- a public key lies in pages and apps and proves nothing; a server key may link identities
  kind text not null check (kind in ('server', 'public')),
  write_key_hash bytea not null unique,
  write_key_encrypted bytea not null,
  -- signs openids that a public source may name
  signing_secret_encrypted bytea not null,
  -- openids it names belong to this account
  account_id bigint references accounts on delete cascade,
  allowed_origins text[] not null default '{}',
  state text not null default 'active' check (state in ('active', 'disabled')),
  created_by bigint references operators,
  created_at timestamptz not null,
  last_received_at timestamptz
);

alter table events alter column account_id drop not null;
alter table events add column source_id bigint;
-- nobody looks for events of no account by their account
drop index events_account;
create index events_account on events (account_id, id) where account_id is not null;
-- one name over a time, the rows lying where they came in; and one person's time line
create index events_behaviour on events (name, at) include (contact_id);
create index events_contact on events (contact_id, at desc) where contact_id is not null;

create table event_names (
  name text primary key check (octet_length(name) between 1 and 256),
  display_name text check (char_length(display_name) between 1 and 60),
  ignored boolean not null default false,
  volume bigint not null default 0,
  -- came while it was ignored, and was not stored
  dropped bigint not null default 0,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null
);
create table event_properties (
  event_name text not null references event_names on delete cascade,
  name text not null check (octet_length(name) between 1 and 256),
  display_name text check (char_length(display_name) between 1 and 60),
  -- how often each type was seen: {"number": 10, "text": 2}
  types jsonb not null default '{}',
  sample jsonb,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  primary key (event_name, name)
);

-- What could not be taken, with the reason; kept for a month.
create table source_rejections (
  id bigint generated always as identity primary key,
  source_id bigint not null references sources on delete cascade,
  received_at timestamptz not null,
  reason text not null,
  detail jsonb not null default '{}',
  payload text not null default ''
);
create index source_rejections_list on source_rejections (source_id, id desc);
create index source_rejections_age on source_rejections (received_at);

-- How much came of each source, by minute of business time; kept for two days.
create table source_counts (
  source_id bigint not null references sources on delete cascade,
  minute timestamptz not null,
  accepted bigint not null default 0,
  repeated bigint not null default 0,
  rejected bigint not null default 0,
  primary key (source_id, minute)
);

-- Keys of facts from sources stand under account 0: the source's id is part of what is hashed.
create index source_keys_age on source_keys using brin (received_at);

create table collection_settings (
  only_one boolean primary key default true check (only_one),
  retention_months int not null default 24 check (retention_months between 3 and 120)
);
insert into collection_settings default values;

-- A number in JSON or a text that is one; null otherwise. Inlined by the planner.
create function json_number(value jsonb) returns double precision language sql immutable parallel safe as $$
  select case jsonb_typeof(value)
    when 'number' then value::double precision
    when 'string' then case when value #>> '{}' ~ '^\s*[-+]?(\d{1,18}(\.\d{1,18})?|\.\d{1,18})\s*$'
      then (value #>> '{}')::double precision end
  end
$$;
