import type { Ctx } from '../../../context.ts'
import type { OutsideSend } from '../schema/outside.ts'
import { undoableSince } from './charge.ts'
import { type OutsideRow, suspectsOf } from './store.ts'

export async function presentOutside(ctx: Ctx, row: OutsideRow): Promise<OutsideSend> {
  const suspects = await suspectsOf(ctx.db, row)
  return {
    id: row.id,
    source: row.source,
    at: row.at.toISOString(),
    dayOnly: row.source === 'statistics',
    name: row.name,
    people: row.people,
    state: row.state,
    reach: row.reach,
    reachName: row.reach_name,
    problem: row.problem,
    charged: row.charged,
    toCharge: row.to_charge,
    countsDay: row.counted_day !== null,
    own:
      row.own_broadcast_id === null || row.own_seq === null
        ? null
        : { broadcastId: row.own_broadcast_id, seq: row.own_seq },
    suspects: suspects.map((one) => ({ ...one, intentAt: one.intentAt.toISOString() })),
    decidedAt: row.decided_at?.toISOString() ?? null,
    can: {
      charge: row.state === 'open',
      undo: isUndoable(row, ctx.clock.now()),
      ignore: row.state === 'open',
    },
  }
}

/** What it took can be given back while whom it took is remembered; an ignored one can be looked at again at any time. */
export const isUndoable = (row: OutsideRow, now: Date): boolean =>
  row.state === 'ignored' ||
  ((row.state === 'charging' || row.state === 'charged') && row.at >= undoableSince(now))
