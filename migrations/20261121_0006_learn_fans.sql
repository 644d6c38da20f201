-- When more is to be asked about a fan who just appeared; real time, null when nothing is.
alter table fans add column detail_due_at timestamptz;
create index fans_detail_due on fans (detail_due_at) where detail_due_at is not null;
create index contact_aliases_target on contact_aliases (merged_into);
create index fan_lists_account on fan_lists (account_id, id desc);

-- Readers of the log stop before ingest transactions still running; these hold an advisory lock, so that other
-- long transactions (a freeze, a dump) don't hold up the readers as a horizon of transaction ids would.
alter table events drop column txid;

-- Who carries a tag, as read so far by a run that isn't through with the tag.
create table tag_member_readings (
  run_id bigint not null references background_runs on delete cascade,
  tag_id int not null,
  fan_id bigint not null references fans on delete cascade,
  primary key (run_id, tag_id, fan_id)
);
