import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { notFound } from '../../kernel/errors.ts'
import { scopeOf } from '../contacts/index.ts'
import type { Segment, SegmentListItem, Snapshot } from './schema/segment.ts'
import { findSegment, type SegmentRow } from './store/segments.ts'
import type { SnapshotRow } from './store/snapshots.ts'
import { selectUses } from './store/uses.ts'

const iso = (at: Date | null): string | null => at?.toISOString() ?? null
const number = (text: string | null): number | null => (text === null ? null : Number(text))

export const presentListItem = (row: SegmentRow): SegmentListItem => ({
  id: row.id,
  accountId: row.account_id,
  accountName: row.account_name,
  name: row.name,
  description: row.description,
  updateKind: row.update_kind,
  origin: row.origin,
  listed: row.listed,
  failurePolicy: row.failure_policy,
  dailyMinute: row.daily_minute,
  version: row.version,
  size: number(row.size),
  computedAt: iso(row.computed_at),
  snapshotId: row.update_kind === 'live' ? null : row.current_snapshot_id,
  outdated: row.outdated,
  computing: row.computing,
  lastFailure:
    row.failed_at === null ? null : { at: row.failed_at.toISOString(), reason: row.failure_reason ?? '' },
  dueAt: row.update_kind === 'daily' ? iso(row.due_at) : null,
  usedBy: row.used_by,
  createdByName: row.created_by_name,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  archivedAt: iso(row.archived_at),
})

export const presentSnapshot = (row: SnapshotRow): Snapshot => ({
  id: row.id,
  version: row.version,
  cause: row.cause,
  state: row.state,
  at: row.at.toISOString(),
  size: number(row.size),
  tookMs: row.took_ms,
  failureReason: row.failure_reason,
  finishedAt: iso(row.finished_at),
})

/** `not_found` for a segment outside the caller's accounts. */
export async function getSegmentRow(
  ctx: Ctx,
  segmentId: string,
  { db = ctx.db, lock = false }: { db?: Executor; lock?: boolean } = {},
): Promise<SegmentRow> {
  const row = await findSegment(db, segmentId, { scope: scopeOf(ctx), lock })
  if (row === undefined) throw notFound('segment')
  return row
}

export async function readSegment(ctx: Ctx, segmentId: string, db: Executor = ctx.db): Promise<Segment> {
  const row = await getSegmentRow(ctx, segmentId, { db })
  return { ...presentListItem(row), rule: row.rule, uses: await selectUses(db, segmentId) }
}
