create table accounts (
  id bigint generated always as identity primary key,
  appid text not null unique check (appid ~ '^wx[0-9a-zA-Z]{8,30}$'),
  name text not null check (char_length(name) between 1 and 60),
  kind text not null check (kind in ('service', 'subscription')),
  verified boolean not null,
  gh_id text,
  secret_encrypted bytea not null,
  callback_key text not null unique,
  -- signing secrets; the ones before the last rotation are still accepted
  callback_token_encrypted bytea not null,
  callback_token_previous_encrypted bytea,
  callback_aes_key_encrypted bytea not null,
  callback_aes_key_previous_encrypted bytea,
  callback_mode text not null default 'safe' check (callback_mode in ('plain', 'compat', 'safe')),
  callback_verified_at timestamptz,
  callback_last_at timestamptz,
  state text not null default 'active' check (state in ('active', 'paused', 'archived')),
  -- why sending stopped: an errcode's kind with advice; null while active
  pause_reason text,
  pause_detail jsonb,
  credential_checked_at timestamptz,
  -- adjustable limits, see modules/accounts/schema.ts
  limits jsonb not null default '{}',
  created_at timestamptz not null
);

create table operator_accounts (
  operator_id bigint not null references operators on delete cascade,
  account_id bigint not null references accounts on delete cascade,
  primary key (operator_id, account_id)
);

-- The current access token of each account, shared by all processes. Business time: it ages with the platform.
create table account_tokens (
  account_id bigint primary key references accounts on delete cascade,
  token_encrypted bytea,
  expires_at timestamptz,
  generation bigint not null default 0
);

-- Work that takes longer than a request: its progress, resumable after a kill.
create table background_runs (
  id bigint generated always as identity primary key,
  account_id bigint references accounts on delete cascade,
  kind text not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
  payload jsonb not null default '{}',
  -- where to go on after an interruption; each kind its own shape
  place jsonb not null default '{}',
  done bigint not null default 0,
  total bigint,
  error_reason text,
  error_detail jsonb,
  requested_by bigint references operators,
  created_at timestamptz not null,
  finished_at timestamptz,
  lease_until timestamptz,
  fence bigint not null default 0,
  -- when the job of a queued run was last put into the queue; real time
  enqueued_at timestamptz not null default clock_timestamp()
);
-- what a sweep looks for: runs that nobody works on
create index background_runs_live on background_runs (lease_until) where state in ('queued', 'running');
create index background_runs_account on background_runs (account_id, id desc);
-- one run of a kind per account at a time
create unique index background_runs_single on background_runs (account_id, kind) where state in ('queued', 'running');

create table contacts (
  id bigint generated always as identity primary key,
  unionid text unique,
  created_at timestamptz not null
);
-- where a merged contact went; readers resolve it
create table contact_aliases (
  contact_id bigint primary key,
  merged_into bigint not null references contacts,
  merged_at timestamptz not null,
  cause text not null
);
create index contact_aliases_target on contact_aliases (merged_into);

create table fans (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  contact_id bigint not null references contacts,
  following boolean not null,
  -- false until user/info told more than the openid
  detailed boolean not null default false,
  openid text not null,
  unionid text,
  followed_at timestamptz,
  unfollowed_at timestamptz,
  last_interaction_at timestamptz,
  tag_ids int[] not null default '{}',
  subscribe_scene text,
  qr_scene text,
  remark text,
  -- the sync that last saw this fan in the follower list
  seen_in_run bigint,
  -- when more is to be asked about a fan who just appeared; real time, null when nothing is
  detail_due_at timestamptz,
  unique (account_id, openid)
) with (fillfactor = 85);
create index fans_contact on fans (contact_id);
create index fans_list on fans (account_id, id);
-- how many follow, counted from the index alone
create index fans_following on fans (account_id) where following;
create index fans_detail_due on fans (detail_due_at) where detail_due_at is not null;

create table wechat_tags (
  account_id bigint not null references accounts on delete cascade,
  tag_id int not null,
  name text not null,
  platform_count int not null,
  synced_at timestamptz not null,
  primary key (account_id, tag_id)
);

-- Who carries a tag, as read so far by a run that isn't through with the tag.
create table tag_member_readings (
  run_id bigint not null references background_runs on delete cascade,
  tag_id int not null,
  fan_id bigint not null references fans on delete cascade,
  primary key (run_id, tag_id, fan_id)
);

-- A list of openids someone uploaded or picked, resolved to fans.
create table fan_lists (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  name text not null,
  size int not null default 0,
  unknown_openids int not null default 0,
  repeated_openids int not null default 0,
  created_by bigint references operators,
  created_at timestamptz not null
);
create index fan_lists_account on fan_lists (account_id, id desc);
create table fan_list_members (
  list_id bigint not null references fan_lists on delete cascade,
  fan_id bigint not null references fans on delete cascade,
  primary key (list_id, fan_id)
);

-- Drafts (草稿) and published articles (已发布) as last synced. One row is one message of 1–8 articles.
create table article_sets (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  kind text not null check (kind in ('draft', 'published')),
  -- media_id of a draft, article_id of a published one
  wechat_id text not null,
  title text not null,
  articles jsonb not null,
  -- up to 160,000 characters a set: kept beside the rest, so that lists and searches never read them
  bodies jsonb not null default '[]',
  wechat_updated_at timestamptz,
  synced_at timestamptz not null,
  -- no longer at WeChat when we last looked
  gone_at timestamptz,
  unique (account_id, kind, wechat_id)
);
create index article_sets_list on article_sets (account_id, kind, wechat_updated_at desc, id desc);

-- Images uploaded here and kept at WeChat as permanent material, for image messages and covers.
create table media_assets (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  kind text not null check (kind in ('image', 'voice', 'video')),
  name text not null,
  file_key text,
  mime text not null,
  bytes bigint not null,
  media_id text not null,
  url text,
  created_by bigint references operators,
  created_at timestamptz not null,
  gone_at timestamptz,
  unique (account_id, media_id)
);
