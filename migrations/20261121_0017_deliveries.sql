-- What produces deliveries to single people: its owner says what and to whom, this row whether and how fast.
create table sends (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  owner_kind text not null check (owner_kind in ('campaign', 'test')),
  owner_id bigint not null,
  name text not null,
  channel text not null check (channel in ('customer-service', 'template', 'subscription')),
  purpose text not null check (purpose in ('marketing', 'service')),
  -- for those who did something just now; or for many at a time, never in the way of the others
  lane text not null check (lane in ('immediate', 'bulk')),
  state text not null default 'running' check (state in ('running', 'paused', 'ended')),
  pause_reason text,
  pause_detail jsonb,
  -- messages a minute of its own; null: what the account allows
  rate_per_minute int check (rate_per_minute > 0),
  -- 对照组: people left without, in ten-thousandths
  holdout int not null default 0 check (holdout between 0 and 5000),
  -- the newest row of send_versions
  version int not null default 1,
  -- refusals of content in a row; enough of them pause the send
  refusals int not null default 0,
  -- ended with people left, who are still to be told off
  leftovers boolean not null default false,
  created_at timestamptz not null,
  ended_at timestamptz
);
create index sends_leftovers on sends (id) where leftovers;
create index sends_owner on sends (owner_kind, owner_id);
create index sends_live on sends (account_id, channel, lane) where state = 'running';

-- Content and limits as people entered under them; never changed.
create table send_versions (
  send_id bigint not null references sends on delete cascade,
  version int not null,
  content jsonb not null,
  -- {"fingerprint"} of the template it was written for
  template jsonb,
  -- frequency caps and quiet hours: {"caps": "inherit"|"none", "quiet": …}, the last instant a message may still go
  limits jsonb not null default '{}',
  tracked boolean not null default false,
  created_at timestamptz not null,
  primary key (send_id, version)
);

-- 发送记录: one row per person, send and occurrence, with its whole story. `send_id` has no foreign key: it would cost half of
-- a freeze; what deletes a send deletes these.
create table deliveries (
  id bigint generated always as identity primary key,
  send_id bigint not null,
  account_id bigint not null,
  version int not null,
  contact_id bigint not null,
  fan_id bigint not null,
  -- 0 for once in a send; the run's, or the event's id where a person may get several
  occurrence bigint not null default 0,
  run_id bigint,
  state text not null default 'planned' check (state in
    ('planned', 'held', 'skipped', 'sending', 'accepted', 'delivered', 'failed', 'unknown')),
  reason text,
  detail jsonb,
  -- what the event that fired said, for variables
  context jsonb,
  -- business time: when to look at it next
  due_at timestamptz not null,
  planned_at timestamptz not null,
  attempts smallint not null default 0,
  intent_at timestamptz,
  settled_at timestamptz,
  msg_id text,
  -- which window or grant it took from, to be given back: {"window": "message", "event": "12"} or {"grant": true}
  reserved jsonb,
  -- real time
  lease_until timestamptz,
  fence int not null default 0,
  clicked_at timestamptz,
  converted_at timestamptz,
  conversion_value numeric,
  unique (send_id, contact_id, occurrence)
) with (fillfactor = 85);
create index deliveries_due on deliveries (send_id, due_at, id) where state in ('planned', 'held');
create index deliveries_contact on deliveries (contact_id, id);
create index deliveries_lease on deliveries (lease_until) where state = 'sending';
create index deliveries_msg on deliveries (account_id, msg_id) where msg_id is not null;
create index deliveries_clicked on deliveries (send_id) where clicked_at is not null;
create index deliveries_converted on deliveries (send_id) where converted_at is not null;

-- How many deliveries of a send are in which state for which reason, in some slots that are added up, so that those who
-- count don't wait for each other. Written in the transaction that changes the states; a slot may be negative, a sum never.
create table delivery_tallies (
  send_id bigint not null references sends on delete cascade,
  run_id bigint not null default 0,
  slot smallint not null,
  state text not null,
  reason text not null default '',
  n bigint not null,
  primary key (send_id, run_id, state, reason, slot)
) with (fillfactor = 60);
-- What came of calls, by minute of business time.
create table delivery_pace (
  send_id bigint not null references sends on delete cascade,
  minute timestamptz not null,
  slot smallint not null,
  accepted int not null default 0,
  refused int not null default 0,
  primary key (send_id, minute, slot)
) with (fillfactor = 60);

