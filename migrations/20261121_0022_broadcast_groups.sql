-- 发送组: whom, and what it is filed under. In order: who is named by an earlier one is filtered from the later ones.
create table broadcast_groups (
  id bigint generated always as identity primary key,
  broadcast_id bigint not null references broadcasts on delete cascade,
  place smallint not null check (place between 0 and 9),
  name text not null check (char_length(name) between 1 and 60),
  activity_id bigint references activities on delete set null,
  audience jsonb not null,
  audience_basis jsonb,
  path text not null check (path in ('list', 'tag', 'all')),
  ignore_reprint boolean not null default false,
  -- 对照组: ten-thousandths left without
  holdout smallint not null default 0 check (holdout between 0 and 5000),
  -- what becomes of a time that passed while nothing ran
  missed text not null default 'ask' check (missed in ('send', 'skip', 'ask')),
  -- A/B: when the rest goes and what is done in doubt; null: no test
  test jsonb,
  -- when frozen: named by it, and of those named by an earlier group already
  total int,
  filtered int,
  unique (broadcast_id, place),
  check (path = 'list' or (holdout = 0 and test is null))
);
create index broadcast_groups_activity on broadcast_groups (activity_id) where activity_id is not null;

-- 记录: what goes out at one time with one content.
create table broadcast_arms (
  id bigint generated always as identity primary key,
  broadcast_id bigint not null references broadcasts on delete cascade,
  account_id bigint not null,
  group_id bigint not null references broadcast_groups on delete cascade,
  -- unique in the broadcast; batches and recipients name it
  number smallint not null check (number between 0 and 99),
  kind text not null check (kind in ('whole', 'variant', 'rest')),
  -- ten-thousandths of the group's people; of variants only
  share smallint check (share between 1 and 9999),
  -- null for the rest: the winner's
  content jsonb,
  frozen_content jsonb,
  state text not null default 'draft' check (state in
    ('draft', 'queued', 'deciding', 'opening', 'running', 'asking', 'ended', 'cancelled', 'failed')),
  -- as chosen; null: at once
  send_at timestamptz,
  -- business time: when to look at it next
  due_at timestamptz,
  reason text,
  detail jsonb,
  -- people in batches when frozen, and those left out by reason
  planned int,
  skipped jsonb not null default '{}',
  -- of a rest: whose content it gets, who said so (null: the figures), and the figures it was decided by
  chosen_arm smallint,
  chosen_by bigint references operators,
  verdict jsonb,
  queued_at timestamptz,
  opened_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  lease_until timestamptz,
  fence bigint not null default 0,
  unique (broadcast_id, number),
  check ((kind = 'variant') = (share is not null)),
  check (kind = 'rest' or content is not null),
  check (state not in ('opening', 'running', 'ended') or frozen_content is not null),
  check (kind <> 'rest' or frozen_content is null or chosen_arm is not null)
);
create index broadcast_arms_due on broadcast_arms (due_at) where state in ('queued', 'deciding', 'opening');
create index broadcast_arms_running on broadcast_arms (broadcast_id) where state = 'running';
create index broadcast_arms_list on broadcast_arms (account_id, id desc);
create index broadcast_arms_group on broadcast_arms (group_id);

-- 定时: {"kind":"now"} | {"kind":"at","at":…} (统一定时) | {"kind":"each"} (分组定时: each group's own)
alter table broadcasts add column timing jsonb not null default '{"kind":"now"}';
alter table broadcasts alter column audience drop not null, alter column content drop not null;
alter table broadcast_recipients add column arm smallint not null default 0;
alter table broadcast_batches add column arm smallint not null default 0;

insert into broadcast_groups (broadcast_id, place, name, activity_id, audience, audience_basis, path, ignore_reprint, total, filtered)
  select id, 0, name, activity_id, audience, audience_basis, coalesce(path, 'list'), ignore_reprint,
    planned + coalesce((select sum(v::int) from jsonb_each_text(skipped) as s (k, v)), 0),
    case when planned is not null then 0 end
  from broadcasts;
insert into broadcast_arms (broadcast_id, account_id, group_id, number, kind, content, frozen_content, state, planned, skipped,
    reason, queued_at, opened_at, started_at, ended_at, due_at)
  select b.id, b.account_id, g.id, 0, 'whole', b.content, b.frozen_content,
    case when b.state = 'draft' or (b.state in ('preparing', 'paused') and b.step = 'selecting') then 'draft'
      when b.state in ('ended', 'cancelled', 'failed') then b.state
      when b.step = 'copying' then 'opening' else 'running' end,
    b.planned, b.skipped, b.failure_reason, b.frozen_at, b.started_at, b.started_at, b.ended_at,
    case when b.step = 'copying' then b.frozen_at end
  from broadcasts b join broadcast_groups g on g.broadcast_id = b.id;
-- the copies are made by the arm that opens
update broadcasts set state = case state when 'preparing' then 'running' else state end, step = null where step = 'copying';
alter table broadcasts drop constraint broadcasts_step_check;
alter table broadcasts add constraint broadcasts_step_check check (step = 'selecting');
alter table broadcast_batches add constraint broadcast_batches_arm
  foreign key (broadcast_id, arm) references broadcast_arms (broadcast_id, number) on delete cascade;

-- one row a broadcast and activity: groups of one broadcast may be filed under different ones
create or replace view activity_work as
  select g.activity_id, 'broadcast' as kind, b.id, b.account_id, b.name, b.state, b.created_at, null::bigint as send_id,
    coalesce(sum(t.sent), 0)::bigint as sent, coalesce(sum(t.delivered), 0)::bigint as delivered
  from broadcast_groups g join broadcasts b on b.id = g.broadcast_id cross join lateral (
    select sum(x.size) filter (where x.state in ('accepted', 'delivered')) as sent,
      sum(x.sent_count) filter (where x.state = 'delivered') as delivered
    from broadcast_arms a join broadcast_batches x on x.broadcast_id = a.broadcast_id and x.arm = a.number
    where a.group_id = g.id) t
  where g.activity_id is not null group by g.activity_id, b.id
  union all
  select c.activity_id, c.kind, c.id, c.account_id, c.name, c.state, c.created_at, c.send_id, 0, 0
  from campaigns c where c.activity_id is not null;
