import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { MaterialFolder } from './schema.ts'

/** Of an account: the pickers show them all. */
export const MOST_FOLDERS = 500

export async function selectFolders(db: Executor, accountId: string): Promise<MaterialFolder[]> {
  const { rows } = await sql<{ id: string; name: string; sets: string; media: string }>`
    select f.id, f.name,
      (select count(*) from article_sets s where s.folder_id = f.id and s.gone_at is null) as sets,
      (select count(*) from media_assets m where m.folder_id = f.id and m.gone_at is null) as media
    from material_folders f where f.account_id = ${accountId}::bigint
    order by f.name limit ${MOST_FOLDERS}`.execute(db)
  return rows.map(({ id, name, sets, media }) => ({
    id,
    name,
    articleSets: Number(sets),
    media: Number(media),
  }))
}

type One = { accountId: string; folderId: string }

export async function insertFolder(
  trx: Executor,
  { accountId, name, at }: { accountId: string; name: string; at: Date },
): Promise<string> {
  const row = await trx
    .insertInto('material_folders')
    .values({ account_id: accountId, name, created_at: at })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** Locked, so that nothing is filed in one that is being deleted. */
export const lockFolder = (trx: Executor, { accountId, folderId }: One) =>
  trx
    .selectFrom('material_folders')
    .select(['id', 'name'])
    .where('id', '=', folderId)
    .where('account_id', '=', accountId)
    .forUpdate()
    .executeTakeFirst()

export const renameFolder = (trx: Executor, folderId: string, name: string) =>
  trx.updateTable('material_folders').set({ name }).where('id', '=', folderId).execute()

export const deleteFolder = (trx: Executor, folderId: string) =>
  trx.deleteFrom('material_folders').where('id', '=', folderId).execute()

/** Those of the account; how many. */
export async function fileUnder(
  trx: Executor,
  table: 'article_sets' | 'media_assets',
  { accountId, folderId, ids }: { accountId: string; folderId: string | null; ids: readonly string[] },
): Promise<number> {
  const { numAffectedRows } = await sql`update ${sql.table(table)} set folder_id = ${folderId}::bigint
    where account_id = ${accountId}::bigint and id = any(${[...ids]}::bigint[])`.execute(trx)
  return Number(numAffectedRows ?? 0)
}

/** What was published stays where its draft was filed, unless somebody filed it already. */
export const keepFolder = (trx: Executor, { from, to }: { from: string; to: string }) =>
  sql`update article_sets p set folder_id = d.folder_id from article_sets d
    where p.id = ${to}::bigint and d.id = ${from}::bigint and p.folder_id is null and d.folder_id is not null`.execute(
    trx,
  )
