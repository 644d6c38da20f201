import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { announceChange } from '../callbacks.ts'
import { lockAccount } from '../reads.ts'
import { type AccountLimits, differencesOf, limitsOf } from '../rules.ts'
import * as store from '../store.ts'

type Change = Partial<{
  name: string
  kind: 'service' | 'subscription'
  verified: boolean
  confirmsMass: boolean
  ghId: string | null
  callbackMode: 'plain' | 'compat' | 'safe'
}>

export async function updateAccount(ctx: Ctx, accountId: string, change: Change): Promise<void> {
  await changeAccount(ctx, accountId, async (trx, before) => {
    await store.updateAccountRow(trx, accountId, {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.kind !== undefined && { kind: change.kind }),
      ...(change.verified !== undefined && { verified: change.verified }),
      ...(change.confirmsMass !== undefined && { confirms_mass: change.confirmsMass }),
      ...(change.ghId !== undefined && { gh_id: change.ghId }),
      ...(change.callbackMode !== undefined && { callback_mode: change.callbackMode }),
    })
    // Differences are laid over the defaults of the new type; what they happen to equal is a difference no more.
    if (change.kind !== undefined && change.kind !== before.kind) {
      await store.updateAccountRow(trx, accountId, {
        limits: JSON.stringify(differencesOf(change.kind, before.limits)),
      })
    }
    return { action: 'account.updated', detail: { ...change } }
  })
  await announceChange(ctx)
}

/** Sets the account's limits as a whole: those left out are the platform's again. */
export async function updateLimits(
  ctx: Ctx,
  accountId: string,
  limits: Partial<AccountLimits>,
): Promise<void> {
  await changeAccount(ctx, accountId, async (trx, before) => {
    const differences = differencesOf(before.kind, limits)
    await store.updateAccountRow(trx, accountId, { limits: JSON.stringify(differences) })
    const from = limitsOf(before.kind, before.limits)
    return {
      action: 'account.limits_changed',
      detail: { from, to: limitsOf(before.kind, differences) },
    }
  })
}

/** An outcome at WeChat told that group-send protection 群发保护 is on: noted once, with a trail. */
export async function noteConfirmsMass(ctx: Ctx, trx: Executor, accountId: string): Promise<void> {
  if (!(await store.learnConfirmsMass(trx, accountId))) return
  await audit(ctx, trx, {
    action: 'account.updated',
    accountId,
    subject: { kind: 'account', id: accountId },
    detail: { confirmsMass: true },
  })
}

/** 归档: nothing is sent or received any more; what is known stays. */
export async function archiveAccount(ctx: Ctx, accountId: string): Promise<void> {
  await changeAccount(ctx, accountId, async (trx, before) => {
    if (before.state === 'archived') throw conflict('account_archived', 'the account is archived')
    await store.updateAccountRow(trx, accountId, {
      state: 'archived',
      pause_reason: null,
      pause_detail: null,
    })
    return { action: 'account.archived', detail: {} }
  })
  await announceChange(ctx)
}

type Entry = { action: string; detail: Record<string, unknown> }

/** One change of one account: its row locked, the change made, the entry written. */
export function changeAccount(
  ctx: Ctx,
  accountId: string,
  change: (trx: Executor, before: store.AccountRow) => Promise<Entry>,
): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    const before = await lockAccount(ctx, trx, accountId)
    const entry = await change(trx, before)
    await audit(ctx, trx, { ...entry, accountId, subject: { kind: 'account', id: accountId } })
  })
}
