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
