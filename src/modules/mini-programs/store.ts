import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { LinkedMiniProgram, MiniProgram } from './schema.ts'

export type MiniProgramRow = Omit<MiniProgram, 'links'>

const COLUMNS = ['id', 'appid', 'name', 'gh_id', 'note', 'created_at', 'archived_at'] as const
const miniPrograms = (db: Executor) => db.selectFrom('mini_programs').select(COLUMNS)
type RawRow = Awaited<ReturnType<ReturnType<typeof miniPrograms>['executeTakeFirstOrThrow']>>

const toRow = (row: RawRow): MiniProgramRow => ({
  id: row.id,
  appid: row.appid,
  name: row.name,
  ghId: row.gh_id,
  note: row.note,
  archived: row.archived_at !== null,
  createdAt: row.created_at.toISOString(),
})

/** Newest first; a brand has tens of them. */
export async function selectMiniPrograms(
  db: Executor,
  filter: { archived: boolean },
): Promise<MiniProgramRow[]> {
  let query = miniPrograms(db).orderBy('id', 'desc')
  if (!filter.archived) query = query.where('archived_at', 'is', null)
  return (await query.execute()).map(toRow)
}

export async function selectMiniProgram(
  db: Executor,
  id: string,
  options: { lock?: boolean } = {},
): Promise<MiniProgramRow | undefined> {
  const query = miniPrograms(db).where('id', '=', id)
  const row = await (options.lock ? query.forUpdate() : query).executeTakeFirst()
  return row && toRow(row)
}

export async function selectByAppid(db: Executor, appid: string): Promise<MiniProgramRow | undefined> {
  const row = await miniPrograms(db).where('appid', '=', appid).executeTakeFirst()
  return row && toRow(row)
}

type NewRow = {
  appid: string
  name: string
  ghId: string | null
  note: string
  createdBy: string | null
  at: Date
}

/** Undefined when the app id is bound already. */
export async function insertMiniProgram(db: Executor, row: NewRow): Promise<string | undefined> {
  const inserted = await db
    .insertInto('mini_programs')
    .values({
      appid: row.appid,
      name: row.name,
      gh_id: row.ghId,
      note: row.note,
      created_by: row.createdBy,
      created_at: row.at,
    })
    .onConflict((oc) => oc.column('appid').doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted?.id
}

type Change = Partial<{ name: string; gh_id: string | null; note: string; archived_at: Date | null }>

export async function updateMiniProgramRow(db: Executor, id: string, change: Change): Promise<void> {
  if (Object.keys(change).length === 0) return
  await db.updateTable('mini_programs').set(change).where('id', '=', id).execute()
}

type Scope = { miniProgramIds: readonly string[]; accountIds: readonly string[] }

/** Links of these mini programs to these accounts, oldest first, by mini program. */
export async function selectLinks(db: Executor, scope: Scope): Promise<Map<string, MiniProgram['links']>> {
  const rows = await db
    .selectFrom('mini_program_links as l')
    .leftJoin('operators as o', 'o.id', 'l.linked_by')
    .select(['l.mini_program_id', 'l.account_id', 'l.linked_at', 'o.name as linked_by'])
    .where(sql<boolean>`l.mini_program_id = any(${scope.miniProgramIds}::bigint[])`)
    .where(sql<boolean>`l.account_id = any(${scope.accountIds}::bigint[])`)
    .orderBy('l.linked_at')
    .orderBy('l.account_id')
    .execute()
  const links = Map.groupBy(rows, (row) => row.mini_program_id)
  return new Map(
    [...links].map(([id, found]) => [
      id,
      found.map((row) => ({
        accountId: row.account_id,
        linkedBy: row.linked_by,
        linkedAt: row.linked_at.toISOString(),
      })),
    ]),
  )
}

/** What messages of the account may open: linked and not archived, by name. */
export async function selectLinked(db: Executor, accountId: string): Promise<LinkedMiniProgram[]> {
  const rows = await db
    .selectFrom('mini_program_links as l')
    .innerJoin('mini_programs as m', 'm.id', 'l.mini_program_id')
    .select(['m.id', 'm.appid', 'm.name', 'l.linked_at'])
    .where('l.account_id', '=', accountId)
    .where('m.archived_at', 'is', null)
    .orderBy('m.name')
    .orderBy('m.id')
    .execute()
  return rows.map(({ linked_at, ...row }) => ({ ...row, linkedAt: linked_at.toISOString() }))
}

type Link = { accountId: string; miniProgramId: string }

/** False when they were linked before: the first who said so stays. */
export async function insertLink(
  db: Executor,
  link: Link & { linkedBy: string | null; at: Date },
): Promise<boolean> {
  const result = await db
    .insertInto('mini_program_links')
    .values({
      account_id: link.accountId,
      mini_program_id: link.miniProgramId,
      linked_by: link.linkedBy,
      linked_at: link.at,
    })
    .onConflict((oc) => oc.columns(['account_id', 'mini_program_id']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** False when they were not linked. */
export async function deleteLink(db: Executor, link: Link): Promise<boolean> {
  const result = await db
    .deleteFrom('mini_program_links')
    .where('account_id', '=', link.accountId)
    .where('mini_program_id', '=', link.miniProgramId)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}
