-- A send to a million writes a million rows of one broadcast and one account: the same is held, asked once a statement instead of
-- once a row, which was a third of preparing it.
create function check_broadcast_of_recipients() returns trigger language plpgsql as $$
declare
  ids bigint[];
  found_count int;
begin
  select array_agg(id) into ids from (select broadcast_id as id from added group by 1) x;
  perform 1 from broadcasts where id = any(ids) for key share;
  get diagnostics found_count = row_count;
  if found_count < cardinality(ids) then
    raise foreign_key_violation using message = 'recipients of a broadcast that is not there', constraint = 'broadcast_recipients_broadcast';
  end if;
  return null;
end $$;

create function check_account_of_allowances() returns trigger language plpgsql as $$
declare
  ids bigint[];
  found_count int;
begin
  select array_agg(id) into ids from (select account_id as id from added group by 1) x;
  perform 1 from accounts where id = any(ids) for key share;
  get diagnostics found_count = row_count;
  if found_count < cardinality(ids) then
    raise foreign_key_violation using message = 'allowances of an account that is not there', constraint = 'mass_allowances_account';
  end if;
  return null;
end $$;

create function delete_recipients() returns trigger language plpgsql as $$
begin
  delete from broadcast_recipients where broadcast_id = old.id;
  return null;
end $$;

create function delete_allowances() returns trigger language plpgsql as $$
begin
  delete from mass_allowances where account_id = old.id;
  return null;
end $$;

alter table broadcast_recipients drop constraint broadcast_recipients_broadcast_id_fkey;
create trigger broadcast_recipients_broadcast after insert on broadcast_recipients referencing new table as added
  for each statement execute function check_broadcast_of_recipients();
create trigger broadcasts_recipients after delete on broadcasts for each row execute function delete_recipients();

alter table mass_allowances drop constraint mass_allowances_account_id_fkey;
create trigger mass_allowances_account after insert on mass_allowances referencing new table as added
  for each statement execute function check_account_of_allowances();
create trigger accounts_allowances after delete on accounts for each row execute function delete_allowances();
