import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import type { Rule } from '../schema/rule.ts'
import type { FailurePolicy, Origin, UpdateKind } from '../schema/segment.ts'

export type SegmentRow = {
  id: string
  account_id: string | null
  account_name: string | null
  name: string
  description: string
  update_kind: UpdateKind
  rule: Rule | null
  origin: Origin
  daily_minute: number | null
  listed: boolean
  failure_policy: FailurePolicy
  version: number
  current_snapshot_id: string | null
  due_at: Date | null
  created_by_name: string | null
  created_at: Date
  updated_at: Date
  archived_at: Date | null
  size: string | null
  computed_at: Date | null
  computed_version: number | null
  outdated: boolean
  computing: 'queued' | 'running' | null
  failed_at: Date | null
  failure_reason: string | null
  used_by: number
}

const COLUMNS = sql`s.id, s.account_id, a.name as account_name, s.name, s.description, s.update_kind, s.origin,
  s.daily_minute, s.listed, s.failure_policy, s.version, s.current_snapshot_id, s.due_at, o.name as created_by_name,
  s.created_at, s.updated_at, s.archived_at, n.size, n.at as computed_at, n.version as computed_version,
  n.id is not null and n.rule is distinct from s.rule as outdated,
  (select state from segment_snapshots w where w.segment_id = s.id and w.state in ('queued', 'running')
    order by w.id limit 1) as computing,
  case when latest.state = 'failed' then latest.finished_at end as failed_at, latest.failure_reason,
  (select count(*)::int from segment_uses u where u.segment_id = s.id and u.active) as used_by`

const SOURCE = sql`from segments s
  left join accounts a on a.id = s.account_id
  left join operators o on o.id = s.created_by
  left join segment_snapshots n on n.id = s.current_snapshot_id
  left join lateral (
    select l.state, l.finished_at, case when l.state = 'failed' then l.failure_reason end as failure_reason
    from segment_snapshots l where l.segment_id = s.id and l.finished_at is not null
    order by l.id desc limit 1) latest on true`

/** Segments of the accounts the caller may see; of everyone only for those who see every account. */
type Scope = readonly string[] | null
const visible = (scope: Scope) =>
  scope === null ? sql`true` : sql`s.account_id = any(${[...scope]}::bigint[])`

export type ListFilter = {
  scope: Scope
  q?: string | undefined
  kind?: UpdateKind | undefined
  accountId?: string | undefined
  listed?: 'true' | 'false' | undefined
  archived: 'true' | 'false'
  cursor?: string | undefined
  limit: number
}

export async function selectSegments(db: Executor, filter: ListFilter): Promise<Page<SegmentRow>> {
  const { rows } = await sql<SegmentRow>`
    select ${COLUMNS}, null as rule ${SOURCE}
    where ${visible(filter.scope)} and (s.archived_at is not null) = ${filter.archived === 'true'}
      and (${filter.cursor ?? null}::bigint is null or s.id < ${filter.cursor ?? null}::bigint)
      and (${filter.q ?? null}::text is null or strpos(lower(s.name), lower(${filter.q ?? null}::text)) > 0)
      and (${filter.kind ?? null}::text is null or s.update_kind = ${filter.kind ?? null}::text)
      and (${filter.listed ?? null}::boolean is null or s.listed = ${filter.listed ?? null}::boolean)
      and (${filter.accountId ?? null}::bigint is null or s.account_id is null
        or s.account_id = ${filter.accountId ?? null}::bigint)
    order by s.id desc limit ${filter.limit + 1}`.execute(db)
  return toPage(rows, filter.limit, (row) => row.id)
}

type Find = { scope: Scope; lock?: boolean }

export async function findSegment(
  db: Executor,
  segmentId: string,
  { scope, lock = false }: Find,
): Promise<SegmentRow | undefined> {
  const { rows } = await sql<SegmentRow>`
    select ${COLUMNS}, s.rule ${SOURCE}
    where s.id = ${segmentId}::bigint and ${visible(scope)} ${lock ? sql`for update of s` : sql``}`.execute(
    db,
  )
  return rows[0]
}

/** Those of the ids that the caller may see, in the order given. */
export async function findSegments(
  db: Executor,
  ids: readonly string[],
  scope: Scope,
): Promise<SegmentRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<SegmentRow>`
    select ${COLUMNS}, s.rule ${SOURCE}
    where s.id = any(${[...ids]}::bigint[]) and ${visible(scope)}
    order by array_position(${[...ids]}::bigint[], s.id)`.execute(db)
  return rows
}

/** Live segments the caller may see, newest first; bounded. */
export async function selectLive(db: Executor, scope: Scope, limit: number): Promise<SegmentRow[]> {
  const { rows } = await sql<SegmentRow>`
    select ${COLUMNS}, s.rule ${SOURCE}
    where s.update_kind = 'live' and s.archived_at is null and ${visible(scope)}
    order by s.id desc limit ${limit}`.execute(db)
  return rows
}

export type SegmentValues = {
  name: string
  description: string
  updateKind: UpdateKind
  rule: Rule | null
  dailyMinute: number | null
  listed: boolean
  failurePolicy: FailurePolicy
  dueAt: Date | null
}
type NewSegment = SegmentValues & {
  accountId: string | null
  origin: Origin
  createdBy: string | null
  at: Date
}

export async function insertSegment(db: Executor, values: NewSegment): Promise<string> {
  const { id } = await db
    .insertInto('segments')
    .values({
      account_id: values.accountId,
      origin: JSON.stringify(values.origin),
      created_by: values.createdBy,
      created_at: values.at,
      updated_at: values.at,
      ...columnsOf(values),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Writes a segment the caller has locked, as its next version. */
export async function updateSegment(
  db: Executor,
  segmentId: string,
  values: SegmentValues & { at: Date; forgetSnapshot: boolean },
): Promise<void> {
  await db
    .updateTable('segments')
    .set({
      ...columnsOf(values),
      version: sql<number>`version + 1`,
      updated_at: values.at,
      ...(values.forgetSnapshot && { current_snapshot_id: null }),
    })
    .where('id', '=', segmentId)
    .execute()
}

const columnsOf = (values: SegmentValues) => ({
  name: values.name,
  description: values.description,
  update_kind: values.updateKind,
  rule: values.rule === null ? null : JSON.stringify(values.rule),
  daily_minute: values.dailyMinute,
  listed: values.listed,
  failure_policy: values.failurePolicy,
  due_at: values.dueAt,
})

export async function setArchived(
  db: Executor,
  segmentId: string,
  values: { archivedAt: Date | null; dueAt: Date | null; at: Date },
): Promise<void> {
  await db
    .updateTable('segments')
    .set({ archived_at: values.archivedAt, due_at: values.dueAt, updated_at: values.at })
    .where('id', '=', segmentId)
    .execute()
}
