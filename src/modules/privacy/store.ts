import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { idsOfContact } from '../contacts/index.ts'
import type { Subject } from './places.ts'
import type { Counts, Erasure, PrivacySettings } from './schema.ts'

type Row = {
  id: string
  contact_id: string
  reason: Erasure['reason']
  requested_at: Date
  requested_by: string | null
  finished_at: Date | null
  counts: Counts
}
const present = (row: Row): Erasure => ({
  id: row.id,
  contactId: row.contact_id,
  reason: row.reason,
  requestedAt: row.requested_at.toISOString(),
  requestedBy: row.requested_by,
  finishedAt: row.finished_at?.toISOString() ?? null,
  counts: row.counts,
})
const ERASURES = sql`
  select e.id, e.contact_id, e.reason, e.requested_at, e.finished_at, e.counts, o.name as requested_by
  from erasures e left join operators o on o.id = e.requested_by`

export async function selectErasure(db: Executor, id: string): Promise<Erasure | undefined> {
  const { rows } = await sql<Row>`${ERASURES} where e.id = ${id}::bigint`.execute(db)
  return rows[0] && present(rows[0])
}

export async function selectErasures(
  db: Executor,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<Erasure[]> {
  const { rows } = await sql<Row>`${ERASURES}
    ${cursor === undefined ? sql`` : sql`where e.id < ${cursor}::bigint`}
    order by e.id desc limit ${limit + 1}`.execute(db)
  return rows.map(present)
}

export async function insertErasure(
  db: Executor,
  erasure: { contactId: string; reason: Erasure['reason']; at: Date; by: string | null },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into erasures (contact_id, reason, requested_at, requested_by)
    values (${erasure.contactId}::bigint, ${erasure.reason}, ${erasure.at}::timestamptz, ${erasure.by}::bigint)
    returning id`.execute(db)
  return rows[0]?.id as string
}

export async function isBeingErased(db: Executor, contactId: string): Promise<boolean> {
  const { rows } = await sql`
    select from erasures where finished_at is null and contact_id = ${contactId}::bigint`.execute(db)
  return rows.length > 0
}

type Claimed = { id: string; contactId: string; counts: Counts }

/** One that is not finished; nobody else's until the transaction ends. */
export async function claimErasure(db: Executor): Promise<Claimed | undefined> {
  const { rows } = await sql<{ id: string; contact_id: string; counts: Counts }>`
    select id, contact_id, counts from erasures where finished_at is null
    order by id limit 1 for update skip locked`.execute(db)
  const [row] = rows
  return row && { id: row.id, contactId: row.contact_id, counts: row.counts }
}

export async function writeErasure(
  db: Executor,
  { id, counts, finishedAt }: { id: string; counts: Counts; finishedAt: Date | null },
): Promise<void> {
  await sql`update erasures set counts = ${JSON.stringify(counts)}::jsonb, finished_at = ${finishedAt}::timestamptz
    where id = ${id}::bigint`.execute(db)
}

/** Visitors of whom nothing is known but that a public source called them by an id of this person. */
async function visitorsNamed(db: Executor, contactIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select v.contact_id as id from (
      select kind, value from contact_identities where contact_id = any(${[...contactIds]}::bigint[]) and kind <> 'anonymous'
      union all select 'unionid', unionid from contacts
        where id = any(${[...contactIds]}::bigint[]) and unionid is not null) i
    join contact_identities v on v.kind = 'anonymous' and v.value = 'claimed:' || i.kind || ':' || i.value
    where not v.contact_id = any(${[...contactIds]}::bigint[])
      and not exists (select from contact_aliases where merged_into = v.contact_id)
      and not exists (select from fans where contact_id = v.contact_id)
      and not exists (select from contacts where id = v.contact_id and unionid is not null)
      and not exists (select from contact_identities s where s.contact_id = v.contact_id and s.value <> v.value
        and not starts_with(s.value, 'claimed:'))
    order by v.contact_id`.execute(db)
  return [...new Set(rows.map(({ id }) => id))]
}

/** Whom an erasure is about now: merges go on until it is done. */
export async function findSubject(db: Executor, contactId: string): Promise<Subject> {
  const { rows } = await sql<{ id: string }>`
    select coalesce((select merged_into from contact_aliases where contact_id = ${contactId}::bigint),
      ${contactId}::bigint) as id`.execute(db)
  const own = await idsOfContact(db, rows[0]?.id as string)
  const contactIds = [...own, ...(await visitorsNamed(db, own))]
  const fans = await sql<{ id: string }>`
    select id from fans where contact_id = any(${contactIds}::bigint[]) order by account_id, openid`.execute(
    db,
  )
  return { contactIds, fanIds: fans.rows.map(({ id }) => id) }
}

export async function insertTombstones(
  db: Executor,
  { hashes, erasureId, at }: { hashes: readonly string[]; erasureId: string; at: Date },
): Promise<void> {
  if (hashes.length === 0) return
  await sql`
    insert into erasure_tombstones (identity_hash, erasure_id, erased_at)
    select decode(h, 'hex'), ${erasureId}::bigint, ${at}::timestamptz from unnest(${[...hashes]}::text[]) as h
    on conflict (identity_hash) do update set erased_at = excluded.erased_at`.execute(db)
}

export async function selectSettings(db: Executor): Promise<PrivacySettings> {
  const row = await db.selectFrom('privacy_settings').selectAll().executeTakeFirstOrThrow()
  return { eraseAfterUnfollow: row.erase_after_unfollow, unfollowDays: row.unfollow_days }
}

export async function updateSettings(db: Executor, settings: PrivacySettings): Promise<void> {
  await db
    .updateTable('privacy_settings')
    .set({ erase_after_unfollow: settings.eraseAfterUnfollow, unfollow_days: settings.unfollowDays })
    .execute()
}
