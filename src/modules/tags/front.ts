import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import { type Executor, onClient } from '../../infra/transaction.ts'
import { type Held, holdTags } from './holding.ts'
import { insertTag, selectTagsByName } from './own-store.ts'
import { tagName } from './schema.ts'

const executorOf = (db: PoolClient | Executor): Executor =>
  'isTransaction' in db ? db : onClient(db as PoolClient)

/**
 * Own tags by name. With `createAt`, unknown ones are made; a name that can't be one (empty, over 30 characters) is left out,
 * as are unknown ones without it.
 */
export async function tagsByName(
  db: PoolClient | Executor,
  names: readonly string[],
  options: { createAt?: Date; by?: string | null } = {},
): Promise<Map<string, string>> {
  const executor = executorOf(db)
  const wanted = [...new Set(names.map((name) => name.trim()))].filter(
    (name) => tagName.safeParse(name).success,
  )
  const known = new Map((await selectTagsByName(executor, wanted)).map((tag) => [tag.name, tag.id]))
  const missing = wanted.filter((name) => !known.has(name)).sort()
  if (options.createAt === undefined || missing.length === 0) return known
  for (const name of missing) {
    await insertTag(executor, { name, groupId: null, by: options.by ?? null, at: options.createAt })
  }
  return new Map((await selectTagsByName(executor, wanted)).map((tag) => [tag.name, tag.id]))
}

/** Gives people own tags by id or name in the caller's transaction. Unknown names are left out: see {@link tagsByName}. */
export async function giveTags(
  db: PoolClient | Executor,
  change: { contactIds: readonly string[]; ids?: readonly string[]; names?: readonly string[] },
  now: Date,
): Promise<Held> {
  const executor = executorOf(db)
  const named = await tagsByName(executor, change.names ?? [])
  const give = [...new Set([...(change.ids ?? []), ...named.values()])]
  return holdTags(executor, { contactIds: change.contactIds, give, take: [] }, now)
}

/**
 * Gives each of these people one own tag; who carries it already is left alone. The caller holds the people
 * (`lockContacts`) and knows them by the ids they have now. Returns whom something was given.
 */
export async function giveEach(
  db: PoolClient | Executor,
  pairs: readonly { contactId: string; tagId: string }[],
  now: Date,
): Promise<Set<string>> {
  if (pairs.length === 0) return new Set()
  const { rows } = await sql<{ contact_id: string }>`
    insert into contact_tags (tag_id, contact_id, since)
    select distinct p.tag_id, p.contact_id, ${now}::timestamptz
    from unnest(${pairs.map(({ tagId }) => tagId)}::bigint[], ${pairs.map(({ contactId }) => contactId)}::bigint[])
      as p (tag_id, contact_id)
    join tags t on t.id = p.tag_id
    order by p.contact_id, p.tag_id
    on conflict (tag_id, contact_id, until) do nothing returning contact_id`.execute(executorOf(db))
  return new Set(rows.map(({ contact_id }) => contact_id))
}
