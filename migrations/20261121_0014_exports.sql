-- Files of people somebody asked for. They go after three days, and at once when a person is erased who may be in them.
create table people_exports (
  id bigint generated always as identity primary key,
  run_id bigint references background_runs on delete set null,
  created_by bigint references operators,
  created_at timestamptz not null,
  format text not null check (format in ('csv', 'xlsx')),
  columns text[] not null,
  whom_kind text not null check (whom_kind in ('filter', 'segment', 'contacts')),
  -- a filter may hold a phone: null once the run is over
  whom jsonb,
  -- accounts the creator could see, null for all; whether personal data stands whole
  accounts bigint[],
  whole boolean not null,
  locale text not null,
  people bigint,
  file_key text,
  file_bytes bigint,
  finished_at timestamptz,
  -- somebody was erased since its people were read
  voided boolean not null default false,
  removed_at timestamptz
);
create index people_exports_mine on people_exports (created_by, id desc);
create index people_exports_files on people_exports (finished_at) where file_key is not null;
create index people_exports_open on people_exports (id) where whom is not null;
