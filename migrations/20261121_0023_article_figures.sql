-- What was sent on a Beijing day, as work that is due: one look reads every article of it. Business time.
create table figure_days (
  account_id bigint not null references accounts on delete cascade,
  day date not null,
  -- null: nothing more is read
  due_at timestamptz,
  -- WeChat goes on counting; from here on one more look is the last
  last_until timestamptz not null,
  read_at timestamptz,
  -- looks since the last one that told everything
  tries int not null default 0,
  problem text,
  errcode int,
  lease_until timestamptz,
  fence bigint not null default 0,
  primary key (account_id, day)
);
create index figure_days_due on figure_days (due_at) where due_at is not null;

-- WeChat's own sums from the day of sending to stat_day: written over, never added up.
create table article_figures (
  account_id bigint not null references accounts on delete cascade,
  msg_data_id text not null,
  place smallint not null check (place between 1 and 8),
  stat_day date not null,
  sent_day date not null,
  title text not null,
  url text,
  readers int not null check (readers >= 0),
  -- those who came by the message itself, where WeChat splits them
  message_readers int check (message_readers >= 0),
  read_original int not null check (read_original >= 0),
  favourites int not null check (favourites >= 0),
  shares int not null check (shares >= 0),
  likes int not null check (likes >= 0),
  wows int not null check (wows >= 0),
  comments int not null check (comments >= 0),
  finish_rate real,
  is_final boolean not null,
  read_at timestamptz not null,
  primary key (account_id, msg_data_id, place, stat_day)
);

-- What was delivered before: as far back as WeChat tells.
insert into figure_days (account_id, day, due_at, last_until)
  select distinct t.account_id, d.day, (d.day + 1 + time '09:00') at time zone 'Asia/Shanghai',
    (d.day + 7 + time '09:00') at time zone 'Asia/Shanghai'
  from broadcast_batches t join broadcasts b on b.id = t.broadcast_id
    cross join lateral (values ((t.accepted_at at time zone 'Asia/Shanghai')::date), ((t.finished_at at time zone 'Asia/Shanghai')::date)) as d (day)
  where t.state = 'delivered' and t.msg_data_id is not null and b.frozen_content ->> 'kind' = 'articles'
    and d.day is not null and t.accepted_at > now() - interval '29 days';
