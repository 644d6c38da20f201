import type { PoolClient } from 'pg'
import type { Content, Latest } from '../rules/decide.ts'
import type { Cell, Field } from '../schema.ts'
import { COLUMN_TYPES, columnName, tableName } from '../tables.ts'

/** Which tables and columns rows are written to. */
export type Target = { id: number; row: readonly Field[]; line: readonly Field[] | null }

/** Second keys beside {@link KEY_LOCK}: writers of one key wait for each other, of others rarely. */
const STRIPES = 64
const KEY_LOCK = 0x64726f77

const LOCK_KEYS = `select pg_advisory_xact_lock(${KEY_LOCK}, stripe) from (
  select distinct $1::int * ${STRIPES} + (hashtext(key) & ${STRIPES - 1}) as stripe
  from unnest($2::text[]) as key order by stripe) s`

/** Keeps other writers away from these keys until the end of the transaction; in one order, so that none wait in a ring. */
export async function lockKeys(client: PoolClient, target: Target, keys: readonly string[]): Promise<void> {
  await client.query(LOCK_KEYS, [target.id, keys])
}

const names = (fields: readonly Field[], before = ''): string =>
  fields.map(({ id }) => `, ${before}${columnName(id)}`).join('')
const arrays = (fields: readonly Field[], from: number): string =>
  fields.map(({ type }, index) => `, $${from + index}::${COLUMN_TYPES[type]}[]`).join('')
const columnsOf = (fields: readonly Field[], rows: readonly (readonly Cell[])[]): Cell[][] =>
  fields.map((_field, index) => rows.map((row) => row[index] ?? null))

type VersionRow = {
  key: string
  contact_id: string | null
  account_id: string | null
  at: Date
  since: Date
  until: Date | null
  updated_at: Date | null
  foreign_row: boolean
} & Record<string, unknown>

/** `foreign`: of another account, or of a fan of other accounts only, than those the writer may name. */
type Found = Latest & { foreign: boolean }

const FOREIGN = `$2::bigint[] is not null and (
  (v.account_id is not null and not v.account_id = any($2))
  or (exists (select from fans f where f.contact_id = coalesce(a.merged_into, v.contact_id))
    and not exists (select from fans f where f.contact_id = coalesce(a.merged_into, v.contact_id)
      and f.account_id = any($2))))`

/** The last version of each key, its person as they are called now; no entry where there never was one. */
export async function selectLatest(
  client: PoolClient,
  target: Target,
  { keys, accounts }: { keys: readonly string[]; accounts: readonly string[] | null },
): Promise<Map<string, Found>> {
  const { rows } = await client.query<VersionRow>(
    `select v.key, coalesce(a.merged_into, v.contact_id) as contact_id, v.account_id, v.at, v.since,
       nullif(v.until, 'infinity') as until, v.updated_at, ${FOREIGN} as foreign_row${names(target.row, 'v.')}
     from unnest($1::text[]) as k (key) cross join lateral (
       select * from ${tableName(target.id)} r where r.key = k.key order by r.until desc limit 1) v
     left join contact_aliases a on a.contact_id = v.contact_id`,
    [keys, accounts],
  )
  const holding = rows.filter((row) => row.until === null).map((row) => row.key)
  const lines = await selectLines(client, target, holding)
  return new Map(
    rows.map((row) => [
      row.key,
      {
        since: row.since,
        until: row.until,
        updatedAt: row.updated_at,
        foreign: row.foreign_row,
        content: {
          contactId: row.contact_id,
          accountId: row.account_id,
          at: row.at,
          values: target.row.map((field) => cellOf(row[columnName(field.id)])),
          lines: lines.get(row.key) ?? [],
        },
      },
    ]),
  )
}

async function selectLines(
  client: PoolClient,
  target: Target,
  keys: readonly string[],
): Promise<Map<string, Cell[][]>> {
  const found = new Map<string, Cell[][]>()
  const { line } = target
  if (line === null || keys.length === 0) return found
  const { rows } = await client.query<{ key: string } & Record<string, unknown>>(
    `select l.key${names(line, 'l.')} from ${tableName(target.id, 'line')} l
     where l.key = any($1::text[]) and l.until = 'infinity' order by l.key, l.line`,
    [keys],
  )
  for (const row of rows) {
    const cells = line.map((field) => cellOf(row[columnName(field.id)]))
    const before = found.get(row.key)
    if (before === undefined) found.set(row.key, [cells])
    else before.push(cells)
  }
  return found
}

