-- A material that goes, or comes back, changes what answers can give: whoever looks at WeChat and finds it so changes the rules'
-- revision in the same transaction.
create function bump_replies_of_materials() returns trigger language plpgsql as $$
begin
  update reply_revisions r set n = r.n + 1
  where r.account_id in (
    select n.account_id from new_rows n join old_rows o on o.id = n.id where n.gone_at is distinct from o.gone_at);
  if found then
    perform pg_notify('weida_wake', 'auto-replies');
  end if;
  return null;
end $$;
create trigger article_sets_gone after update on article_sets referencing old table as old_rows new table as new_rows
  for each statement execute function bump_replies_of_materials();
create trigger media_assets_gone after update on media_assets referencing old table as old_rows new table as new_rows
  for each statement execute function bump_replies_of_materials();

-- A menu owns a rule for each of its buttons.
drop index reply_rules_owner;
create index reply_rules_owner on reply_rules (owner_kind, owner_id) where owner_kind is not null and archived_at is null;
