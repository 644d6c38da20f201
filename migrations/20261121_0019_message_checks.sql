-- 合规检查: ids of the rules that stop a send; the others only warn.
create table message_check_settings (
  singleton boolean primary key default true check (singleton),
  blocking text[] not null default '{}'
);
