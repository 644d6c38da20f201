import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import type { Rule } from '../schema/rule.ts'
import type { SnapshotCause, SnapshotState, UpdateKind } from '../schema/segment.ts'

export type SnapshotRow = {
  id: string
  version: number
  cause: SnapshotCause
  state: SnapshotState
  at: Date
  size: string | null
  took_ms: number | null
  failure_reason: string | null
  finished_at: Date | null
}

export async function selectSnapshots(
  db: Executor,
  segmentId: string,
  filter: {
    state?: SnapshotState | undefined
    from?: string | undefined
    cursor?: string | undefined
    limit: number
  },
): Promise<Page<SnapshotRow>> {
  const { rows } = await sql<SnapshotRow>`
    select id, version, cause, state, at, size, took_ms, failure_reason, finished_at from segment_snapshots
    where segment_id = ${segmentId}::bigint
      and (${filter.cursor ?? null}::bigint is null or id < ${filter.cursor ?? null}::bigint)
      and (${filter.state ?? null}::text is null or state = ${filter.state ?? null}::text)
      and (${filter.from ?? null}::timestamptz is null or at >= ${filter.from ?? null}::timestamptz)
    order by id desc limit ${filter.limit + 1}`.execute(db)
  return toPage(rows, filter.limit, (row) => row.id)
}

/**
 * Puts segments in the lane of computations, with the rule they have now. One that waits already takes the new rule
 * and keeps its place. Returns the snapshots by segment.
 */
export async function queueSnapshots(
  db: Executor,
  segmentIds: readonly string[],
  { cause, at }: { cause: SnapshotCause; at: Date },
): Promise<Map<string, string>> {
  if (segmentIds.length === 0) return new Map()
  const { rows } = await sql<{ id: string; segment_id: string }>`
    insert into segment_snapshots as n (segment_id, version, rule, cause, at, created_at)
    select s.id, s.version, s.rule, ${cause}, ${at}::timestamptz, ${at}::timestamptz from segments s
    where s.id = any(${[...segmentIds]}::bigint[]) and s.rule is not null order by s.id
    on conflict (segment_id) where state = 'queued' do update set version = excluded.version, rule = excluded.rule
    returning n.id, n.segment_id`.execute(db)
  return new Map(rows.map((row) => [row.segment_id, row.id]))
}

export const unqueueSnapshots = (db: Executor, segmentId: string) =>
  sql`delete from segment_snapshots where segment_id = ${segmentId}::bigint and state = 'queued'`.execute(db)

export type Claim = {
  id: string
  fence: string
  segment_id: string
  account_id: string | null
  rule: Rule
  update_kind: UpdateKind
  at: Date
}

/** Real time: a computation whose worker was killed is anybody's after this. */
const LEASE = sql`clock_timestamp() + interval '40 seconds'`
const LANE = sql`select pg_advisory_xact_lock(hashtextextended('segments-lane', 0))`

/**
 * Claims the next computation, unless `lanes` of them run in the whole installation. Those a run waits for come first,
 * the daily ones last. Run it in a transaction.
 */
export async function claimSnapshot(
  trx: Executor,
  { lanes, at }: { lanes: number; at: Date },
): Promise<Claim | undefined> {
  await LANE.execute(trx)
  const { rows } = await sql<Claim>`
    update segment_snapshots n set state = 'running', lease_until = ${LEASE}, fence = n.fence + 1,
      at = ${at}::timestamptz
    from segments s
    where s.id = n.segment_id
      and (select count(*) from segment_snapshots r where r.state = 'running' and r.lease_until >= clock_timestamp()) < ${lanes}::int
      and n.id = (
        select w.id from segment_snapshots w
        where (w.state = 'queued' or (w.state = 'running' and w.lease_until < clock_timestamp()))
          and not exists (select from segment_snapshots r where r.segment_id = w.segment_id and r.id <> w.id
            and r.state = 'running' and r.lease_until >= clock_timestamp())
          -- what its rule names is computed first
          and not exists (
            with recursive named (id) as (
              select w.segment_id
              union select u.segment_id from named x join segment_uses u
                on u.user_kind = 'segment' and u.user_id = x.id and u.active)
            select from named join segment_snapshots q on q.segment_id = named.id
            where q.segment_id <> w.segment_id and q.state in ('queued', 'running'))
        order by case w.cause when 'scheduled' then 0 when 'daily' then 2 else 1 end, w.id
        limit 1 for update skip locked)
    returning n.id, n.fence, n.segment_id, s.account_id, n.rule, s.update_kind, n.at`.execute(trx)
  return rows[0]
}

