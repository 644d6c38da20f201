import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import {
  type LiveMenus,
  liveMenus,
  type MenuDraft,
  menuDrafts,
  type WantedMenus,
  wantedMenus,
} from './schema.ts'
import { holdOfLive, holdOfMenus } from './uses.ts'

export type MenuSet = {
  revision: number
  menus: MenuDraft[]
  live: LiveMenus | null
  liveAt: Date | null
  updatedBy: string | null
  updatedAt: Date | null
}

const NOTHING: MenuSet = {
  revision: 0,
  menus: [],
  live: null,
  liveAt: null,
  updatedBy: null,
  updatedAt: null,
}

export async function selectSet(db: Executor, accountId: string): Promise<MenuSet> {
  const row = await db
    .selectFrom('menu_sets as s')
    .leftJoin('operators as o', 'o.id', 's.updated_by')
    .select(['s.revision', 's.menus', 's.live', 's.live_at', 's.updated_at', 'o.name as by'])
    .where('s.account_id', '=', accountId)
    .executeTakeFirst()
  if (row === undefined) return NOTHING
  return {
    revision: row.revision,
    menus: menuDrafts.parse(row.menus),
    live: liveMenus.nullable().parse(row.live),
    liveAt: row.live_at,
    updatedBy: row.by,
    updatedAt: row.updated_at,
  }
}

/** The same, held until the transaction ends: changes of an account's menus go one after the other. */
export async function lockSet(trx: Executor, accountId: string): Promise<MenuSet> {
  await sql`insert into menu_sets (account_id) values (${accountId}::bigint) on conflict do nothing`.execute(
    trx,
  )
  await sql`select from menu_sets where account_id = ${accountId}::bigint for update`.execute(trx)
  return selectSet(trx, accountId)
}

export async function writeMenus(
  trx: Executor,
  accountId: string,
  change: { menus: readonly MenuDraft[]; by: string | null; at: Date },
): Promise<void> {
  await trx
    .updateTable('menu_sets')
    .set((eb) => ({
      menus: JSON.stringify(change.menus),
      revision: eb('revision', '+', 1),
      updated_by: change.by,
      updated_at: change.at,
    }))
    .where('account_id', '=', accountId)
    .execute()
  await holdOfMenus(trx, accountId, change.menus)
}

export function writeLive(
  { db }: Pick<Ctx, 'db'>,
  accountId: string,
  { live, at }: { live: LiveMenus | null; at: Date },
): Promise<void> {
  const json = live === null ? null : JSON.stringify(live)
  return inTransaction(db, async (trx) => {
    await sql`insert into menu_sets (account_id, live, live_at) values (${accountId}::bigint, ${json}::jsonb, ${at})
      on conflict (account_id) do update set live = excluded.live, live_at = excluded.live_at`.execute(trx)
    await holdOfLive(trx, accountId, live)
  })
}

/** The owner of a key's answer; made where there is none. */
export async function answerOwner(trx: Executor, accountId: string, key: string): Promise<string> {
  const { rows } = await sql<{
    id: string
  }>`insert into menu_answers (account_id, key) values (${accountId}::bigint, ${key})
    on conflict (account_id, key) do update set key = excluded.key returning id`.execute(trx)
  return rows[0]?.id ?? ''
}

export const selectAnswerOwners = (
  trx: Executor,
  accountId: string,
): Promise<{ id: string; key: string }[]> =>
  trx
    .selectFrom('menu_answers')
    .select(['id', 'key'])
    .where('account_id', '=', accountId)
    .orderBy('id')
    .execute()

export const deleteAnswerOwner = (trx: Executor, id: string) =>
  trx.deleteFrom('menu_answers').where('id', '=', id).execute()

export type Publication = {
  id: string
  accountId: string
  revision: number
  before: LiveMenus | null
  wanted: WantedMenus | null
  state: 'running' | 'done' | 'failed'
  problem: { reason: string; detail: Record<string, unknown> } | null
  steps: number
  createdBy: string | null
  createdAt: Date
  endedAt: Date | null
}

export async function insertPublication(
  trx: Executor,
  of: Pick<Publication, 'accountId' | 'revision' | 'before' | 'wanted'> & { by: string | null; at: Date },
): Promise<string> {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
  const row = await trx
    .insertInto('menu_publications')
    .values({
      account_id: of.accountId,
      revision: of.revision,
      before: json(of.before),
      wanted: json(of.wanted),
      created_by: of.by,
      created_at: of.at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export const countStep = (db: Executor, id: string) =>
  db
    .updateTable('menu_publications')
    .set((eb) => ({ steps: eb('steps', '+', 1) }))
    .where('id', '=', id)
    .execute()

/** False where it had ended already. */
export async function endPublication(
  db: Executor,
  id: string,
  end: { problem: Publication['problem']; at: Date },
): Promise<boolean> {
  const row = await db
    .updateTable('menu_publications')
    .set({
      state: end.problem === null ? 'done' : 'failed',
      problem: end.problem === null ? null : JSON.stringify(end.problem),
      ended_at: end.at,
    })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

const publications = (db: Executor) =>
  db
    .selectFrom('menu_publications as p')
    .leftJoin('operators as o', 'o.id', 'p.created_by')
    .select(['p.id', 'p.account_id', 'p.revision', 'p.before', 'p.wanted', 'p.state', 'p.problem', 'p.steps'])
    .select(['p.created_at', 'p.ended_at', 'o.name as by'])

type Row = Awaited<ReturnType<ReturnType<typeof publications>['executeTakeFirstOrThrow']>>

const present = (row: Row): Publication => ({
  id: row.id,
  accountId: row.account_id,
  revision: row.revision,
  before: liveMenus.nullable().parse(row.before),
  wanted: wantedMenus.nullable().parse(row.wanted),
  state: row.state as Publication['state'],
  problem: row.problem as Publication['problem'],
  steps: row.steps,
  createdBy: row.by,
  createdAt: row.created_at,
  endedAt: row.ended_at,
})

export async function selectPublication(db: Executor, id: string): Promise<Publication | undefined> {
  const row = await publications(db).where('p.id', '=', id).executeTakeFirst()
  return row && present(row)
}

export async function selectPublications(
  db: Executor,
  accountId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<Page<Publication>> {
  let query = publications(db).where('p.account_id', '=', accountId).orderBy('p.id', 'desc')
  if (cursor !== undefined) query = query.where('p.id', '<', cursor)
  const rows = await query.limit(limit + 1).execute()
  return toPage(rows.map(present), limit, ({ id }) => id)
}
