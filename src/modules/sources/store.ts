import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { Page } from '../../kernel/paging.ts'
import { toPage } from '../../kernel/paging.ts'
import type { SealedKeys } from './keys.ts'
import type { Rejection, Source, SourceKind } from './schema.ts'

type Scope = readonly string[] | null
/** Sources of accounts that the caller may see; those of no account are for who sees every account. */
const within = (scope: Scope): RawBuilder<boolean> =>
  scope === null ? sql<boolean>`true` : sql<boolean>`s.account_id = any(${[...scope]}::bigint[])`

type SourceRow = {
  id: string
  name: string
  kind: SourceKind
  account_id: string | null
  account_name: string | null
  allowed_origins: string[]
  state: 'active' | 'disabled'
  created_by: string | null
  created_at: Date
  last_received_at: Date | null
  hour: [string, string, string]
  day: [string, string, string]
}

const numbers = ([accepted, repeated, rejected]: [string, string, string]) => ({
  accepted: Number(accepted),
  repeated: Number(repeated),
  rejected: Number(rejected),
})

const toSource = (row: SourceRow): Source => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  accountId: row.account_id,
  accountName: row.account_name,
  allowedOrigins: row.allowed_origins,
  state: row.state,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  lastReceivedAt: row.last_received_at?.toISOString() ?? null,
  lastHour: numbers(row.hour),
  lastDay: numbers(row.day),
})

const since = (now: Date, hours: number) => new Date(now.getTime() - hours * 3_600_000)
const sums = (from: Date) => sql`array[
  coalesce(sum(accepted) filter (where minute > ${from}), 0)::text,
  coalesce(sum(repeated) filter (where minute > ${from}), 0)::text,
  coalesce(sum(rejected) filter (where minute > ${from}), 0)::text]`

/** Newest first; a brand has tens of them. */
export async function selectSources(
  db: Executor,
  { scope, now, id }: { scope: Scope; now: Date; id?: string },
): Promise<Source[]> {
  const { rows } = await sql<SourceRow>`
    select s.id, s.name, s.kind, s.account_id, a.name as account_name, s.allowed_origins, s.state,
      o.name as created_by, s.created_at, s.last_received_at, c.hour, c.day
    from sources s left join accounts a on a.id = s.account_id left join operators o on o.id = s.created_by
    cross join lateral (
      select ${sums(since(now, 1))} as hour, ${sums(since(now, 24))} as day from source_counts
      where source_id = s.id and minute > ${since(now, 24)} and minute <= ${now}) c
    where ${within(scope)} and ${id === undefined ? sql`true` : sql`s.id = ${id}::bigint`}
    order by s.id desc limit 1000`.execute(db)
  return rows.map(toSource)
}

export type LockedSource = SealedKeys & {
  id: string
  name: string
  kind: SourceKind
  account_id: string | null
  state: string
}

export async function lockSource(
  db: Executor,
  { scope, id }: { scope: Scope; id: string },
): Promise<LockedSource | undefined> {
  const { rows } = await sql<LockedSource>`
    select s.id, s.name, s.kind, s.account_id, s.state, s.write_key_encrypted, s.signing_secret_encrypted
    from sources s where s.id = ${id}::bigint and ${within(scope)} for update`.execute(db)
  return rows[0]
}

type SealedHash = SealedKeys & { write_key_hash: Buffer }
export type NewSourceRow = SealedHash & {
  name: string
  kind: SourceKind
  account_id: string | null
  allowed_origins: string[]
  created_by: string | null
  created_at: Date
}

export const insertSource = async (db: Executor, row: NewSourceRow): Promise<string> =>
  (await db.insertInto('sources').values(row).returning('id').executeTakeFirstOrThrow()).id

type Change = Partial<
  SealedHash & { name: string; account_id: string | null; allowed_origins: string[]; state: string }
>
export async function updateSourceRow(db: Executor, id: string, change: Change): Promise<void> {
  if (Object.keys(change).length === 0) return
  await db.updateTable('sources').set(change).where('id', '=', id).execute()
}

export type AccessRow = {
  id: string
  kind: SourceKind
  account_id: string | null
  allowed_origins: string[]
  state: string
  signing_secret_encrypted: Buffer
}
export async function selectByKeyHash(db: Executor, keyHash: Buffer): Promise<AccessRow | undefined> {
  return (await db
    .selectFrom('sources')
    .select(['id', 'kind', 'account_id', 'allowed_origins', 'state', 'signing_secret_encrypted'])
    .where('write_key_hash', '=', keyHash)
    .executeTakeFirst()) as AccessRow | undefined
}