type Held = Pick<Claim, 'id' | 'fence'>
const held = ({ id, fence }: Held) =>
  sql`id = ${id}::bigint and fence = ${fence}::bigint and state = 'running'`

export async function renewLease(db: Executor, claim: Held): Promise<boolean> {
  const { numAffectedRows } = await sql`update segment_snapshots set lease_until = ${LEASE}
    where ${held(claim)}`.execute(db)
  return numAffectedRows === 1n
}

/** Gives a computation back, to be done from its beginning. */
export const releaseLease = (db: Executor, claim: Held) =>
  sql`update segment_snapshots set lease_until = clock_timestamp() - interval '1 millisecond'
    where ${held(claim)}`.execute(db)

/** Writes `people` (a relation of contact_id, each once) as the members of a snapshot; returns how many. */
export async function writeMembers(
  trx: Executor,
  snapshotId: string,
  people: RawBuilder<{ contact_id: string }>,
): Promise<number> {
  const { rows } = await sql<{ size: string }>`
    with stored as (
      insert into segment_chunks (snapshot_id, chunk, members)
      select ${snapshotId}::bigint, m.contact_id >> 16,
        array_agg(((m.contact_id & 65535) - 32768)::smallint order by m.contact_id)
      from (${people}) m group by 2
      returning cardinality(members) as size)
    select coalesce(sum(size), 0)::bigint as size from stored`.execute(trx)
  return Number(rows[0]?.size ?? 0)
}

export async function countPeople(
  trx: Executor,
  people: RawBuilder<{ contact_id: string }>,
): Promise<number> {
  const { rows } = await sql<{ size: string }>`select count(*) as size from (${people}) m`.execute(trx)
  return Number(rows[0]?.size ?? 0)
}

type Outcome = { state: 'ready' | 'dropped'; size: number; tookMs: number; at: Date }

/** False when the claim is no longer ours: the caller takes everything back. */
export async function finishSnapshot(trx: Executor, claim: Claim, outcome: Outcome): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update segment_snapshots set state = ${outcome.state}, size = ${outcome.size}::bigint, took_ms = ${outcome.tookMs}::int,
      finished_at = ${outcome.at}::timestamptz, lease_until = null
    where ${held(claim)}`.execute(trx)
  if (numAffectedRows !== 1n) return false
  // one that was begun earlier and ends later must not hide a newer one, nor one without members answer for a kind that needs them
  await sql`update segments set current_snapshot_id = ${claim.id}::bigint
    where id = ${claim.segment_id}::bigint and coalesce(current_snapshot_id, 0) < ${claim.id}::bigint
      and (update_kind = 'live') = ${outcome.state === 'dropped'}`.execute(trx)
  return true
}

export const failSnapshot = (db: Executor, claim: Held, { reason, at }: { reason: string; at: Date }) =>
  sql`update segment_snapshots set state = 'failed', failure_reason = ${reason}, finished_at = ${at}::timestamptz,
      lease_until = null where ${held(claim)}`.execute(db)

/** An empty snapshot of a segment that has no rule, made current by {@link sealSnapshot}. */
export async function insertStatic(
  trx: Executor,
  segmentId: string,
  { cause, at, version = 1 }: { cause: SnapshotCause; at: Date; version?: number },
): Promise<string> {
  const { id } = await trx
    .insertInto('segment_snapshots')
    .values({ segment_id: segmentId, version, cause, state: 'ready', at, created_at: at, finished_at: at })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export async function sealSnapshot(
  trx: Executor,
  { segmentId, snapshotId, size }: { segmentId: string; snapshotId: string; size: number },
): Promise<void> {
  await setSize(trx, snapshotId, size)
  await sql`update segments set current_snapshot_id = ${snapshotId}::bigint where id = ${segmentId}::bigint`.execute(
    trx,
  )
}

export const setSize = (trx: Executor, snapshotId: string, size: number) =>
  sql`update segment_snapshots set size = ${size}::bigint, took_ms = 0 where id = ${snapshotId}::bigint`.execute(
    trx,
  )
