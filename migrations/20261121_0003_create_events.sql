-- What makes a repeated push harmless: the key of everything that came in, kept apart because a partitioned
-- event table can't promise uniqueness over time.
create table source_keys (
  account_id bigint not null,
  key_hash bytea not null check (octet_length(key_hash) = 16),
  received_at timestamptz not null,
  -- the passive reply given to the first push; the platform's repeat gets the same one
  reply text,
  primary key (account_id, key_hash)
) partition by hash (account_id, key_hash);
create table source_keys_0 partition of source_keys for values with (modulus 4, remainder 0);
create table source_keys_1 partition of source_keys for values with (modulus 4, remainder 1);
create table source_keys_2 partition of source_keys for values with (modulus 4, remainder 2);
create table source_keys_3 partition of source_keys for values with (modulus 4, remainder 3);

-- The log and the facts at once: append-only, by business month. Sequence order is not commit order, so readers stop
-- before ingest transactions still running; these hold an advisory lock, which a long freeze or a dump doesn't.
create table events (
  id bigint generated always as identity,
  account_id bigint not null,
  contact_id bigint,
  fan_id bigint,
  name text not null,
  at timestamptz not null,
  received_at timestamptz not null,
  properties jsonb not null default '{}',
  primary key (id, at)
) partition by range (at);
create table events_default partition of events default;
create index events_fan on events (fan_id, at desc) where fan_id is not null;
create index events_account on events (account_id, id);

-- How far each reaction has followed the log.
create table reaction_places (
  name text primary key,
  place bigint not null default 0
);
