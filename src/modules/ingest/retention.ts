import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { beijingMonth } from '../../kernel/beijing.ts'
import { audit } from '../audit/index.ts'
import { COLLECTION_TOPIC, oldestKept } from './collect/state.ts'
import * as store from './retention-store.ts'
import type { CollectionSettings } from './schema.ts'

const MOST = 5_000
const DAY_MS = 86_400_000
/**
 * Keys outlive their events: 30 days, and two for events that happened, by their sender's clock, in the month after they
 * came.
 */
const KEYS_LONGER_MS = 32 * DAY_MS

export const getCollectionSettings = async (ctx: Ctx): Promise<CollectionSettings> => ({
  retentionMonths: await store.retentionMonths(ctx.db),
})

export async function updateCollectionSettings(
  ctx: Ctx,
  { retentionMonths }: CollectionSettings,
): Promise<CollectionSettings> {
  await inTransaction(ctx.db, async (trx) => {
    const before = await store.retentionMonths(trx)
    await store.updateRetentionMonths(trx, retentionMonths)
    await audit(ctx, trx, { action: 'collection.updated', detail: { before, retentionMonths } })
  })
  await ctx.wake.notify(COLLECTION_TOPIC)
  return { retentionMonths }
}

/**
 * Removes what need not be kept any more: months of events, one at a time, by dropping their partition; keys in chunks.
 * Returns how much it did, 0 when nothing is left.
 */
export async function keepWithinRetention(ctx: Ctx): Promise<number> {
  const months = await store.retentionMonths(ctx.db)
  const now = ctx.clock.now()
  const oldest = oldestKept(now, months)
  const expired = (await store.selectPartitions(ctx.db)).find((month) => month < beijingMonth(oldest))
  if (expired !== undefined) await dropMonth(ctx, expired)
  const late = await store.deleteDefaultBefore(ctx.db, oldest, MOST)
  const keysFrom = oldestKept(new Date(now.getTime() - KEYS_LONGER_MS), months)
  const keys = await store.deleteKeysBefore(ctx.db, keysFrom, MOST)
  return (expired === undefined ? 0 : 1) + late + keys
}

/** The log is locked for the moment of dropping; where it can't be had at once, the next look tries again. */
async function dropMonth(ctx: Ctx, month: string): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    await sql`set local lock_timeout = '2s'`.execute(trx)
    await sql`drop table if exists ${sql.table(`events_${month.replace('-', '_')}`)}`.execute(trx)
    await audit(ctx, trx, { action: 'collection.month_dropped', detail: { month } })
  })
}
