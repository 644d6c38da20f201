-- 模板消息 and 订阅通知 templates as last synced. A template that changed or went away pauses what uses it.
create table message_templates (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  kind text not null check (kind in ('template', 'subscription')),
  -- template_id or priTmplId
  wechat_id text not null,
  title text not null,
  content text not null,
  example text not null default '',
  -- [{"key": "thing1", "type": "thing", "name": "商品", "values": null}]
  fields jsonb not null,
  -- by category (类目) or by industry (历史); only the first can still be added
  family text check (family in ('category', 'industry')),
  industry text,
  -- of subscription templates: 一次性 or 长期
  term text check (term in ('one-time', 'long-term')),
  -- what its fields and their order come to; another one means that it changed
  fingerprint text not null,
  first_seen_at timestamptz not null,
  changed_at timestamptz,
  synced_at timestamptz not null,
  -- no longer at WeChat when we last looked
  gone_at timestamptz,
  unique (account_id, kind, wechat_id),
  check ((kind = 'subscription') = (term is not null))
);
create index message_templates_list on message_templates (account_id, kind, id desc);

-- Who names a template: while one that does is active, it is not deleted at WeChat.
create table template_uses (
  template_id bigint not null references message_templates on delete cascade,
  user_kind text not null check (user_kind in ('campaign', 'journey')),
  user_id bigint not null,
  name text not null,
  active boolean not null default true,
  primary key (template_id, user_kind, user_id)
);
create index template_uses_user on template_uses (user_kind, user_id);

-- When an account's templates are looked at next; a row is made when an account that may have some is first met.
create table template_syncs (
  account_id bigint primary key references accounts on delete cascade,
  due_at timestamptz not null,
  -- the beginning of the last look that reached its end
  synced_at timestamptz,
  problem jsonb
);

-- 订阅授权: how many notifications a fan (following or not) allows from a template. `used` counts reserved and spent together.
create table subscription_grants (
  fan_id bigint not null,
  template_id bigint not null references message_templates on delete cascade,
  account_id bigint not null,
  granted int not null default 0 check (granted >= 0),
  used int not null default 0 check (used >= 0),
  -- the latest refusal or cancellation and the latest acceptance, by the platform's time
  rejected_at timestamptz,
  accepted_at timestamptz,
  -- moves on with every refusal, so that what was reserved before is not given back after
  epoch int not null default 0,
  -- the last event that is in it: each counts once, whoever books it
  event_id bigint not null default 0,
  primary key (fan_id, template_id)
) with (fillfactor = 85);
create index subscription_grants_template on subscription_grants (template_id, fan_id);

-- Answers to templates that no sync has met yet, until one does.
create table subscription_answers (
  account_id bigint not null references accounts on delete cascade,
  wechat_id text not null,
  fan_id bigint not null,
  event_id bigint not null,
  accepted boolean not null,
  at timestamptz not null,
  primary key (account_id, wechat_id, fan_id, event_id)
);
create index subscription_answers_fan on subscription_answers (fan_id);

-- What pages of the account sign with (jsapi_ticket); ages with the platform's time.
create table jsapi_tickets (
  account_id bigint primary key references accounts on delete cascade,
  ticket_encrypted bytea,
  expires_at timestamptz
);

-- H5 pages on which people may subscribe.
create table subscribe_pages (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  page_key text not null unique,
  name text not null check (char_length(name) between 1 and 60),
  title text not null,
  text text not null default '',
  button text not null,
  template_ids bigint[] not null check (cardinality(template_ids) between 1 and 5),
  opened bigint not null default 0,
  created_by bigint references operators,
  created_at timestamptz not null,
  archived_at timestamptz
);
create index subscribe_pages_list on subscribe_pages (account_id, id desc);
