-- Answers to what fans do and recalls are sends of their own.
alter table sends drop constraint sends_owner_kind_check;
alter table sends add constraint sends_owner_kind_check check (owner_kind in ('campaign', 'test', 'auto-reply', 'recall'));
-- Several messages of one occasion go one after the other: occurrence = 16 × event + place.
alter table sends add column ordered boolean not null default false;
-- The last instant this one may still go; an answer that comes an hour late is none.
alter table deliveries add column not_after timestamptz;

-- What a tap on this content sends in the fan's name: items of a 菜单消息, bizmsgmenu links of a text.
alter table send_versions add column taps text[];
update send_versions set taps = (select array_agg(i ->> 'content') from jsonb_array_elements(content #> '{message,msgmenu,list}') i)
  where content ->> 'kind' = 'msgmenu';
create index send_versions_taps on send_versions (send_id, version) where taps is not null;
drop index send_versions_menus;

-- 最后互动: the latest act of each fan, kept with the windows by the same reaction; what recalls scan. Apart from fans, whose
-- updates by callbacks must touch no index.
create table fan_last_acts (
  fan_id bigint primary key,
  account_id bigint not null,
  kind text not null check (kind in ('message', 'menu', 'follow', 'scan')),
  at timestamptz not null,
  event_id bigint not null
) with (fillfactor = 80);
create index fan_last_acts_scan on fan_last_acts (account_id, at) include (fan_id, kind);
