-- People in and out as files. A file is kept for a day, what was refused of it for a week.
create table people_imports (
  id bigint generated always as identity primary key,
  -- null until it is started
  run_id bigint references background_runs on delete set null,
  file_key text,
  file_name text not null,
  format text not null check (format in ('csv', 'xlsx')),
  bytes bigint not null,
  columns text[] not null,
  sample jsonb not null,
  -- {mapping, whom, empty, segment}
  options jsonb,
  -- rows of the file that are written or refused; moves in the transaction that does it
  records bigint not null default 0,
  counts jsonb not null default '{}',
  segment_id bigint references segments on delete set null,
  -- business time: its last transaction, with the segment and the audit entry
  settled_at timestamptz,
  created_by bigint references operators,
  created_at timestamptz not null
);
create index people_imports_age on people_imports (created_at) where file_key is not null;

-- Refused rows, the first 100,000 of an import.
create table people_import_errors (
  import_id bigint not null references people_imports on delete cascade,
  -- which row of the file, the first after the heading is 1
  record bigint not null,
  problems jsonb not null,
  primary key (import_id, record)
);

-- Whom a running import wrote, where a segment is to be made of them; they go when it is made.
create table people_import_members (
  import_id bigint not null references people_imports on delete cascade,
  contact_id bigint not null,
  primary key (import_id, contact_id)
);
