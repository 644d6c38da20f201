import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict } from '../../../kernel/errors.ts'
import { forAudience } from '../ask/people.ts'
import { peopleOfRow } from '../members.ts'
import { getSegmentRow } from '../present.ts'
import { insertStatic, setSize, writeMembers } from '../store/snapshots.ts'

/**
 * A snapshot whose members stay as they are while somebody works with them: the current one, or, of a live segment, one
 * of now. `segment_not_computed` before the first computation.
 */
export function takeSnapshot(ctx: Ctx, segmentId: string): Promise<{ snapshotId: string; size: number }> {
  return inTransaction(ctx.db, async (trx) => {
    const segment = await getSegmentRow(ctx, segmentId, { db: trx })
    if (segment.update_kind !== 'live') {
      if (segment.current_snapshot_id === null)
        throw conflict('segment_not_computed', 'it has not been computed yet', { name: segment.name })
      return { snapshotId: segment.current_snapshot_id, size: Number(segment.size) }
    }
    await forAudience(trx)
    const { relation, asOf, version } = await peopleOfRow(ctx, segment, { db: trx })
    const snapshotId = await insertStatic(trx, segmentId, { cause: 'manual', at: asOf, version })
    const size = await writeMembers(trx, snapshotId, relation)
    await setSize(trx, snapshotId, size)
    return { snapshotId, size }
  })
}
