import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'

/**
 * A page of a snapshot's members in the order of the ids they were stored under, with who they are today. Only the
 * chunks of the page are read. Of two members who became one, the page shows the one who stayed.
 */
export async function selectMembers(
  db: Executor,
  snapshotId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ stored: string; contact_id: string }[]> {
  const after = cursor ?? '0'
  const { rows } = await sql<{ stored: string; contact_id: string }>`
    select p.id as stored, coalesce(became.merged_into, p.id) as contact_id from (
      select m.id from (
        select chunk, members from segment_chunks
        where snapshot_id = ${snapshotId}::bigint and chunk >= ${after}::bigint >> 16 order by chunk) c
      cross join lateral (select c.chunk * 65536 + 32768 + u as id from unnest(c.members) as u) m
      where m.id > ${after}::bigint
      order by m.id limit ${limit + 1}) p
    left join contact_aliases became on became.contact_id = p.id
    where became.merged_into is null or not exists (
      select from segment_chunks o where o.snapshot_id = ${snapshotId}::bigint and o.chunk = became.merged_into >> 16
        and ((became.merged_into & 65535) - 32768)::smallint = any(o.members))
    order by p.id`.execute(db)
  return rows
}

export async function selectPage(
  db: Executor,
  people: RawBuilder<{ contact_id: string }>,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ contact_id: string }>`
    select p.contact_id from (${people}) p
    where ${cursor ?? null}::bigint is null or p.contact_id > ${cursor ?? null}::bigint
    order by p.contact_id limit ${limit + 1}`.execute(db)
  return rows.map((row) => row.contact_id)
}

export type Membership = {
  id: string
  name: string
  update_kind: 'on_demand' | 'daily' | 'once' | 'static'
  account_id: string | null
  at: Date
}

/** Segments whose last computation holds one of these ids: all those a person has had. */
export async function selectMemberships(
  db: Executor,
  contactIds: readonly string[],
  scope: readonly string[] | null,
): Promise<Membership[]> {
  const { rows } = await sql<Membership>`
    select distinct s.id, s.name, s.update_kind, s.account_id, n.at
    from segments s
    join segment_snapshots n on n.id = s.current_snapshot_id
    join unnest(${[...contactIds]}::bigint[]) as i (id) on true
    join segment_chunks c on c.snapshot_id = n.id and c.chunk = i.id >> 16
    where ((i.id & 65535) - 32768)::smallint = any(c.members) and s.archived_at is null and s.update_kind <> 'live'
      and (${scope === null} or s.account_id = any(${[...(scope ?? [])]}::bigint[]))
    order by s.id desc limit 200`.execute(db)
  return rows
}

/** Who someone is today, and every id they have had; undefined for somebody unknown. */
export async function findPerson(
  db: Executor,
  contactId: string,
  within: (column: RawBuilder<unknown>) => RawBuilder<boolean>,
): Promise<{ id: string; ids: string[] } | undefined> {
  const { rows } = await sql<{ id: string; ids: string[] }>`
    select c.id, to_jsonb(array[c.id::text] || array(
      select a.contact_id::text from contact_aliases a where a.merged_into = c.id)) as ids
    from contacts c
    where c.id = coalesce((select merged_into from contact_aliases where contact_id = ${contactId}::bigint), ${contactId}::bigint)
      and ${within(sql`c.id`)}`.execute(db)
  return rows[0]
}
