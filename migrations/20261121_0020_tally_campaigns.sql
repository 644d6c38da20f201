-- What a campaign's live page shows is read from sums, however many people it has. Kept by the database itself, whoever writes
-- the rows: an insert, a merge, an erasure. In some slots that are added up, so that connections don't wait for each other.
create table campaign_sums (
  campaign_id bigint not null references campaigns on delete cascade,
  slot smallint not null,
  events bigint not null,
  people bigint not null,
  firings bigint not null,
  primary key (campaign_id, slot)
) with (fillfactor = 60);

-- Firings that wait for B, by the hour (UTC) in which they are decided.
create table campaign_wait_hours (
  campaign_id bigint not null references campaigns on delete cascade,
  hour timestamptz not null,
  slot smallint not null,
  n bigint not null,
  primary key (campaign_id, hour, slot)
) with (fillfactor = 60);

insert into campaign_sums (campaign_id, slot, events, people, firings)
  select campaign_id, 0, sum(seen), count(*), sum(fired) from campaign_people group by campaign_id;
insert into campaign_wait_hours (campaign_id, hour, slot, n)
  select campaign_id, date_bin('1 hour', due_at, timestamptz '2000-01-01 00:00+00'), 0, count(*)
  from campaign_waits where state = 'waiting' group by 1, 2;

-- One slot a connection, near enough.
create function tally_slot() returns smallint language sql stable as $$ select (pg_backend_pid() % 32)::smallint $$;

-- In one order for everybody. Of a campaign that is being deleted nothing is kept.
create function sum_campaign_people() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    insert into campaign_sums as s (campaign_id, slot, events, people, firings)
    select w.campaign_id, tally_slot(), -sum(w.seen), -count(*), -sum(w.fired)
    from was w join campaigns c on c.id = w.campaign_id group by w.campaign_id order by w.campaign_id
    on conflict (campaign_id, slot) do update set events = s.events + excluded.events,
      people = s.people + excluded.people, firings = s.firings + excluded.firings;
  end if;
  if tg_op <> 'DELETE' then
    insert into campaign_sums as s (campaign_id, slot, events, people, firings)
    select i.campaign_id, tally_slot(), sum(i.seen), count(*), sum(i.fired)
    from becomes i group by i.campaign_id order by i.campaign_id
    on conflict (campaign_id, slot) do update set events = s.events + excluded.events,
      people = s.people + excluded.people, firings = s.firings + excluded.firings;
  end if;
  return null;
end $$;
create trigger campaign_people_counted after insert on campaign_people referencing new table as becomes
  for each statement execute function sum_campaign_people();
create trigger campaign_people_counted_again after update on campaign_people referencing old table as was new table as becomes
  for each statement execute function sum_campaign_people();
create trigger campaign_people_gone after delete on campaign_people referencing old table as was
  for each statement execute function sum_campaign_people();

create function sum_campaign_waits() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    insert into campaign_wait_hours as s (campaign_id, hour, slot, n)
    select w.campaign_id, date_bin('1 hour', w.due_at, timestamptz '2000-01-01 00:00+00') as hour, tally_slot(), -count(*)
    from was w join campaigns c on c.id = w.campaign_id where w.state = 'waiting'
    group by w.campaign_id, hour order by w.campaign_id, hour
    on conflict (campaign_id, hour, slot) do update set n = s.n + excluded.n;
  end if;
  if tg_op <> 'DELETE' then
    insert into campaign_wait_hours as s (campaign_id, hour, slot, n)
    select i.campaign_id, date_bin('1 hour', i.due_at, timestamptz '2000-01-01 00:00+00') as hour, tally_slot(), count(*)
    from becomes i where i.state = 'waiting'
    group by i.campaign_id, hour order by i.campaign_id, hour
    on conflict (campaign_id, hour, slot) do update set n = s.n + excluded.n;
  end if;
  return null;
end $$;
create trigger campaign_waits_begun after insert on campaign_waits referencing new table as becomes
  for each statement execute function sum_campaign_waits();
create trigger campaign_waits_settled after update on campaign_waits referencing old table as was new table as becomes
  for each statement execute function sum_campaign_waits();
create trigger campaign_waits_gone after delete on campaign_waits referencing old table as was
  for each statement execute function sum_campaign_waits();

-- Waits are listed by what came of them, not only those that wait.
create index campaign_waits_list on campaign_waits (campaign_id, state, due_at, id);
drop index campaign_waits_of;

-- Every text that somebody writes is compared with the items of menus that were sent.
create index send_versions_menus on send_versions (send_id, version) where content ->> 'kind' = 'msgmenu';
