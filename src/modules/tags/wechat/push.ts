import type { OfficialAccountClient } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { FANS_PER_TAGGING_CALL } from '../../../wechat/rules/tag-limits.ts'
import { type Claimed, claimChanges, freeChanges, settleAccepted, settleRefused } from './changes-store.ts'
import { tell } from './tell.ts'

/** A fan whom WeChat says is busy so often is shown as refused. */
const MOST_ATTEMPTS = 20
const BUSY_SECONDS = 1

export type Outcome = { settled: number; results: Record<string, number> }

/** The next 50 waiting changes of a run, or of links (`null`), claimed. */
export const claimNext = (ctx: Ctx, runId: string | null): Promise<Claimed[]> =>
  claimChanges(ctx.db, runId, FANS_PER_TAGGING_CALL)

/**
 * Tells WeChat of claimed changes of one tag and direction and writes down what it did: only what it accepted changes here.
 * `inSame` runs in the transaction of these writes. When the call throws, the changes wait in nobody's hands.
 */
export async function pushClaimed(
  ctx: Ctx,
  client: OfficialAccountClient,
  { claimed, signal }: { claimed: readonly Claimed[]; signal: AbortSignal },
  inSame: (trx: Executor, outcome: Outcome) => Promise<void>,
): Promise<void> {
  const [first] = claimed
  if (first === undefined) return
  const { accountId, tagId, give } = first
  const openids = claimed.map((row) => row.openid)
  const told = await tell(ctx, client, { accountId, tagId, give, openids }, signal).catch(async (error) => {
    await freeChanges(ctx.db, claimed, 0)
    throw error
  })
  const accepted = new Set(told.accepted)
  const busy = new Set(told.busy)
  const tired = (row: Claimed) => busy.has(row.openid) && row.attempt >= MOST_ATTEMPTS
  await inTransaction(ctx.db, async (trx) => {
    const done = await settleAccepted(
      trx,
      claimed.filter((row) => accepted.has(row.openid)),
    )
    const refused = await settleRefused(
      trx,
      claimed.flatMap((row) => {
        const reason = told.refused.get(row.openid) ?? (tired(row) ? 'refused' : undefined)
        return reason === undefined ? [] : [{ ...row, reason }]
      }),
    )
    await freeChanges(
      trx,
      claimed.filter((row) => busy.has(row.openid) && !tired(row)),
      BUSY_SECONDS,
    )
    const settled = done + [...refused.values()].reduce((sum, one) => sum + one, 0)
    await inSame(trx, {
      settled,
      results: { ...Object.fromEntries(refused), [give ? 'given' : 'taken']: done },
    })
  })
}
