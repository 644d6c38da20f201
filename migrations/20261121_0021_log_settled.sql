-- The highest event number up to which nothing can appear any more. Ingest transactions say by an advisory lock (class 7301,
-- shared) after which number theirs come, in the 31 bits an object of a lock has. The number drawn last is read first: a
-- transaction whose lock is not seen after that has ended, or draws later numbers.
create function log_settled() returns bigint language plpgsql volatile as $$
declare
  last bigint;
  settled bigint;
begin
  select case when is_called then last_value else 0 end into last from events_id_seq;
  select least(last, min(last - ((last - objid::bigint) & 2147483647))) into settled
  from pg_locks
  where locktype = 'advisory' and classid = 7301 and objsubid = 2
    and database = (select oid from pg_database where datname = current_database());
  return settled;
end $$;
