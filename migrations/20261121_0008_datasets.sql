-- 明细: declared tables of facts about people (orders with lines, coupons, visits). Each has a typed table of its own
-- in the schema `details`, made by src/modules/datasets; this is their catalogue.
create schema details;
create table datasets (
  id int generated always as identity primary key,
  key text not null unique check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
  name text not null check (char_length(name) between 1 and 60),
  -- [{id, key, name, type, options, personal}]; columns are f<id>, of rows and of lines
  fields jsonb not null default '[]',
  line_fields jsonb,
  -- ids are never used again, so that a column keeps its meaning
  next_field_id int not null default 1,
  retention_days int check (retention_days between 1 and 3650),
  -- real time: when rows past their retention were last looked for
  tidied_at timestamptz,
  created_by bigint references operators,
  created_at timestamptz not null,
  archived_at timestamptz
);

create table dataset_imports (
  id bigint generated always as identity primary key,
  dataset_id int not null references datasets on delete cascade,
  -- null until it is started
  run_id bigint references background_runs on delete set null,
  file_key text,
  file_name text not null,
  format text not null check (format in ('csv', 'xlsx')),
  bytes bigint not null,
  columns text[] not null,
  sample jsonb not null,
  mapping jsonb,
  -- records of the file whose rows are written or refused; moves in the transaction that does it
  records bigint not null default 0,
  counts jsonb not null default '{}',
  created_by bigint references operators,
  created_at timestamptz not null
);
create index dataset_imports_list on dataset_imports (dataset_id, id desc);
create index dataset_imports_age on dataset_imports (created_at) where file_key is not null;

-- Refused records, the first 100,000 of an import.
create table dataset_import_errors (
  import_id bigint not null references dataset_imports on delete cascade,
  -- which record of the file, the first after the heading is 1
  record bigint not null,
  row_key text,
  errors jsonb not null,
  primary key (import_id, record)
);
