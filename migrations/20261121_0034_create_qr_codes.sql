-- Where codes are filed, and 渠道: where they hang.
create table qr_folders (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  name text not null check (char_length(name) between 1 and 30),
  created_at timestamptz not null,
  unique (account_id, name)
);
create table qr_placements (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  name text not null check (char_length(name) between 1 and 30),
  created_at timestamptz not null,
  unique (account_id, name)
);

create table qr_codes (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  name text not null check (char_length(name) between 1 and 60),
  folder_id bigint references qr_folders on delete set null,
  placement_id bigint references qr_placements on delete set null,
  -- known: made elsewhere, only listened to
  life text not null check (life in ('temporary', 'permanent', 'known')),
  scene text not null check (char_length(scene) between 1 and 64),
  scene_is_number boolean not null,
  life_seconds int check (life_seconds between 60 and 2592000),
  -- of the public page, which stays when the code behind it is another
  link_key text not null unique,
  ticket text,
  url text,
  expires_at timestamptz,
  state text not null check (state in ('waiting', 'ready', 'failed')),
  problem jsonb,
  -- what answers a scan; several codes may share one
  rule_id bigint references reply_rules on delete set null,
  logo_key text,
  page_opened_at timestamptz,
  -- making and renewing: whoever has it, and until when nobody else; real time
  free_at timestamptz not null default clock_timestamp(),
  fence int not null default 0,
  created_by bigint references operators,
  created_at timestamptz not null,
  archived_at timestamptz,
  -- a scan says the scene only: numbers and texts that read alike are one
  unique (account_id, scene),
  check ((life = 'temporary') = (life_seconds is not null)),
  check (life <> 'known' or (state = 'ready' and url is null)),
  check (life = 'known' or (state = 'ready') <= (ticket is not null and url is not null)),
  check (life <> 'temporary' or (url is null) = (expires_at is null))
);
create index qr_codes_list on qr_codes (account_id, id desc);
create index qr_codes_permanent on qr_codes (account_id) where life = 'permanent';
create index qr_codes_waiting on qr_codes (free_at) where state = 'waiting';
create index qr_codes_rule on qr_codes (rule_id) where rule_id is not null;
create index qr_codes_renew on qr_codes (expires_at) where life = 'temporary' and state = 'ready' and archived_at is null;

-- Who scanned a code, and as what when first: new fan, one who came back, one who followed already.
create table qr_scans (
  code_id bigint not null references qr_codes on delete cascade,
  fan_id bigint not null,
  how text not null check (how in ('new', 'back', 'fan')),
  first_at timestamptz not null,
  last_at timestamptz not null,
  scans int not null,
  primary key (code_id, fan_id)
) with (fillfactor = 85);
create index qr_scans_fan on qr_scans (fan_id);
create index qr_scans_list on qr_scans (code_id, first_at desc, fan_id);

create table qr_days (
  code_id bigint not null references qr_codes on delete cascade,
  day date not null,
  scans int not null,
  new_follows int not null,
  back_follows int not null,
  primary key (code_id, day)
) with (fillfactor = 80);
