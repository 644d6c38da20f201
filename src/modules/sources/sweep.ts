import type { Ctx } from '../../context.ts'
import { deleteBeyond, deleteOld } from './store.ts'

const DAY_MS = 86_400_000
const REJECTIONS_KEPT_DAYS = 30
const COUNTS_KEPT_DAYS = 2
/** Of one source: whoever has its key must not fill the disk with what is refused. */
export const REJECTIONS_KEPT = 10_000
const MOST = 5_000

/** Removes rejections after 30 days or beyond 10,000 of a source, and counts after two, of business time. */
export async function sweepOld(ctx: Ctx): Promise<number> {
  const ago = (days: number) => new Date(ctx.clock.now().getTime() - days * DAY_MS)
  const beyond = await deleteBeyond(ctx.db, { kept: REJECTIONS_KEPT, most: MOST })
  const old = await deleteOld(ctx.db, {
    rejectedBefore: ago(REJECTIONS_KEPT_DAYS),
    countedBefore: ago(COUNTS_KEPT_DAYS),
    most: MOST,
  })
  return beyond + old
}
