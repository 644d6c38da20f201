-- 回测: a rule, or two versions of it, played over what is on record. What came of it is written once, at the end.
create table backtests (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  kind text not null check (kind in ('recall', 'campaign')),
  -- the saved rule or campaign it is about; its own messages are left out of the past
  subject_id bigint,
  name text not null check (char_length(name) between 1 and 60),
  variants jsonb not null,
  days smallint not null check (days between 1 and 90),
  sample smallint not null check (sample in (1, 10, 100)),
  from_at timestamptz not null,
  to_at timestamptz not null,
  -- events up to here count: the same log, the same result
  log_upto bigint not null,
  run_id bigint,
  cancelled_at timestamptz,
  result jsonb,
  created_by bigint references operators,
  created_at timestamptz not null,
  finished_at timestamptz,
  check (result is null or cancelled_at is null)
);
create index backtests_list on backtests (account_id, id desc);

-- Some of those it would have reached, and of those it would not.
create table backtest_people (
  backtest_id bigint not null references backtests on delete cascade,
  variant smallint not null check (variant in (0, 1)),
  reached boolean not null,
  n smallint not null,
  contact_id bigint not null,
  turn_at timestamptz not null,
  decided_at timestamptz not null,
  reason text,
  primary key (backtest_id, variant, reached, n),
  check (reached = (reason is null))
);
create index backtest_people_contact on backtest_people (contact_id);
