-- Batches of articles whose comments are still read: people go on commenting for days. Business time.
create table comment_readings (
  batch_id bigint primary key references broadcast_batches on delete cascade,
  due_at timestamptz not null,
  -- how often they were read
  rounds int not null default 0,
  last_until timestamptz not null
);
create index comment_readings_due on comment_readings (due_at);
