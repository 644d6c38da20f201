-- 小程序: what messages may open. No interface tells which are linked at WeChat, so an operator says it.
create table mini_programs (
  id bigint generated always as identity primary key,
  appid text not null unique check (appid ~ '^wx[0-9a-f]{16}$'),
  name text not null check (char_length(name) between 1 and 60),
  gh_id text,
  note text not null default '' check (char_length(note) <= 200),
  created_by bigint references operators,
  created_at timestamptz not null,
  archived_at timestamptz
);

create table mini_program_links (
  account_id bigint not null references accounts on delete cascade,
  mini_program_id bigint not null references mini_programs on delete cascade,
  linked_by bigint references operators,
  linked_at timestamptz not null,
  primary key (account_id, mini_program_id)
);
create index mini_program_links_program on mini_program_links (mini_program_id);
