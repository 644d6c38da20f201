-- 营销活动: label, goal and period that sends belong to, for reports.
create table activities (
  id bigint generated always as identity primary key,
  name text not null unique check (char_length(name) between 1 and 60),
  goal text not null default '' check (char_length(goal) <= 500),
  starts_on date,
  ends_on date,
  created_by bigint references operators,
  created_at timestamptz not null,
  archived_at timestamptz,
  check (starts_on <= ends_on)
);
-- 分组: to file campaigns under.
create table campaign_groups (
  id bigint generated always as identity primary key,
  name text not null unique check (char_length(name) between 1 and 60),
  created_at timestamptz not null
);
alter table broadcasts add column activity_id bigint references activities on delete set null;
create index broadcasts_activity on broadcasts (activity_id) where activity_id is not null;

-- 触达活动: audience × trigger × content on one channel.
create table campaigns (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  kind text not null check (kind in ('customer-service', 'template', 'subscription')),
  name text not null check (char_length(name) between 1 and 60),
  state text not null default 'draft' check (state in
    ('draft', 'scheduled', 'preparing', 'running', 'paused', 'ended', 'cancelled', 'failed')),
  activity_id bigint references activities on delete set null,
  group_id bigint references campaign_groups on delete set null,
  -- what the form holds: audience, trigger, content, limits, goal
  plan jsonb not null,
  -- counts changes, so that two people don't overwrite each other
  revision int not null default 1,
  -- the newest row of campaign_versions; 0 before the start
  version int not null default 0,
  send_id bigint references sends,
  -- what a rule of its own became when it was started
  segment_id bigint references segments,
  preflight jsonb,
  -- business time: when something happens next by the clock (start, a run, the end)
  due_at timestamptz,
  starts_at timestamptz,
  ends_at timestamptz,
  pause_reason text,
  pause_detail jsonb,
  failure_reason text,
  failure_detail jsonb,
  -- past its end: what the log held then has still to be counted
  close_after bigint,
  -- ended by hand: firings that wait are dropped, in chunks
  drop_waits boolean not null default false,
  created_by bigint references operators,
  started_by bigint references operators,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz
);
create index campaigns_list on campaigns (account_id, id desc);
create index campaigns_due on campaigns (due_at) where due_at is not null;
create index campaigns_live on campaigns (kind) where state in ('scheduled', 'preparing', 'running', 'paused');
create index campaigns_drop on campaigns (id) where drop_waits;
create index campaigns_preflight on campaigns (id) where preflight ->> 'state' = 'running';
create index campaigns_activity on campaigns (activity_id) where activity_id is not null;

-- The plan as people entered under it; the first is what was started.
create table campaign_versions (
  campaign_id bigint not null references campaigns on delete cascade,
  version int not null,
  plan jsonb not null,
  -- by segment, the snapshot that answers for it as long as the version holds: crowds that are kept as they were
  pinned jsonb not null default '{}',
  changed_by bigint references operators,
  changed_at timestamptz not null,
  primary key (campaign_id, version)
);

-- One row per time a scheduled campaign reaches its audience.
create table campaign_runs (
  id bigint generated always as identity primary key,
  campaign_id bigint not null references campaigns on delete cascade,
  version int not null,
  scheduled_at timestamptz not null,
  -- asking: missed by down-time, somebody has to say whether it still goes
  state text not null check (state in ('due', 'asking', 'freezing', 'running', 'done', 'skipped', 'failed')),
  reason text,
  detail jsonb,
  planned int,
  -- which segments it was made of, as of when
  basis jsonb,
  started_at timestamptz,
  finished_at timestamptz,
  lease_until timestamptz,
  fence int not null default 0,
  unique (campaign_id, scheduled_at)
);
create index campaign_runs_live on campaign_runs (state) where state in ('due', 'freezing', 'running');

