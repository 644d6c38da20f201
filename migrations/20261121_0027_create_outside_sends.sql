-- 后台或其他系统的群发: mass sends of the account that none of our batches made, by WeChat's word or by an operator's.
create table outside_sends (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  -- how we know: a job's result, figures of its articles, or somebody said so
  source text not null check (source in ('result', 'statistics', 'hand')),
  msg_id text,
  msg_data_id text,
  -- when it went out; of one known by its figures alone only the Beijing day is known, and this is its beginning
  at timestamptz not null,
  name text not null default '' check (char_length(name) <= 200),
  -- how many got it, as the platform counted or the operator said
  people int check (people >= 0),
  state text not null default 'open' check (state in ('open', 'charging', 'charged', 'undoing', 'own', 'ignored')),
  -- to whom, as an operator said: {"kind":"all"|"tag"|"segment"|"list"|"unknown", …}
  reach jsonb,
  reach_name text,
  -- why the last attempt to charge it came to nothing
  problem text,
  -- whose month is charged are written down (outside_send_fans) before any is, and charged in the order of their numbers
  frozen_at timestamptz,
  to_charge int,
  charged_through bigint not null default 0,
  -- fans whose month was charged
  charged int not null default 0 check (charged >= 0),
  -- the account's day it counts in; null: in none
  counted_day date,
  counted_people int not null default 0,
  -- our own batch after all, whose answer was lost
  own_broadcast_id bigint references broadcasts on delete set null,
  own_seq int,
  created_by bigint references operators,
  decided_by bigint references operators,
  created_at timestamptz not null,
  decided_at timestamptz,
  unique (account_id, msg_id),
  unique (account_id, msg_data_id),
  check (source <> 'result' or msg_id is not null),
  check (source <> 'statistics' or msg_data_id is not null),
  check (state not in ('charging', 'charged', 'undoing') or reach is not null)
);
create index outside_sends_list on outside_sends (account_id, at desc, id desc);
create index outside_sends_work on outside_sends (id) where state in ('charging', 'undoing');
-- Whose month a send from outside takes: kept so that it can be given back exactly.
create table outside_send_fans (
  outside_send_id bigint not null references outside_sends on delete cascade,
  fan_id bigint not null,
  primary key (outside_send_id, fan_id)
);

-- Results that were compared with our batches; the others wait for it.
alter table mass_results add column compared_at timestamptz;
create index mass_results_waiting on mass_results (received_at) where compared_at is null;
update mass_results r set compared_at = r.received_at
  where exists (select from broadcast_batches t where t.account_id = r.account_id and t.msg_id = r.msg_id);
-- Batches whose job nobody could name.
create index broadcast_batches_unnamed on broadcast_batches (account_id, intent_at) where msg_id is null and intent_at is not null;
create index broadcast_batches_data on broadcast_batches (account_id, msg_data_id) where msg_data_id is not null;
create index article_figures_sent on article_figures (sent_day);
