import type { Ctx } from '../../context.ts'
import { addBeijingDays, beijingDay, startOfDay } from '../../kernel/beijing.ts'
import { accountsThatSent } from '../deliveries/index.ts'
import { expectFigures } from './store.ts'

/** Accounts that sent something lately are looked at every day. */
const WATCHED_DAYS = 31

/**
 * What is sent from WeChat's own backend may be announced to nobody (not documented), but it is in the figures: of accounts that
 * make mass sends every day is read, whether or not anything is known to have gone out on it.
 */
export async function watchDays(ctx: Ctx): Promise<number> {
  const today = beijingDay(ctx.clock.now())
  const accounts = await accountsThatSent(ctx.db, {
    from: addBeijingDays(today, -WATCHED_DAYS),
    until: today,
  })
  const yesterday = startOfDay(addBeijingDays(today, -1))
  for (const accountId of accounts) await expectFigures(ctx.db, { accountId, at: [yesterday] })
  return 0
}
