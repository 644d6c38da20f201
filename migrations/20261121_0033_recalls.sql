-- 用户召回: a message to fans whose silence has lasted until the rule's moment.
create table recall_rules (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  name text not null check (char_length(name) between 1 and 60),
  state text not null default 'off' check (state in ('on', 'off')),
  minutes int not null check (minutes between 10 and 2880),
  reading text not null check (reading in ('before-end', 'after-silence')),
  -- from the last act to the moment; both readings are this one number
  offset_ms bigint not null generated always as
    ((case reading when 'before-end' then 2880 - minutes else minutes end) * 60000::bigint) stored,
  -- tags: any of these, none of those
  include jsonb not null default '[]',
  exclude jsonb not null default '[]',
  -- {"kind": "default", greeting, phrase, says} or {"kind": "custom", "replies": […]}
  content jsonb not null,
  limits jsonb not null default '{}',
  send_id bigint references sends,
  -- versions of the send, one a reply
  reply_versions int[] not null default '{}',
  keyword_rule_id bigint references reply_rules on delete set null,
  version int not null default 1,
  -- a whole second: silences that began from here on count
  made_at timestamptz not null,
  -- whose last act is not later has had their moment; moves forward only
  looked_to timestamptz not null,
  on_since timestamptz,
  created_by bigint references operators,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz
);
create index recall_rules_list on recall_rules (account_id) where archived_at is null;
create index recall_rules_send on recall_rules (send_id);

create table recall_versions (
  rule_id bigint not null references recall_rules on delete cascade,
  version int not null,
  rule jsonb not null,
  changed_by bigint references operators,
  changed_at timestamptz not null,
  primary key (rule_id, version)
);

-- Whose moment came and who was not to be written to, by reason; nobody is named.
create table recall_passes (
  rule_id bigint not null references recall_rules on delete cascade,
  day date not null,
  outcome text not null,
  n bigint not null,
  primary key (rule_id, day, outcome)
) with (fillfactor = 60);

-- 召回: the first act after a recall, within 48 hours.
create table recall_returns (
  delivery_id bigint primary key,
  rule_id bigint not null references recall_rules on delete cascade,
  account_id bigint not null,
  fan_id bigint not null,
  contact_id bigint not null,
  sent_at timestamptz not null,
  at timestamptz not null,
  kind text not null check (kind in ('message', 'menu', 'follow', 'scan')),
  -- on the phrase, or on an item of the reply
  tapped boolean not null,
  event_id bigint not null
);
create index recall_returns_rule on recall_returns (rule_id, at);
create index recall_returns_contact on recall_returns (contact_id);
