-- 分群: a rule, or a fixed list, and what it came to at instants.
create table segments (
  id bigint generated always as identity primary key,
  -- whose fans it is about; null: everyone
  account_id bigint references accounts on delete cascade,
  name text not null check (char_length(name) between 1 and 60),
  description text not null default '' check (char_length(description) <= 500),
  -- live 动态 is computed when asked; the others answer with what was last computed
  update_kind text not null check (update_kind in ('live', 'on_demand', 'daily', 'once', 'static')),
  rule jsonb,
  -- where the members of a static one came from
  origin jsonb not null default '{"kind": "rule"}',
  -- at what time of the Beijing day a daily one is computed, in minutes
  daily_minute smallint check (daily_minute between 0 and 1439),
  -- 同步到人群列表: others may pick it
  listed boolean not null default true,
  failure_policy text not null default 'last_good' check (failure_policy in ('last_good', 'stop')),
  version int not null default 1,
  current_snapshot_id bigint,
  -- when it is computed next; business time
  due_at timestamptz,
  created_by bigint references operators,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  check ((update_kind = 'static') = (rule is null))
);
create index segments_list on segments (id desc) where archived_at is null;
create index segments_due on segments (due_at) where due_at is not null and archived_at is null;

-- Immutable once ready. `at` is the instant the rule was asked about. Dropped: the size stays, members are no longer there.
create table segment_snapshots (
  id bigint generated always as identity primary key,
  segment_id bigint not null references segments on delete cascade,
  version int not null,
  rule jsonb,
  cause text not null check (cause in ('created', 'manual', 'daily', 'scheduled', 'import', 'split')),
  state text not null default 'queued' check (state in ('queued', 'running', 'ready', 'failed', 'dropped')),
  at timestamptz not null,
  size bigint,
  took_ms int,
  failure_reason text,
  created_at timestamptz not null,
  finished_at timestamptz,
  lease_until timestamptz,
  fence bigint not null default 0
);
create index segment_snapshots_list on segment_snapshots (segment_id, id desc);
create unique index segment_snapshots_waiting on segment_snapshots (segment_id) where state = 'queued';
create index segment_snapshots_live on segment_snapshots (id) where state in ('queued', 'running');
alter table segments add foreign key (current_snapshot_id) references segment_snapshots (id) on delete set null
  deferrable initially deferred;

-- Members in chunks of 65,536 ids: id = chunk * 65536 + 32768 + offset. Two bytes a member, read by unnest.
create table segment_chunks (
  snapshot_id bigint not null references segment_snapshots on delete cascade,
  chunk bigint not null,
  members smallint[] not null,
  primary key (snapshot_id, chunk)
);
create function segment_member_ids(snapshot bigint) returns setof bigint
  language sql stable parallel safe rows 100000 as $$
  select c.chunk * 65536 + 32768 + m from segment_chunks c, unnest(c.members) as m where c.snapshot_id = snapshot
$$;

-- What names a segment: another one's rule, a send. Active: it will be asked again, so it can't be archived; a frozen send
-- only keeps its snapshot.
create table segment_uses (
  segment_id bigint not null references segments on delete cascade,
  user_kind text not null check (user_kind in ('segment', 'broadcast')),
  user_id bigint not null,
  account_id bigint references accounts on delete cascade,
  name text not null,
  active boolean not null default true,
  snapshot_id bigint references segment_snapshots on delete set null,
  primary key (segment_id, user_kind, user_id)
);
create index segment_uses_user on segment_uses (user_kind, user_id);
create index segment_uses_snapshot on segment_uses (snapshot_id) where snapshot_id is not null;

-- 执行前刷新: computed anew some minutes before a run; business time.
create table segment_preparations (
  segment_id bigint not null references segments on delete cascade,
  run_at timestamptz not null,
  due_at timestamptz,
  snapshot_id bigint references segment_snapshots on delete set null,
  primary key (segment_id, run_at)
);
create index segment_preparations_due on segment_preparations (due_at) where due_at is not null;

-- Ids of an import that nobody had, to be downloaded for a while.
create table segment_unknown_ids (
  segment_id bigint not null references segments on delete cascade,
  place int not null,
  value text not null,
  primary key (segment_id, place)
);

-- What a frozen send's segments were: which snapshot or version, as of when.
alter table broadcasts add column audience_basis jsonb;
