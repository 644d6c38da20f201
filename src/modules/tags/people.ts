import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { conflict, notFound } from '../../kernel/errors.ts'
import { countPeople, scopeOf, selectPeoplePage, withinScope } from '../contacts/index.ts'
import type { People } from './schema.ts'

export type Scope = readonly string[] | null
const PAGE = 1_000

/** A page of the people in question who are within the scope, and where the next begins; memory holds one page. */
export async function pageOfPeople(
  db: Executor,
  { people, scope }: { people: People; scope: Scope },
  after: string | null,
): Promise<{ ids: string[]; next: string | null }> {
  if (people.kind === 'contacts') return { ids: await within(db, people.contactIds, scope), next: null }
  if (people.kind === 'filter') {
    const rows = await selectPeoplePage(db, scope, {
      ...people.filter,
      limit: PAGE,
      ...(after !== null && { cursor: after }),
    })
    const ids = rows.slice(0, PAGE).map((row) => row.id)
    return { ids, next: rows.length > PAGE ? (ids.at(-1) ?? null) : null }
  }
  const { rows } = await sql<{ id: string }>`
    select id from segment_members_after(${people.snapshotId}::bigint, ${after ?? '0'}::bigint, ${sql.lit(PAGE)}) as id`.execute(
    db,
  )
  const members = rows.map((row) => row.id)
  return { ids: await within(db, members, scope), next: members.at(-1) ?? null }
}

/** Who may be seen, under the id they have now. */
async function within(db: Executor, ids: readonly string[], scope: Scope): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct c.id from unnest(${[...ids]}::bigint[]) as i (id)
    left join contact_aliases a on a.contact_id = i.id
    join contacts c on c.id = coalesce(a.merged_into, i.id)
    where ${withinScope(scope, sql`c.id`)} order by c.id`.execute(db)
  return rows.map((row) => row.id)
}

/** How many they are; not exact beyond the bound of counting a filter. */
export async function countPeopleOf(ctx: Ctx, people: People): Promise<{ people: number; exact: boolean }> {
  const scope = scopeOf(ctx)
  if (people.kind === 'contacts') {
    return { people: (await within(ctx.db, people.contactIds, scope)).length, exact: true }
  }
  if (people.kind === 'filter') {
    const { count, exact } = await countPeople(ctx.db, scope, people.filter)
    return { people: count, exact }
  }
  return { people: await requireSnapshot(ctx, people.snapshotId), exact: scope === null }
}

/** Size of a snapshot whose members are there; throws where it is not the caller's to see. */
export async function requireSnapshot(ctx: Ctx, snapshotId: string): Promise<number> {
  const { rows } = await sql<{ state: string; size: string | null; account_id: string | null }>`
    select p.state, p.size, s.account_id from segment_snapshots p join segments s on s.id = p.segment_id
    where p.id = ${snapshotId}::bigint`.execute(ctx.db)
  const [row] = rows
  const scope = scopeOf(ctx)
  if (row === undefined || (scope !== null && row.account_id !== null && !scope.includes(row.account_id))) {
    throw notFound('snapshot')
  }
  if (row.state !== 'ready') throw conflict('snapshot_not_ready', 'the snapshot has no members to read')
  return Number(row.size)
}
