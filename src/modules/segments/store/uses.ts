import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { SegmentUse } from '../schema/segment.ts'

export type SegmentUser = { kind: SegmentUse['kind']; id: string }

/** At most 50, newest first. */
export async function selectUses(db: Executor, segmentId: string, activeOnly = false): Promise<SegmentUse[]> {
  const { rows } = await sql<SegmentUse>`
    select user_kind as kind, user_id as id, name, account_id as "accountId", active from segment_uses
    where segment_id = ${segmentId}::bigint and (active or not ${activeOnly})
    order by active desc, user_id desc limit 50`.execute(db)
  return rows
}

/** Says which segments something names from now on, in place of those it named before. */
export async function replaceUses(
  trx: Executor,
  user: SegmentUser & { name: string; accountId: string | null },
  segmentIds: readonly string[],
): Promise<void> {
  await removeUses(trx, user)
  await sql`insert into segment_uses (segment_id, user_kind, user_id, account_id, name)
    select distinct unnest(${[...segmentIds]}::bigint[]), ${user.kind}, ${user.id}::bigint, ${user.accountId}::bigint,
      ${user.name} order by 1`.execute(trx)
}

export const removeUses = (trx: Executor, user: SegmentUser) =>
  sql`delete from segment_uses where user_kind = ${user.kind} and user_id = ${user.id}::bigint`.execute(trx)

/** As long as it asks, these snapshots answer: their members are kept. */
export async function pinUses(
  trx: Executor,
  user: SegmentUser,
  snapshots: ReadonlyMap<string, string>,
): Promise<void> {
  await sql`update segment_uses u set snapshot_id = s.snapshot_id
    from unnest(${[...snapshots.keys()]}::bigint[], ${[...snapshots.values()]}::bigint[]) as s (segment_id, snapshot_id)
    where u.user_kind = ${user.kind} and u.user_id = ${user.id}::bigint and u.segment_id = s.segment_id`.execute(
    trx,
  )
}

/** It will not ask again; the snapshots it was made from are kept. */
export async function endUses(
  trx: Executor,
  user: SegmentUser,
  snapshots: ReadonlyMap<string, string | null>,
): Promise<void> {
  await sql`update segment_uses u set active = false, snapshot_id = s.snapshot_id
    from segment_uses me left join unnest(${[...snapshots.keys()]}::bigint[], ${[...snapshots.values()]}::bigint[])
      as s (segment_id, snapshot_id) on s.segment_id = me.segment_id
    where me.user_kind = ${user.kind} and me.user_id = ${user.id}::bigint and me.active
      and u.segment_id = me.segment_id and u.user_kind = me.user_kind and u.user_id = me.user_id`.execute(trx)
}

export type Reached = { id: string; name: string; depth: number }

/** Segments that the named ones name, through any number of rules; each once, with how deep it was found. */
export async function selectReached(trx: Executor, ids: readonly string[]): Promise<Reached[]> {
  const { rows } = await sql<Reached>`
    with recursive reached (id, depth) as (
      select unnest(${[...ids]}::bigint[]), 1
      union
      select u.segment_id, r.depth + 1 from reached r
      join segment_uses u on u.user_kind = 'segment' and u.user_id = r.id and u.active
      where r.depth < 50)
    select s.id, s.name, max(r.depth)::int as depth from reached r join segments s on s.id = r.id group by s.id, s.name`.execute(
    trx,
  )
  return rows
}

/** Names of up to five segments, archived ones aside, whose rules ask about an activity; of any account, as a label is everybody's. */
export async function namesAskingActivity(db: Executor, activityId: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from segments where archived_at is null
      and jsonb_path_exists(rule, 'strict $.**.activityId ? (@ == $id)', jsonb_build_object('id', ${activityId}::text))
    order by id limit 5`.execute(db)
  return rows.map(({ name }) => name)
}

export type Unusable = { id: string; name: string; failed: boolean; why: string | null }

/**
 * Of segments that are asked, and those that live ones among them ask in turn, one that can't answer: never computed, or
 * failed and then not to be used.
 */
export async function findUnusable(db: Executor, ids: readonly string[]): Promise<Unusable | undefined> {
  if (ids.length === 0) return undefined
  const { rows } = await sql<Unusable>`
    with recursive asked (id) as (
      select unnest(${[...ids]}::bigint[])
      union
      select u.segment_id from asked a
      join segments s on s.id = a.id and s.update_kind = 'live'
      join segment_uses u on u.user_kind = 'segment' and u.user_id = a.id and u.active)
    select s.id, s.name, latest.state = 'failed' and s.failure_policy = 'stop' as failed, latest.failure_reason as why
    from asked join segments s on s.id = asked.id
    left join lateral (
      select l.state, l.failure_reason from segment_snapshots l
      where l.segment_id = s.id and l.finished_at is not null order by l.id desc limit 1) latest on true
    where s.update_kind <> 'live'
      and (s.current_snapshot_id is null or (latest.state = 'failed' and s.failure_policy = 'stop'))
    order by s.id limit 1`.execute(db)
  return rows[0]
}

/**
 * One change of what rules name at a time, until the end of the transaction: two that look at each other's old rule
 * could close a circle together, also through others that neither locks.
 */
export const lockNames = (trx: Executor) =>
  sql`select pg_advisory_xact_lock(hashtextextended('segment-names', 0))`.execute(trx)
