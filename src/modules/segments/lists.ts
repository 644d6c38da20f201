import type { Ctx } from '../../context.ts'
import type { Page } from '../../kernel/paging.ts'
import { scopeOf } from '../contacts/index.ts'
import { getSegmentRow, presentListItem, presentSnapshot } from './present.ts'
import type { SegmentListItem, Snapshot, SnapshotState } from './schema/segment.ts'
import { type ListFilter, selectSegments } from './store/segments.ts'
import { selectSnapshots } from './store/snapshots.ts'

export async function listSegments(
  ctx: Ctx,
  filter: Omit<ListFilter, 'scope'>,
): Promise<Page<SegmentListItem>> {
  const { items, nextCursor } = await selectSegments(ctx.db, { ...filter, scope: scopeOf(ctx) })
  return { items: items.map(presentListItem), nextCursor }
}

type SnapshotFilter = {
  state?: SnapshotState | undefined
  from?: string | undefined
  cursor?: string | undefined
  limit: number
}

export async function listSnapshots(
  ctx: Ctx,
  segmentId: string,
  filter: SnapshotFilter,
): Promise<Page<Snapshot>> {
  await getSegmentRow(ctx, segmentId)
  const { items, nextCursor } = await selectSnapshots(ctx.db, segmentId, filter)
  return { items: items.map(presentSnapshot), nextCursor }
}
