-- 自动回复规则: what a fan's act is answered with.
create table reply_rules (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('keyword', 'follow', 'scan', 'menu', 'default')),
  name text not null check (char_length(name) between 1 and 60),
  state text not null default 'on' check (state in ('on', 'off')),
  priority smallint not null default 0 check (priority between -100 and 100),
  -- [{"text", "match": exact|contains|starts|regex, "caseSensitive"}]
  keywords jsonb not null default '[]',
  -- [{"days": [1..7], "fromMinute", "untilMinute", "zone"}]; empty: always
  hours jsonb not null default '[]',
  -- as the form holds it
  answer jsonb not null,
  -- default: least time between two to one fan
  every_ms bigint check (every_ms between 60000 and 2592000000),
  -- made on another page and edited there
  owner_kind text check (owner_kind in ('recall', 'qr-code', 'menu')),
  owner_id bigint,
  version int not null default 1,
  created_by bigint references operators,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  check ((kind = 'keyword') = (keywords <> '[]')),
  check ((kind = 'default') = (every_ms is not null)),
  check ((owner_kind is null) = (owner_id is null))
);
create unique index reply_rules_owner on reply_rules (owner_kind, owner_id, kind) where owner_kind is not null and archived_at is null;

create table reply_rule_accounts (
  rule_id bigint not null references reply_rules on delete cascade,
  account_id bigint not null references accounts on delete cascade,
  primary key (rule_id, account_id)
);
create index reply_rule_accounts_account on reply_rule_accounts (account_id);

-- Which code or button a scan or menu answer belongs to; a thousand codes may share one.
create table reply_targets (
  account_id bigint not null references accounts on delete cascade,
  kind text not null check (kind in ('scan', 'menu')),
  target text not null check (octet_length(target) between 1 and 256),
  rule_id bigint not null references reply_rules on delete cascade,
  primary key (account_id, kind, target)
);
create index reply_targets_rule on reply_targets (rule_id);

-- An answer as it was given under a version: every id of WeChat's in it; never changed.
create table reply_versions (
  rule_id bigint not null references reply_rules on delete cascade,
  account_id bigint not null references accounts on delete cascade,
  version int not null,
  answer jsonb not null,
  created_at timestamptz not null,
  primary key (rule_id, account_id, version)
);

-- Bumped in the transaction of every change; what processes compare.
create table reply_revisions (
  account_id bigint primary key references accounts on delete cascade,
  n bigint not null
);

-- When a fan got an answer that has a limit last.
create table reply_limits (
  fan_id bigint not null,
  rule_id bigint not null references reply_rules on delete cascade,
  at timestamptz not null,
  primary key (fan_id, rule_id)
);

create table reply_days (
  rule_id bigint not null references reply_rules on delete cascade,
  account_id bigint not null references accounts on delete cascade,
  day date not null,
  keyword smallint not null,
  slot smallint not null,
  hits int not null default 0,
  passive int not null default 0,
  muted int not null default 0,
  primary key (rule_id, account_id, day, keyword, slot)
) with (fillfactor = 60);

create table reply_people (
  rule_id bigint not null references reply_rules on delete cascade,
  fan_id bigint not null,
  hits int not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (rule_id, fan_id)
) with (fillfactor = 80);
create index reply_people_fan on reply_people (fan_id);
