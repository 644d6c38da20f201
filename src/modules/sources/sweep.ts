import type { Ctx } from '../../context.ts'
import { deleteOld } from './store.ts'

const DAY_MS = 86_400_000
const REJECTIONS_KEPT_DAYS = 30
const COUNTS_KEPT_DAYS = 2
const MOST = 5_000

/** Removes rejections after 30 days and counts after two, of business time. */
export function sweepOld(ctx: Ctx): Promise<number> {
  const ago = (days: number) => new Date(ctx.clock.now().getTime() - days * DAY_MS)
  return deleteOld(ctx.db, {
    rejectedBefore: ago(REJECTIONS_KEPT_DAYS),
    countedBefore: ago(COUNTS_KEPT_DAYS),
    most: MOST,
  })
}
