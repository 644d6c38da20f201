-- Of a fan's month: what sends hold that wait for their time. At the intent a booking becomes a use.
alter table mass_allowances add column booked smallint not null default 0 check (booked >= 0);
alter table broadcast_batches
  -- the months in which each of its people is booked now
  add column booked_months date[] not null default '{}',
  -- the months in which they are to be instead; null: as they should be
  add column months_to_book date[];
create index broadcast_batches_to_book on broadcast_batches (broadcast_id) where months_to_book is not null;
alter table broadcasts drop constraint broadcasts_step_check;
alter table broadcasts add constraint broadcasts_step_check check (step in ('selecting', 'booking'));

-- What waited before there were bookings; within 30 minutes of a month's end it counts in both months.
update broadcast_batches t set months_to_book = array(
    select distinct date_trunc('month', x at time zone 'Asia/Shanghai')::date
    from unnest(array[a.send_at, a.send_at + interval '30 minutes']) as x order by 1)
  from broadcast_arms a join accounts c on c.id = a.account_id
  where a.broadcast_id = t.broadcast_id and a.number = t.arm and a.state in ('queued', 'opening') and a.send_at is not null
    and t.state in ('planned', 'held') and c.kind = 'service';

-- 饱和度: followers by how many mass sends the month had left for them (0, 1, …), as the day began.
create table mass_month_days (
  account_id bigint not null references accounts on delete cascade,
  day date not null,
  lefts int[] not null,
  primary key (account_id, day)
);
