import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { IdentityKindName } from '../people/schema.ts'

type Link = { kind: IdentityKindName; value: string }
export type MergeRow = {
  id: string
  source_id: string
  target_id: string
  cause: 'linked' | 'unionid' | 'review'
  evidence: { links?: Link[] }
  moved: unknown
  merged_at: Date
  merged_by: string | null
  undone_at: Date | null
  undone_by: string | null
}

const COLUMNS = sql`m.id, m.source_id, m.target_id, m.cause, m.evidence, m.moved, m.merged_at, m.undone_at,
  by.name as merged_by, un.name as undone_by`
const FROM = sql`contact_merges m left join operators by on by.id = m.merged_by
  left join operators un on un.id = m.undone_by`

/** Merges that made a person what they are, and those taken back; latest first. */
export async function selectMerges(db: Executor, contactId: string, limit: number): Promise<MergeRow[]> {
  const { rows } = await sql<MergeRow>`
    with mine as (
      select ${contactId}::bigint as id
      union select contact_id from contact_aliases where merged_into = ${contactId}::bigint)
    select ${COLUMNS} from ${FROM}
    where m.source_id in (select id from mine) or m.target_id in (select id from mine)
    order by m.id desc limit ${limit}`.execute(db)
  return rows
}

export async function findMerge(db: Executor, mergeId: string): Promise<MergeRow | undefined> {
  const { rows } =
    await sql<MergeRow>`select ${COLUMNS} from ${FROM} where m.id = ${mergeId}::bigint`.execute(db)
  return rows[0]
}

export async function lockMerge(db: Executor, mergeId: string): Promise<MergeRow | undefined> {
  const { rows } = await sql<MergeRow>`
    select ${COLUMNS} from ${FROM} where m.id = ${mergeId}::bigint for update of m`.execute(db)
  return rows[0]
}

/** A later merge of one of the two that still holds, and so has to go first. */
export async function findLaterMerge(
  db: Executor,
  merge: { id: string; target_id: string },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from contact_merges
    where id > ${merge.id}::bigint and undone_at is null
      and (target_id = ${merge.target_id}::bigint or source_id = ${merge.target_id}::bigint)
    order by id desc limit 1`.execute(db)
  return rows[0]?.id
}

export async function markUndone(
  db: Executor,
  mergeId: string,
  { now, by }: { now: Date; by: string | null },
): Promise<void> {
  await sql`update contact_merges set undone_at = ${now}::timestamptz, undone_by = ${by}::bigint
    where id = ${mergeId}::bigint`.execute(db)
}

/** Remembers for two people that nothing merges them by itself. */
export async function keepApart(
  db: Executor,
  { a, b, now, by }: { a: string; b: string; now: Date; by: string | null },
): Promise<void> {
  await sql`
    insert into contact_reviews (contact_a, contact_b, evidence, conflicts, state, created_at, last_seen_at,
      decided_at, decided_by)
    values (least(${a}::bigint, ${b}::bigint), greatest(${a}::bigint, ${b}::bigint), '{}', '[]', 'kept_apart',
      ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz, ${by}::bigint)
    on conflict (contact_a, contact_b) do update
      set state = 'kept_apart', decided_at = excluded.decided_at, decided_by = excluded.decided_by`.execute(
    db,
  )
}
