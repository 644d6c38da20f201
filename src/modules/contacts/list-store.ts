import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { FanList } from './schema.ts'
import { FAN_COLUMNS, type FanRow } from './store.ts'

const lists = (db: Executor, accountId: string) =>
  db
    .selectFrom('fan_lists as l')
    .leftJoin('operators as o', 'o.id', 'l.created_by')
    .select([
      'l.id',
      'l.name',
      'l.size',
      'l.unknown_openids',
      'l.repeated_openids',
      'l.created_at',
      'o.name as created_by',
    ])
    .where('l.account_id', '=', accountId)

type Row = Awaited<ReturnType<ReturnType<typeof lists>['executeTakeFirstOrThrow']>>

const present = (row: Row): FanList => ({
  id: row.id,
  name: row.name,
  size: row.size,
  unknownOpenids: row.unknown_openids,
  repeatedOpenids: row.repeated_openids,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
})

type PageFilter = { cursor?: string | undefined; limit: number }

export async function selectLists(db: Executor, accountId: string, filter: PageFilter): Promise<FanList[]> {
  let query = lists(db, accountId).orderBy('l.id', 'desc')
  if (filter.cursor !== undefined) query = query.where('l.id', '<', filter.cursor)
  return (await query.limit(filter.limit + 1).execute()).map(present)
}

export async function selectList(
  db: Executor,
  accountId: string,
  listId: string,
): Promise<FanList | undefined> {
  const row = await lists(db, accountId).where('l.id', '=', listId).executeTakeFirst()
  return row && present(row)
}

export async function selectMembers(db: Executor, listId: string, filter: PageFilter): Promise<FanRow[]> {
  let query = db
    .selectFrom('fan_list_members as m')
    .innerJoin('fans as f', 'f.id', 'm.fan_id')
    .select(FAN_COLUMNS)
    .where('m.list_id', '=', listId)
    .orderBy('m.fan_id')
  if (filter.cursor !== undefined) query = query.where('m.fan_id', '>', filter.cursor)
  return query.limit(filter.limit + 1).execute()
}

export async function deleteList(db: Executor, accountId: string, listId: string): Promise<boolean> {
  const result = await db
    .deleteFrom('fan_lists')
    .where('account_id', '=', accountId)
    .where('id', '=', listId)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

/** A table of this transaction that given openids are gathered in before they are resolved in one statement. */
export async function createGiven(trx: Executor): Promise<void> {
  await sql`create temporary table given_openids (openid text not null) on commit drop`.execute(trx)
}

export async function insertGiven(trx: Executor, openids: readonly string[]): Promise<void> {
  await sql`insert into given_openids select unnest(${[...openids]}::text[])`.execute(trx)
}

type NewList = { accountId: string; name: string; createdBy: string | null; at: Date; unreadable: number }

/** Makes the list of the gathered openids and counts what became of them. */
export async function insertListOfGiven(trx: Executor, list: NewList): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    with distinct_given as materialized (select distinct openid from given_openids),
    counts as (select (select count(*) from given_openids) as given, (select count(*) from distinct_given) as different),
    members as materialized (
      select f.id from distinct_given g join fans f on f.account_id = ${list.accountId} and f.openid = g.openid),
    made as (
      insert into fan_lists (account_id, name, created_by, created_at, size, unknown_openids, repeated_openids)
      select ${list.accountId}::bigint, ${list.name}::text, ${list.createdBy}::bigint, ${list.at}::timestamptz,
        m.size, different - m.size + ${list.unreadable}::int, given - different
      from counts, (select count(*) as size from members) m
      returning id)
    select id from made`.execute(trx)
  const listId = rows[0]?.id as string
  await sql`
    insert into fan_list_members (list_id, fan_id)
    select ${listId}::bigint, f.id
    from (select distinct openid from given_openids) g
      join fans f on f.account_id = ${list.accountId} and f.openid = g.openid
    order by f.id`.execute(trx)
  return listId
}