-- How often a person did A within the campaign, how often the count was reached, and how often that came to a message.
create table campaign_people (
  campaign_id bigint not null references campaigns on delete cascade,
  contact_id bigint not null,
  seen int not null default 0,
  begun int not null default 0,
  fired int not null default 0,
  primary key (campaign_id, contact_id)
) with (fillfactor = 85);

-- Firings of A that wait to see whether B follows, and what came of them.
create table campaign_waits (
  id bigint generated always as identity primary key,
  campaign_id bigint not null references campaigns on delete cascade,
  version int not null,
  contact_id bigint not null,
  fan_id bigint not null,
  event_id bigint not null,
  a_at timestamptz not null,
  -- B later than this no longer counts
  deadline timestamptz not null,
  -- when it is decided: the deadline, and some seconds for what is still on its way
  due_at timestamptz not null,
  state text not null default 'waiting' check (state in
    ('waiting', 'fired', 'did_b', 'left', 'limited', 'cancelled')),
  b_event_id bigint,
  b_at timestamptz,
  context jsonb,
  settled_at timestamptz,
  unique (campaign_id, event_id)
) with (fillfactor = 85);
create index campaign_waits_due on campaign_waits (due_at, id) where state = 'waiting';
create index campaign_waits_of on campaign_waits (campaign_id, due_at) where state = 'waiting';
create index campaign_waits_contact on campaign_waits (contact_id);

-- 转化目标: what counts for a send, and for how long after a message or a click.
create table send_goals (
  send_id bigint primary key references sends on delete cascade,
  event text not null,
  goal jsonb not null,
  within_ms bigint not null check (within_ms > 0),
  from_click boolean not null,
  set_at timestamptz not null
);
create index send_goals_event on send_goals (event);

-- 转化: an event that reached a goal, counted for the last touch before it and for no other.
create table conversions (
  event_id bigint primary key,
  send_id bigint not null references sends on delete cascade,
  delivery_id bigint not null,
  contact_id bigint not null,
  at timestamptz not null,
  -- business time: when it was counted
  known_at timestamptz not null,
  value numeric
);
create index conversions_send on conversions (send_id, at);
create index conversions_delivery on conversions (delivery_id);
create index conversions_contact on conversions (contact_id);

-- Clicks on tracked links that count; those of robots and previews are only summed up.
create table link_clicks (
  id bigint generated always as identity primary key,
  delivery_id bigint not null,
  send_id bigint not null,
  version int not null,
  link_index smallint not null,
  contact_id bigint not null,
  at timestamptz not null,
  known_at timestamptz not null
);
create index link_clicks_send on link_clicks (send_id, version, link_index);
create index link_clicks_delivery on link_clicks (delivery_id, at);
create index link_clicks_contact on link_clicks (contact_id);
-- The addresses behind the codes of a version.
create table send_links (
  send_id bigint not null references sends on delete cascade,
  version int not null,
  link_index smallint not null,
  kind text not null check (kind in ('web', 'mini-program')),
  url text not null,
  label text not null default '',
  uncounted bigint not null default 0,
  primary key (send_id, version, link_index)
);

alter table segment_uses drop constraint segment_uses_user_kind_check;
alter table segment_uses add constraint segment_uses_user_kind_check
  check (user_kind in ('segment', 'broadcast', 'campaign'));

-- What is filed under activities, whatever it is: mass sends with what their batches came to, campaigns with their send.
create view activity_work as
  select b.activity_id, 'broadcast' as kind, b.id, b.account_id, b.name, b.state, b.created_at, null::bigint as send_id,
    coalesce(t.sent, 0) as sent, coalesce(t.delivered, 0) as delivered
  from broadcasts b cross join lateral (
    select sum(x.size) filter (where x.state in ('accepted', 'delivered')) as sent,
      sum(x.sent_count) filter (where x.state = 'delivered') as delivered
    from broadcast_batches x where x.broadcast_id = b.id) t
  where b.activity_id is not null
  union all
  select c.activity_id, c.kind, c.id, c.account_id, c.name, c.state, c.created_at, c.send_id, 0, 0
  from campaigns c where c.activity_id is not null;
