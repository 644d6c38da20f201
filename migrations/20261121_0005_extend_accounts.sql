-- The callback token is a signing secret like the AES key: encrypted, and the one before the last rotation kept.
alter table accounts
  drop column callback_token,
  add column callback_token_encrypted bytea not null,
  add column callback_token_previous_encrypted bytea;

-- How many fans follow, counted from the index alone.
create index fans_following on fans (account_id) where following;
-- What a sweep looks for: runs that nobody works on.
create index background_runs_live on background_runs (lease_until) where state in ('queued', 'running');
-- When the job of a queued run was last put into the queue; real time.
alter table background_runs add column enqueued_at timestamptz not null default clock_timestamp();

-- Bodies are up to 160,000 characters a set: kept beside the rest, so that lists and searches never read them.
alter table article_sets add column bodies jsonb not null default '[]';
