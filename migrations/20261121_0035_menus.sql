-- 自定义菜单: what an account's menus are meant to be, and what WeChat had when we last looked.
create table menu_sets (
  account_id bigint primary key references accounts on delete cascade,
  -- the default first, the others in the order in which they are tried
  menus jsonb not null default '[]',
  revision int not null default 0,
  -- null while live_at is not: WeChat had none
  live jsonb,
  live_at timestamptz,
  updated_by bigint references operators,
  updated_at timestamptz
);

-- A button whose tap is answered, by its key: the owner of that answer's rule.
create table menu_answers (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  key text not null check (octet_length(key) between 1 and 128),
  unique (account_id, key)
);

create table menu_publications (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  revision int not null,
  -- at WeChat, before and as it was to become; null: no menu
  before jsonb,
  wanted jsonb,
  state text not null default 'running' check (state in ('running', 'done', 'failed')),
  problem jsonb,
  steps smallint not null default 0,
  created_by bigint references operators,
  created_at timestamptz not null,
  ended_at timestamptz
);
create index menu_publications_account on menu_publications (account_id, id desc);

create table menu_days (
  account_id bigint not null references accounts on delete cascade,
  day date not null,
  -- by the button's key, or by the address or page that it opened
  kind text not null check (kind in ('tap', 'view')),
  target text not null check (octet_length(target) between 1 and 1024),
  taps int not null,
  primary key (account_id, day, kind, target)
) with (fillfactor = 60);
