import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { getSegmentRow, readSegment } from '../present.ts'
import { namedIn, nextDue } from '../rules.ts'
import type { Segment } from '../schema/segment.ts'
import { findSegments, setArchived } from '../store/segments.ts'
import { queueSnapshots, unqueueSnapshots } from '../store/snapshots.ts'
import * as uses from '../store/uses.ts'
import { subjectOf } from './save.ts'

/** Puts a segment away; `segment_in_use` names what still asks it. Its members and sizes stay. */
export async function archiveSegment(ctx: Ctx, segmentId: string): Promise<Segment> {
  return inTransaction(ctx.db, async (trx) => {
    await uses.lockNames(trx)
    const current = await getSegmentRow(ctx, segmentId, { db: trx, lock: true })
    if (current.archived_at !== null) throw conflict('segment_archived', 'it is archived already')
    const active = await uses.selectUses(trx, segmentId, true)
    if (active.length > 0)
      throw conflict('segment_in_use', 'something still uses it', {
        count: active.length,
        names: active.slice(0, 5).map(({ name }) => name),
        uses: active,
      })
    const now = ctx.clock.now()
    await setArchived(trx, segmentId, { archivedAt: now, dueAt: null, at: now })
    await uses.removeUses(trx, { kind: 'segment', id: segmentId })
    await unqueueSnapshots(trx, segmentId)
    await audit(ctx, trx, {
      action: 'segment.archived',
      accountId: current.account_id ?? undefined,
      subject: subjectOf(segmentId),
      detail: { name: current.name },
    })
    return readSegment(ctx, segmentId, trx)
  })
}

/** Brings it back as it was; `segment_names_archived` while its rule names one that is away. */
export async function restoreSegment(ctx: Ctx, segmentId: string): Promise<Segment> {
  return inTransaction(ctx.db, async (trx) => {
    await uses.lockNames(trx)
    const current = await getSegmentRow(ctx, segmentId, { db: trx, lock: true })
    if (current.archived_at === null) throw conflict('segment_not_archived', 'it is not archived')
    const named = namedIn(current.rule)
    const away = (await findSegments(trx, named, null)).filter((row) => row.archived_at !== null)
    if (away.length > 0)
      throw conflict('segment_names_archived', 'its rule names a segment that is archived', {
        names: away.map(({ name }) => name),
      })
    const reached = await uses.selectReached(trx, named)
    if (reached.some(({ id }) => id === segmentId))
      throw invalid('segment_cycle', 'the segment would name itself', { name: current.name })
    const now = ctx.clock.now()
    const dueAt = nextDue(current.update_kind, current.daily_minute, now)
    await setArchived(trx, segmentId, { archivedAt: null, dueAt, at: now })
    const { id, name, account_id: accountId } = current
    await uses.replaceUses(trx, { kind: 'segment', id, name, accountId }, named)
    await audit(ctx, trx, {
      action: 'segment.restored',
      accountId: accountId ?? undefined,
      subject: subjectOf(segmentId),
      detail: { name },
    })
    return readSegment(ctx, segmentId, trx)
  })
}

/** Computes it anew in the background; joins the computation that waits if there is one. A static one has no rule to ask. */
export async function refreshSegment(ctx: Ctx, segmentId: string): Promise<Segment> {
  const segment = await inTransaction(ctx.db, async (trx) => {
    const current = await getSegmentRow(ctx, segmentId, { db: trx, lock: true })
    if (current.archived_at !== null) throw conflict('segment_archived', 'restore it first')
    if (current.rule === null) throw invalid('segment_static', 'a static segment has no rule')
    await queueSnapshots(trx, [segmentId], { cause: 'manual', at: ctx.clock.now() })
    await audit(ctx, trx, {
      action: 'segment.refreshed',
      accountId: current.account_id ?? undefined,
      subject: subjectOf(segmentId),
      detail: { name: current.name },
    })
    return readSegment(ctx, segmentId, trx)
  })
  await ctx.wake.notify('segments')
  return segment
}