-- Results that came before the answer to their call was written, kept for an hour.
create table delivery_receipts (
  account_id bigint not null references accounts on delete cascade,
  msg_id text not null,
  fan_id bigint not null,
  outcome text not null check (outcome in ('delivered', 'blocked', 'failed')),
  at timestamptz not null,
  -- real time
  received_at timestamptz not null default clock_timestamp(),
  primary key (account_id, msg_id)
);

-- 互动窗口: what a fan's last act of a kind allows. `used` counts reserved and spent together.
create table service_windows (
  fan_id bigint not null,
  kind text not null check (kind in ('message', 'menu', 'follow', 'scan', 'payment')),
  account_id bigint not null,
  event_id bigint not null,
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  allowance smallint not null,
  used smallint not null default 0 check (used >= 0),
  primary key (fan_id, kind)
) with (fillfactor = 80);

-- Calls of an interface on a Beijing day. `exhausted`: the platform said so, whatever we counted.
create table call_days (
  account_id bigint not null references accounts on delete cascade,
  channel text not null,
  day date not null,
  used int not null default 0 check (used >= 0),
  exhausted boolean not null default false,
  primary key (account_id, channel, day)
);

-- 不再打扰: people nobody may message, whatever the send.
create table contact_suppressions (
  contact_id bigint primary key,
  note text not null default '' check (char_length(note) <= 200),
  created_by bigint references operators,
  created_at timestamptz not null
);

-- 疲劳度: at most `most` messages a person in a window; everywhere, or in one account or channel.
create table frequency_caps (
  id bigint generated always as identity primary key,
  account_id bigint references accounts on delete cascade,
  channel text check (channel in ('customer-service', 'template', 'subscription', 'mass')),
  purpose text not null check (purpose in ('marketing', 'any')),
  most int not null check (most between 1 and 1000),
  window_amount int not null check (window_amount between 1 and 365),
  window_unit text not null check (window_unit in ('minute', 'hour', 'day', 'week', 'month')),
  -- calendar: since the beginning of the Beijing day, week or month; else counted back from the moment
  calendar boolean not null default false,
  action text not null check (action in ('drop', 'postpone')),
  enabled boolean not null default true,
  created_at timestamptz not null
);

-- 免打扰时段: minutes of the day in a time zone; over midnight where it ends before it begins.
create table quiet_hours (
  id bigint generated always as identity primary key,
  account_id bigint references accounts on delete cascade,
  purpose text not null check (purpose in ('marketing', 'any')),
  from_minute smallint not null check (from_minute between 0 and 1439),
  until_minute smallint not null check (until_minute between 0 and 1439),
  zone text not null default 'Asia/Shanghai',
  action text not null check (action in ('drop', 'postpone')),
  enabled boolean not null default true,
  created_at timestamptz not null,
  check (from_minute <> until_minute)
);

-- Fans of whom WeChat said that they can't be written to (blacklisted by the account, or refusing its messages).
create table fan_blocks (
  fan_id bigint primary key,
  account_id bigint not null references accounts on delete cascade,
  errcode int not null,
  at timestamptz not null,
  -- tried again after it, or once they act
  until timestamptz not null
);

-- Mass sends count in frequency caps as well: jobs that went or may have gone, and to whom.
create view mass_jobs as
  select t.broadcast_id, t.seq, b.account_id, coalesce(t.accepted_at, t.intent_at) as at
  from broadcasts b join broadcast_batches t on t.broadcast_id = b.id
  where t.state in ('sending', 'accepted', 'delivered', 'unknown');
create view mass_touches as
  select r.fan_id, r.broadcast_id, j.account_id, j.at
  from broadcast_recipients r join mass_jobs j on j.broadcast_id = r.broadcast_id and j.seq = r.batch_seq;
