-- 下线: deletions at WeChat, one call each and ten a day of an account. Business time, but for leases.
create table withdrawals (
  batch_id bigint not null references broadcast_batches on delete cascade,
  -- counted from 1; 0: the whole message
  article smallint not null check (article between 0 and 8),
  account_id bigint not null references accounts on delete cascade,
  broadcast_id bigint not null references broadcasts on delete cascade,
  arm smallint not null,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'failed')),
  errcode int,
  asked_at timestamptz not null,
  asked_by bigint references operators,
  due_at timestamptz not null,
  -- when WeChat was last asked and may have done it
  called_at timestamptz,
  ended_at timestamptz,
  lease_until timestamptz,
  fence bigint not null default 0,
  primary key (batch_id, article),
  check ((state = 'waiting') = (ended_at is null))
);
create index withdrawals_due on withdrawals (due_at) where state = 'waiting';
create index withdrawals_broadcast on withdrawals (broadcast_id, arm, article);
create index withdrawals_account on withdrawals (account_id, called_at);

-- What was taken offline before: the batch said so itself.
insert into withdrawals (batch_id, article, account_id, broadcast_id, arm, state, asked_at, due_at, called_at, ended_at)
  select t.id, case when t.detail ->> 'withdrawn' = 'all' then 0 else (t.detail ->> 'withdrawn')::smallint end,
    t.account_id, t.broadcast_id, t.arm, 'done', w.at, w.at, w.at, w.at
  from broadcast_batches t cross join lateral (
    select coalesce(max(e.at), t.finished_at, now()) as at from audit_entries e
    where e.action = 'broadcast.withdrawn' and e.subject_kind = 'broadcast' and e.subject_id = t.broadcast_id::text) w
  where t.detail ->> 'withdrawn' ~ '^(all|[1-8])$';

-- 原创校验: what WeChat found of each article, {"checkState":…,"articles":[…]}
alter table mass_results add column originality jsonb;
-- a batch sent again with reprints allowed, whatever its group says
alter table broadcast_batches add column allow_reprint boolean not null default false;

-- 群发保护: an administrator confirms each mass send in WeChat. No interface tells; an operator or an outcome does.
alter table accounts add column confirms_mass boolean not null default false;

-- 评论: those of one send's articles, newest first.
create index events_comments on events (account_id, (properties ->> 'send'), at desc, id desc) where name = 'wechat.comment';
