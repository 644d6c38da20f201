-- The month's mass sends per openid: reserved and spent together, a definite refusal takes one back.
create table mass_allowances (
  account_id bigint not null references accounts on delete cascade,
  month date not null check (extract(day from month) = 1),
  fan_id bigint not null,
  used smallint not null check (used >= 0),
  primary key (account_id, month, fan_id)
) with (fillfactor = 80);

-- What an account's mass interface was used for on a Beijing day.
create table mass_days (
  account_id bigint not null references accounts on delete cascade,
  day date not null,
  -- whole sends: a subscription account has one
  sends int not null default 0 check (sends >= 0),
  calls int not null default 0 check (calls >= 0),
  recipients bigint not null default 0 check (recipients >= 0),
  primary key (account_id, day)
);

create table broadcasts (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  name text not null check (char_length(name) between 1 and 60),
  state text not null default 'draft' check (state in
    ('draft', 'scheduled', 'preparing', 'running', 'paused', 'ended', 'cancelled', 'failed')),
  -- 圈群中 then 准备中, within preparing
  step text check (step in ('selecting', 'copying')),
  audience jsonb not null,
  content jsonb not null,
  -- exact by openid list, or WeChat chooses by tag / all
  path text check (path in ('list', 'tag', 'all')),
  ignore_reprint boolean not null default false,
  version int not null default 1,
  preflight jsonb,
  frozen_content jsonb,
  frozen_at timestamptz,
  -- people in batches when frozen, and those left out by reason
  planned int,
  skipped jsonb not null default '{}',
  pause_reason text,
  pause_detail jsonb,
  failure_reason text,
  created_by bigint references operators,
  confirmed_by bigint references operators,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  confirmed_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  lease_until timestamptz,
  fence bigint not null default 0
);
create index broadcasts_list on broadcasts (account_id, id desc);
create index broadcasts_live on broadcasts (state) where state in ('preparing', 'running');

create table broadcast_batches (
  id bigint generated always as identity primary key,
  broadcast_id bigint not null references broadcasts on delete cascade,
  account_id bigint not null,
  seq int not null,
  state text not null default 'planned' check (state in
    ('planned', 'held', 'skipped', 'sending', 'accepted', 'delivered', 'failed', 'unknown')),
  reason text,
  detail jsonb,
  size int not null,
  attempt int not null default 1,
  client_msg_id text not null check (octet_length(client_msg_id) <= 32),
  -- this batch's own copy of the article draft; a draft dies with the send that used it
  draft_media_id text,
  msg_id text,
  msg_data_id text,
  reserved_months date[] not null default '{}',
  reserved_day date,
  -- business time: when to act on this batch next
  due_at timestamptz not null,
  intent_at timestamptz,
  accepted_at timestamptz,
  finished_at timestamptz,
  total_count int,
  filter_count int,
  sent_count int,
  error_count int,
  lease_until timestamptz,
  fence bigint not null default 0,
  unique (broadcast_id, seq),
  unique (account_id, client_msg_id)
);
create index broadcast_batches_due on broadcast_batches (state, due_at)
  where state in ('planned', 'held', 'sending', 'accepted');
-- copies of drafts that were never sent and have to go
create index broadcast_batches_unused on broadcast_batches (id)
  where state in ('skipped', 'failed') and draft_media_id is not null;
create unique index broadcast_batches_msg on broadcast_batches (account_id, msg_id) where msg_id is not null;

-- One row per fan and broadcast. In a batch: its state is the batch's. Without one: skipped, with the reason.
create table broadcast_recipients (
  broadcast_id bigint not null references broadcasts on delete cascade,
  fan_id bigint not null,
  batch_seq int,
  reason text,
  primary key (broadcast_id, fan_id),
  check (batch_seq is not null or reason is not null)
);

-- Results pushed by the platform (MASSSENDJOBFINISH), also for jobs sent elsewhere.
create table mass_results (
  account_id bigint not null references accounts on delete cascade,
  msg_id text not null,
  status text not null,
  total_count int,
  filter_count int,
  sent_count int,
  error_count int,
  article_urls jsonb not null default '[]',
  received_at timestamptz not null,
  primary key (account_id, msg_id)
);
