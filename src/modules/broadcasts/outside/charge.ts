import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { beijingMonth, startOfBeijingMonth } from '../../../kernel/beijing.ts'
import { AppError, assert } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import {
  chargeOutside,
  dischargeOutside,
  forgetOutsideFans,
  lockMassLedger,
  noteOutsideFans,
  type OutsideCharge,
  planForMany,
} from '../../deliveries/index.ts'
import { resolveAudience } from '../audience.ts'
import type { OutsideReach } from '../schema/outside.ts'
import type { BroadcastAudience } from '../schema.ts'
import { changeOutside, findOutside, findWork, type OutsideRow } from './store.ts'

/** The first instant whose sends can still be undone: of this month and the one before. */
export const undoableSince = (now: Date): Date =>
  startOfBeijingMonth(new Date(startOfBeijingMonth(now).getTime() - 1))

/**
 * One bounded step of one send: writes down whom it takes, charges or gives back a chunk, or forgets those of months gone by. Its
 * place is committed with the ledger, so a worker that dies anywhere repeats nothing and leaves nothing out.
 */
export async function chargeNext(ctx: Ctx): Promise<number> {
  const work = await findWork(ctx.db, undoableSince(ctx.clock.now()))
  if (work === undefined) return 0
  const key = { accountId: work.account_id, outsideSendId: work.id }
  const seen = await findOutside(ctx.db, key)
  if (seen?.state === 'charging' && seen.frozen_at === null) await freeze(ctx, seen)
  else
    await inTransaction(ctx.db, async (trx) => {
      await lockMassLedger(trx, work.account_id)
      const row = await findOutside(trx, key, true)
      if (row !== undefined) await step(ctx, trx, row)
    })
  return 1
}

export const audienceOf = (reach: Exclude<OutsideReach, { kind: 'unknown' }>): BroadcastAudience =>
  reach.kind === 'segment' ? { kind: 'segments', include: [reach.segmentId], exclude: [] } : reach

/** Everybody who follows now, in one snapshot; nobody's month is touched yet. Where a segment can't answer, it is open again. */
async function freeze(ctx: Ctx, seen: OutsideRow): Promise<void> {
  const key = { accountId: seen.account_id, outsideSendId: seen.id }
  try {
    await inTransaction(ctx.db, async (trx) => {
      const row = await findOutside(trx, key, true)
      if (row?.state !== 'charging' || row.frozen_at !== null) return
      assert(row.reach !== null && row.reach.kind !== 'unknown', 'nobody is charged for an unknown send')
      const account = await getAccount(ctx, row.account_id)
      const now = ctx.clock.now()
      const { relation } = await resolveAudience(ctx, trx, { account, audience: audienceOf(row.reach), now })
      await planForMany(trx)
      const count = await noteOutsideFans(trx, row.id, relation)
      await changeOutside(trx, row.id, { frozen_at: now, to_charge: count })
    })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { reason } = error
    await inTransaction(ctx.db, async (trx) => {
      const row = await findOutside(trx, key, true)
      if (row?.state === 'charging' && row.frozen_at === null)
        await changeOutside(trx, row.id, { ...OPEN, problem: reason })
    })
  }
}

const OPEN = {
  state: 'open',
  reach: null,
  reach_name: null,
  frozen_at: null,
  to_charge: null,
  charged_through: '0',
  charged: 0,
  decided_at: null,
  decided_by: null,
} as const

const chargeOf = (row: OutsideRow): OutsideCharge => ({
  id: row.id,
  accountId: row.account_id,
  month: beijingMonth(row.at),
})

async function step(ctx: Ctx, trx: Executor, row: OutsideRow): Promise<void> {
  if (row.state === 'charging') {
    if (row.frozen_at === null) return
    const { through, fans } = await chargeOutside(trx, chargeOf(row), row.charged_through)
    await changeOutside(
      trx,
      row.id,
      through === null
        ? { state: 'charged', problem: null }
        : { charged_through: through, charged: row.charged + fans },
    )
  }
  if (row.state === 'undoing') {
    const { through, fans } = await dischargeOutside(trx, chargeOf(row), row.charged_through)
    if (through !== null) await changeOutside(trx, row.id, { charged: Math.max(0, row.charged - fans) })
    else if ((await forgetOutsideFans(trx, row.id)).through === null) await changeOutside(trx, row.id, OPEN)
  }
  if (row.state === 'charged' && row.at < undoableSince(ctx.clock.now())) await forgetOutsideFans(trx, row.id)
}
