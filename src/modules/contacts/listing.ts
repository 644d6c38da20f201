import { type SelectQueryBuilder, sql } from 'kysely'
import type { DB } from '../../infra/database-types.ts'
import type { Executor } from '../../infra/transaction.ts'
import type { FanFilter } from './schema.ts'
import { FAN_COLUMNS, type FanRow } from './store.ts'

type Fans<O> = SelectQueryBuilder<DB & { f: DB['fans'] }, 'f', O>

export async function selectFanPage(
  db: Executor,
  accountId: string,
  filter: FanFilter & { cursor?: string | undefined; limit: number },
): Promise<FanRow[]> {
  let query = narrow(db.selectFrom('fans as f'), accountId, filter)
    .select(FAN_COLUMNS)
    .orderBy('f.id', 'desc')
  if (filter.cursor !== undefined) query = query.where('f.id', '<', filter.cursor)
  return query.limit(filter.limit + 1).execute()
}

export async function countFans(
  db: Executor,
  accountId: string,
  filter: FanFilter,
): Promise<{ total: number; following: number }> {
  const row = await narrow(db.selectFrom('fans as f'), accountId, filter)
    .select(sql<string>`count(*)`.as('total'))
    .select(sql<string>`count(*) filter (where f.following)`.as('following'))
    .executeTakeFirstOrThrow()
  return { total: Number(row.total), following: Number(row.following) }
}

function narrow<O>(fans: Fans<O>, accountId: string, filter: FanFilter): Fans<O> {
  let query = fans.where('f.account_id', '=', accountId)
  if (filter.following !== undefined) query = query.where('f.following', '=', filter.following === 'true')
  if (filter.tagId !== undefined) query = query.where(sql<boolean>`f.tag_ids @> array[${filter.tagId}::int]`)
  if (filter.openids !== undefined)
    query = query.where(sql<boolean>`f.openid = any(${filter.openids}::text[])`)
  return filter.q ? query.where(matches(filter.q)) : query
}

/** A whole openid is found by its index; anything else is a start of an openid, a part of a remark or our own id. */
function matches(q: string) {
  if (/^o[\w-]{27}$/.test(q)) return sql<boolean>`f.openid = ${q}`
  const own = /^\d{1,18}$/.test(q) ? sql`f.id = ${q}::bigint or` : sql``
  return sql<boolean>`(${own} starts_with(f.openid, ${q}) or strpos(lower(f.remark), lower(${q})) > 0)`
}
