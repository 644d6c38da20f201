-- What this database is, and its business clock.
create table installation (
  singleton boolean primary key default true check (singleton),
  id uuid not null default gen_random_uuid(),
  mode text not null check (mode in ('sandbox', 'production')),
  created_at timestamptz not null default now(),
  seeded_at timestamptz,
  -- set by a restore: nothing is sent until an operator confirms
  sending_paused boolean not null default false,
  restored_at timestamptz
);

-- Business time = machine time + offset. Production never moves it.
create table business_clock (
  singleton boolean primary key default true check (singleton),
  offset_ms bigint not null default 0 check (offset_ms >= 0),
  -- while set, the sandbox jumps from due instant to due instant until it gets here
  fast_until timestamptz,
  -- what the worker last saw: the next due instant, and whether something is in flight
  next_due_at timestamptz,
  busy boolean not null default false
);
insert into business_clock default values;

create function business_now() returns timestamptz
  language sql stable parallel safe
  as $$ select clock_timestamp() + (offset_ms * interval '1 millisecond') from business_clock $$;

create function guard_business_clock() returns trigger language plpgsql as $$
begin
  if new.offset_ms < old.offset_ms then
    raise exception 'the business clock only moves forward';
  end if;
  if new.offset_ms > 0 and (select mode from installation) is distinct from 'sandbox' then
    raise exception 'the business clock moves in a sandbox only';
  end if;
  return new;
end $$;
create trigger business_clock_forward before update on business_clock
  for each row execute function guard_business_clock();

create table operators (
  id bigint generated always as identity primary key,
  email text not null,
  name text not null check (char_length(name) between 1 and 60),
  role text not null check (role in ('administrator', 'operator', 'approver', 'analyst')),
  password_hash text not null,
  -- administrators see every account; others only those in operator_accounts
  all_accounts boolean not null default false,
  locale text not null default 'zh-CN' check (locale in ('zh-CN', 'en')),
  disabled_at timestamptz,
  created_at timestamptz not null
);
create unique index operators_email on operators (lower(email));

create table operator_sessions (
  token_hash bytea primary key,
  operator_id bigint not null references operators on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index operator_sessions_expiry on operator_sessions (expires_at);

-- Failed sign-ins by e-mail and by address; real time.
create table sign_in_failures (
  key text primary key,
  failures int not null,
  last_at timestamptz not null default now()
);

create table api_keys (
  id bigint generated always as identity primary key,
  operator_id bigint not null references operators on delete cascade,
  name text not null check (char_length(name) between 1 and 60),
  prefix text not null,
  key_hash bytea not null unique,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);

create table audit_entries (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(),
  actor_kind text not null check (actor_kind in ('operator', 'api-key', 'system')),
  actor_id bigint,
  actor_name text not null,
  action text not null,
  account_id bigint,
  subject_kind text,
  subject_id text,
  detail jsonb not null default '{}'
);
create index audit_entries_account on audit_entries (account_id, id desc);
create index audit_entries_subject on audit_entries (subject_kind, subject_id, id desc);

-- Rates shared by all processes: when the next block of a key may start. Real time.
create table rate_buckets (
  key text primary key,
  next_at timestamptz not null
);
