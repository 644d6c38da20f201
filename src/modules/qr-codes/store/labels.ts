import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { Label, LabelKind } from '../schema.ts'

const TABLES = { folder: 'qr_folders', placement: 'qr_placements' } as const
const COLUMNS = { folder: 'folder_id', placement: 'placement_id' } as const
/** Of each kind and account: the pickers show them all. */
export const MOST_LABELS = 500

export async function selectLabels(db: Executor, kind: LabelKind, accountId: string): Promise<Label[]> {
  const { rows } = await sql<{ id: string; name: string; codes: string }>`
    select l.id, l.name, (select count(*) from qr_codes c where c.${sql.ref(COLUMNS[kind])} = l.id
      and c.account_id = l.account_id and c.archived_at is null) as codes
    from ${sql.table(TABLES[kind])} l where l.account_id = ${accountId}::bigint
    order by l.name limit ${MOST_LABELS}`.execute(db)
  return rows.map((row) => ({ ...row, codes: Number(row.codes) }))
}

export async function insertLabel(
  trx: Executor,
  kind: LabelKind,
  { accountId, name, at }: { accountId: string; name: string; at: Date },
): Promise<string> {
  const row = await trx
    .insertInto(TABLES[kind])
    .values({ account_id: accountId, name, created_at: at })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** Those of these names that there are. */
export async function labelsByName(
  db: Executor,
  kind: LabelKind,
  { accountId, names }: { accountId: string; names: readonly string[] },
): Promise<Map<string, string>> {
  if (names.length === 0) return new Map()
  const rows = await db
    .selectFrom(TABLES[kind])
    .select(['id', 'name'])
    .where('account_id', '=', accountId)
    .where('name', 'in', [...names])
    .execute()
  return new Map(rows.map(({ id, name }) => [name, id]))
}

/** Makes labels; one that somebody else just made is left out. */
export async function insertLabels(
  trx: Executor,
  kind: LabelKind,
  { accountId, names, at }: { accountId: string; names: readonly string[]; at: Date },
): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    insert into ${sql.table(TABLES[kind])} (account_id, name, created_at)
    select ${accountId}::bigint, n, ${at} from unnest(${[...names]}::text[]) as n order by n
    on conflict (account_id, name) do nothing returning id, name`.execute(trx)
  return rows
}

export async function countLabels(db: Executor, kind: LabelKind, accountId: string): Promise<number> {
  const { rows } = await sql<{ n: string }>`
    select count(*) as n from ${sql.table(TABLES[kind])} where account_id = ${accountId}::bigint`.execute(db)
  return Number(rows[0]?.n ?? 0)
}

type One = { accountId: string; labelId: string }

export const findLabel = (db: Executor, kind: LabelKind, { accountId, labelId }: One) =>
  db
    .selectFrom(TABLES[kind])
    .selectAll()
    .where('id', '=', labelId)
    .where('account_id', '=', accountId)
    .executeTakeFirst()

export const renameLabel = (trx: Executor, kind: LabelKind, labelId: string, name: string) =>
  trx.updateTable(TABLES[kind]).set({ name }).where('id', '=', labelId).execute()

export const deleteLabel = (trx: Executor, kind: LabelKind, labelId: string) =>
  trx.deleteFrom(TABLES[kind]).where('id', '=', labelId).execute()
