import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { notFound } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { scopeOf } from '../../contacts/index.ts'
import type { CapInput, FrequencyCap, QuietHours, QuietInput } from '../schema.ts'
import * as store from './store.ts'

/** 触达限制 that the caller may see: the installation's, and those of their accounts. */
export async function listLimits(ctx: Ctx): Promise<{ caps: FrequencyCap[]; quietHours: QuietHours[] }> {
  const scope = scopeOf(ctx)
  const [caps, quietHours] = await Promise.all([
    store.selectCaps(ctx.db, scope),
    store.selectQuiet(ctx.db, scope),
  ])
  return { caps, quietHours }
}

export const createCap = (ctx: Ctx, cap: CapInput): Promise<FrequencyCap> =>
  inTransaction(ctx.db, async (trx) => {
    await mayHoldFor(ctx, trx, cap.accountId)
    const made = await store.insertCap(trx, cap, ctx.clock.now())
    return noted(ctx, trx, 'limits.cap_created', made)
  })

export const updateCap = (ctx: Ctx, id: string, cap: CapInput): Promise<FrequencyCap> =>
  inTransaction(ctx.db, async (trx) => {
    await mayChange(ctx, trx, 'frequency_caps', id)
    await mayHoldFor(ctx, trx, cap.accountId)
    const changed = await store.updateCapRow(trx, id, cap)
    if (changed === undefined) throw notFound('frequency-cap')
    return noted(ctx, trx, 'limits.cap_updated', changed)
  })

export const createQuiet = (ctx: Ctx, quiet: QuietInput): Promise<QuietHours> =>
  inTransaction(ctx.db, async (trx) => {
    await mayHoldFor(ctx, trx, quiet.accountId)
    const made = await store.insertQuiet(trx, quiet, ctx.clock.now())
    return noted(ctx, trx, 'limits.quiet_created', made)
  })

export const updateQuiet = (ctx: Ctx, id: string, quiet: QuietInput): Promise<QuietHours> =>
  inTransaction(ctx.db, async (trx) => {
    await mayChange(ctx, trx, 'quiet_hours', id)
    await mayHoldFor(ctx, trx, quiet.accountId)
    const changed = await store.updateQuietRow(trx, id, quiet)
    if (changed === undefined) throw notFound('quiet-hours')
    return noted(ctx, trx, 'limits.quiet_updated', changed)
  })

const ACTION_OF = { frequency_caps: 'limits.cap_deleted', quiet_hours: 'limits.quiet_deleted' } as const

export const removeLimit = (ctx: Ctx, table: store.LimitTable, id: string): Promise<{ deleted: true }> =>
  inTransaction(ctx.db, async (trx) => {
    const { accountId } = await mayChange(ctx, trx, table, id)
    await store.deleteLimit(trx, table, id)
    await noted(ctx, trx, ACTION_OF[table], { id, accountId })
    return { deleted: true as const }
  })

async function mayChange(ctx: Ctx, trx: Executor, table: store.LimitTable, id: string) {
  const row = await store.lockLimit(trx, table, id)
  if (row === undefined) throw notFound('limit')
  await mayHoldFor(ctx, trx, row.accountId)
  return row
}

/** Those who may manage limits see every account; of one that isn't there nothing can hold. */
async function mayHoldFor(ctx: Ctx, trx: Executor, accountId: string | null): Promise<void> {
  if (accountId !== null) await getAccount(ctx, accountId, trx)
}

async function noted<T extends { id: string; accountId: string | null }>(
  ctx: Ctx,
  trx: Executor,
  action: string,
  limit: T,
): Promise<T> {
  const { id, accountId, ...detail } = limit
  await audit(ctx, trx, {
    action,
    ...(accountId !== null && { accountId }),
    subject: { kind: 'limit', id },
    detail,
  })
  return limit
}
