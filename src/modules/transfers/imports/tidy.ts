import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import * as store from './store.ts'

const DAY_MS = 86_400_000
const FILE_DAYS = 1
const ERROR_DAYS = 7

/** Files go a day after they were uploaded, refused rows after a week; how many went. */
export async function tidyPeopleImports(ctx: Ctx): Promise<number> {
  const daysAgo = (days: number) => new Date(ctx.clock.now().getTime() - days * DAY_MS)
  const keys = await inTransaction(ctx.db, (trx) => store.takeOldFiles(trx, daysAgo(FILE_DAYS)))
  for (const key of keys) await ctx.files.remove(key)
  return keys.length + (await store.deleteOldErrors(ctx.db, daysAgo(ERROR_DAYS)))
}