/** As it is written: instants as ISO texts. */
export const cellOf = (value: unknown): Cell =>
  value instanceof Date ? value.toISOString() : ((value ?? null) as Cell)

export type NewVersion = { key: string; since: Date; updatedAt: Date | null; content: Content }

/** Begins versions that hold from now on, and those of their lines. */
export async function insertVersions(
  client: PoolClient,
  target: Target,
  { versions, receivedAt }: { versions: readonly NewVersion[]; receivedAt: Date },
): Promise<void> {
  if (versions.length === 0) return
  await client.query(
    `insert into ${tableName(target.id)} (received_at, key, contact_id, account_id, at, since, updated_at${names(target.row)})
     select $1::timestamptz, i.* from unnest($2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[],
       $6::timestamptz[], $7::timestamptz[]${arrays(target.row, 8)}) as i`,
    [
      receivedAt,
      versions.map((one) => one.key),
      versions.map((one) => one.content.contactId),
      versions.map((one) => one.content.accountId),
      versions.map((one) => one.content.at),
      versions.map((one) => one.since),
      versions.map((one) => one.updatedAt),
      ...columnsOf(
        target.row,
        versions.map((one) => one.content.values),
      ),
    ],
  )
  await insertLines(client, target, versions)
}

async function insertLines(
  client: PoolClient,
  target: Target,
  versions: readonly NewVersion[],
): Promise<void> {
  if (target.line === null) return
  const lines = versions.flatMap((version) =>
    version.content.lines.map((cells, index) => ({ version, cells, number: index + 1 })),
  )
  if (lines.length === 0) return
  await client.query(
    `insert into ${tableName(target.id, 'line')} (key, line, contact_id, at, since${names(target.line)})
     select * from unnest($1::text[], $2::int[], $3::bigint[], $4::timestamptz[], $5::timestamptz[]${arrays(target.line, 6)})`,
    [
      lines.map(({ version }) => version.key),
      lines.map(({ number }) => number),
      lines.map(({ version }) => version.content.contactId),
      lines.map(({ version }) => version.content.at),
      lines.map(({ version }) => version.since),
      ...columnsOf(
        target.line,
        lines.map(({ cells }) => cells),
      ),
    ],
  )
}

type Ending = { key: string; at: Date; updatedAt: Date | null }

/** Ends the versions that hold, and their lines. */
export async function closeVersions(
  client: PoolClient,
  target: Target,
  endings: readonly Ending[],
): Promise<void> {
  if (endings.length === 0) return
  const keys = endings.map(({ key }) => key)
  const ats = endings.map(({ at }) => at)
  await client.query(
    `update ${tableName(target.id)} r set until = i.at, updated_at = i.updated_at
     from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as i (key, at, updated_at)
     where r.key = i.key and r.until = 'infinity'`,
    [keys, ats, endings.map(({ updatedAt }) => updatedAt)],
  )
  if (target.line === null) return
  await client.query(
    `update ${tableName(target.id, 'line')} l set until = i.at
     from unnest($1::text[], $2::timestamptz[]) as i (key, at) where l.key = i.key and l.until = 'infinity'`,
    [keys, ats],
  )
}

/** Takes back the versions that hold, as if they had never been. */
export async function retractVersions(
  client: PoolClient,
  target: Target,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return
  const names =
    target.line === null ? [tableName(target.id)] : [tableName(target.id), tableName(target.id, 'line')]
  for (const name of names)
    await client.query(`delete from ${name} where key = any($1::text[]) and until = 'infinity'`, [keys])
}

/**
 * Keeps when the source says a row was last updated, on its last version; where there is none, on an empty one that
 * never held.
 */
export async function noteUpdates(
  client: PoolClient,
  target: Target,
  { notes, receivedAt }: { notes: readonly Ending[]; receivedAt: Date },
): Promise<void> {
  if (notes.length === 0) return
  const name = tableName(target.id)
  await client.query(
    `with notes as (
       select * from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as i (key, at, updated_at)),
     noted as (
       update ${name} r set updated_at = i.updated_at from notes i
       where r.key = i.key and r.until = (select max(until) from ${name} m where m.key = i.key)
       returning r.key)
     insert into ${name} (key, at, since, until, received_at, updated_at)
     select i.key, i.at, i.at, i.at, $4::timestamptz, i.updated_at from notes i
     where not exists (select from noted n where n.key = i.key)`,
    [
      notes.map(({ key }) => key),
      notes.map(({ at }) => at),
      notes.map(({ updatedAt }) => updatedAt),
      receivedAt,
    ],
  )
}