export type Counted = { sourceId: string; accepted: number; repeated: number; rejected: number }

/** Adds to the minute of `at` (business time) and notes that something came. */
export async function addCounts(db: Executor, counts: readonly Counted[], at: Date): Promise<void> {
  const of = (value: (one: Counted) => string | number) => counts.map(value)
  await sql`
    with counted as (
      select * from unnest(${of((one) => one.sourceId)}::bigint[], ${of((one) => one.accepted)}::bigint[],
        ${of((one) => one.repeated)}::bigint[], ${of((one) => one.rejected)}::bigint[])
        as i (source_id, accepted, repeated, rejected)
      where exists (select from sources s where s.id = i.source_id)
    ), touched as (
      update sources s set last_received_at = greatest(s.last_received_at, ${at}) from counted c where s.id = c.source_id
    )
    insert into source_counts as s (source_id, minute, accepted, repeated, rejected)
    select source_id, date_trunc('minute', ${at}::timestamptz), accepted, repeated, rejected from counted
    order by source_id
    on conflict (source_id, minute) do update set accepted = s.accepted + excluded.accepted,
      repeated = s.repeated + excluded.repeated, rejected = s.rejected + excluded.rejected`.execute(db)
}

export type RejectionRow = { reason: string; detail: Record<string, unknown>; payload: string }

export async function insertRejections(
  db: Executor,
  { sourceId, at, rows }: { sourceId: string; at: Date; rows: readonly RejectionRow[] },
): Promise<void> {
  await sql`
    insert into source_rejections (source_id, received_at, reason, detail, payload)
    select ${sourceId}::bigint, ${at}, i.reason, i.detail::jsonb, i.payload
    from unnest(${rows.map((row) => row.reason)}::text[], ${rows.map((row) => JSON.stringify(row.detail))}::text[],
      ${rows.map((row) => row.payload)}::text[]) as i (reason, detail, payload)
    where exists (select from sources s where s.id = ${sourceId}::bigint)`.execute(db)
}

type RejectionQuery = {
  sourceId: string
  reason?: string | undefined
  cursor?: string | undefined
  limit: number
}
export async function selectRejections(
  db: Executor,
  { sourceId, reason, cursor, limit }: RejectionQuery,
): Promise<Page<Rejection>> {
  let query = db
    .selectFrom('source_rejections')
    .select(['id', 'received_at', 'reason', 'detail', 'payload'])
    .where('source_id', '=', sourceId)
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (reason !== undefined) query = query.where('reason', '=', reason)
  if (cursor !== undefined) query = query.where('id', '<', cursor)
  const rows = (await query.execute()).map(({ received_at, detail, ...row }) => ({
    ...row,
    detail: detail as Record<string, unknown>,
    receivedAt: received_at.toISOString(),
  }))
  return toPage(rows, limit, (row) => row.id)
}

/** Removes, of each source, rejections beyond its newest `kept`, at most `most`; returns how many. */
export async function deleteBeyond(
  db: Executor,
  { kept, most }: { kept: number; most: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from source_rejections where id in (
      select r.id from sources s
      cross join lateral (select id from source_rejections where source_id = s.id
        order by id desc offset ${kept} limit 1) as edge
      cross join lateral (select id from source_rejections where source_id = s.id and id <= edge.id
        order by id limit ${most}) as r
      limit ${most})`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

/** Removes what is older than it has to be kept, at most `most` rows of each; returns how many. */
export async function deleteOld(
  db: Executor,
  { rejectedBefore, countedBefore, most }: { rejectedBefore: Date; countedBefore: Date; most: number },
): Promise<number> {
  const rejected = await sql`
    delete from source_rejections where id in (
      select id from source_rejections where received_at < ${rejectedBefore} order by received_at limit ${most})`.execute(
    db,
  )
  const counted = await sql`
    delete from source_counts where ctid in (
      select ctid from source_counts where minute < ${countedBefore} limit ${most})`.execute(db)
  return Number((rejected.numAffectedRows ?? 0n) + (counted.numAffectedRows ?? 0n))
}
