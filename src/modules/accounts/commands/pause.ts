import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { lockAccount } from '../reads.ts'
import { explainPause } from '../refusals.ts'
import type { PauseDetail, PauseReason } from '../rules.ts'
import * as store from '../store.ts'

/**
 * Stops all sending of an account and says why. An account that is paused already keeps its first reason; false then
 * and where it is archived. Pass the transaction of what goes with it.
 */
export function pauseAccount(
  ctx: Ctx,
  db: Executor,
  accountId: string,
  reason: PauseReason,
  detail: PauseDetail,
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const paused = await store.pauseActive(trx, accountId, { reason, detail })
    if (paused) {
      await audit(ctx, trx, {
        action: 'account.paused',
        accountId,
        subject: { kind: 'account', id: accountId },
        detail: { reason, ...detail },
      })
    }
    return paused
  })
}

type Refusal = { errcode: number; errmsg: string; rid: string | null; purpose?: 'call' | 'issuing' }

/** Pauses for an answer of kind `account`: nothing will work before an administrator acts at WeChat. */
export function pauseForPlatformError(
  ctx: Ctx,
  db: Executor,
  accountId: string,
  refusal: Refusal,
): Promise<boolean> {
  const { reason, detail } = explainPause(refusal, refusal.purpose ?? 'call')
  return pauseAccount(ctx, db, accountId, reason, detail)
}

/** Lets an account send again. Does nothing to one that is active; `account_archived` for an archived one. */
export function resumeAccount(ctx: Ctx, db: Executor, accountId: string): Promise<void> {
  return inTransaction(db, async (trx) => {
    const before = await lockAccount(ctx, trx, accountId)
    if (before.state === 'archived') throw conflict('account_archived', 'the account is archived')
    if (before.state === 'active') return
    await store.updateAccountRow(trx, accountId, { state: 'active', pause_reason: null, pause_detail: null })
    await audit(ctx, trx, {
      action: 'account.resumed',
      accountId,
      subject: { kind: 'account', id: accountId },
      detail: { reason: before.pauseReason },
    })
  })
}
