import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { withinScope } from '../contacts/index.ts'

export type OwnTagRow = { id: string; group_id: string | null; name: string; created_at: Date }

export const selectOwnTags = (db: Executor): Promise<OwnTagRow[]> =>
  db.selectFrom('tags').select(['id', 'group_id', 'name', 'created_at']).orderBy('name').execute()

export const selectGroups = (db: Executor): Promise<{ id: string; name: string }[]> =>
  db.selectFrom('tag_groups').select(['id', 'name']).orderBy('name').execute()

/** People who carry each own tag now, of those in scope; read from the index alone where everyone is. */
export async function countCarriers(
  db: Executor,
  scope: readonly string[] | null,
): Promise<Map<string, number>> {
  const within: RawBuilder<unknown> =
    scope === null ? sql`` : sql`and ${withinScope(scope, sql`c.contact_id`)}`
  const { rows } = await sql<{ tag_id: string; people: number }>`
    select c.tag_id, count(*)::int as people from contact_tags c
    where c.until = 'infinity' ${within} group by c.tag_id`.execute(db)
  return new Map(rows.map((row) => [row.tag_id, row.people]))
}

/** Undefined where the name is taken. */
export async function insertTag(
  db: Executor,
  tag: { name: string; groupId: string | null; by: string | null; at: Date },
): Promise<string | undefined> {
  const row = await db
    .insertInto('tags')
    .values({ name: tag.name, group_id: tag.groupId, created_by: tag.by, created_at: tag.at })
    .onConflict((oc) => oc.column('name').doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

export async function insertGroup(
  db: Executor,
  group: { name: string; at: Date },
): Promise<string | undefined> {
  const row = await db
    .insertInto('tag_groups')
    .values({ name: group.name, created_at: group.at })
    .onConflict((oc) => oc.column('name').doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

export const lockTag = (db: Executor, id: string): Promise<OwnTagRow | undefined> =>
  db
    .selectFrom('tags')
    .select(['id', 'group_id', 'name', 'created_at'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()

export const selectTagsByName = (db: Executor, names: readonly string[]) =>
  db
    .selectFrom('tags')
    .select(['id', 'name'])
    .where('name', 'in', names.length === 0 ? [''] : [...names])
    .execute()

export async function selectKnownTags(db: Executor, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{
    id: string
  }>`select id from tags where id = any(${[...ids]}::bigint[])`.execute(db)
  return new Set(rows.map((row) => row.id))
}

/** Names of live audiences whose rule names the tag. */
export async function selectAudiencesOf(db: Executor, tagId: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from segments
    where archived_at is null and rule is not null
      and jsonb_path_exists(rule, '$.** ? (@.of == "own" && @.tagId == $id)', jsonb_build_object('id', ${tagId}::text))
    order by id limit 5`.execute(db)
  return rows.map((row) => row.name)
}

/** Whether people out of scope carry the tag, or an account out of scope is linked with it. */
export async function isBeyond(
  db: Executor,
  tagId: string,
  scope: readonly string[] | null,
): Promise<boolean> {
  if (scope === null) return false
  const { rows } = await sql<{ beyond: boolean }>`
    select exists (select from contact_tags c where c.tag_id = ${tagId}::bigint and c.until = 'infinity'
        and not ${withinScope(scope, sql`c.contact_id`)})
      or exists (select from tag_links l where l.tag_id = ${tagId}::bigint
        and not l.account_id = any(${[...scope]}::bigint[])) as beyond`.execute(db)
  return rows[0]?.beyond ?? false
}
