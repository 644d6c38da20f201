-- 发布图文: each time a draft was handed to WeChat to be published, and what came of it.
create table article_publications (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts on delete cascade,
  article_set_id bigint not null references article_sets on delete cascade,
  state text not null default 'submitting' check (state in ('submitting', 'publishing', 'done', 'failed', 'unknown')),
  -- committed before the call: from then on WeChat may have it, and it is never handed over again
  called_at timestamptz,
  publish_id text,
  -- as WeChat told it
  status smallint,
  article_id text,
  urls jsonb not null default '[]',
  failed smallint[] not null default '{}',
  reason text,
  detail jsonb,
  published_set_id bigint references article_sets on delete set null,
  -- the id is that of an event that named no publication we know, while this one waited for its answer
  guessed boolean not null default false,
  looks smallint not null default 0,
  due_at timestamptz,
  lease_until timestamptz,
  fence int not null default 0,
  created_by bigint references operators,
  created_at timestamptz not null,
  ended_at timestamptz,
  unique (account_id, publish_id)
);
create unique index article_publications_open on article_publications (article_set_id) where state in ('submitting', 'publishing');
create index article_publications_account on article_publications (account_id, id desc);
create index article_publications_due on article_publications (due_at) where due_at is not null;
