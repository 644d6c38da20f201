import type { IssuedToken } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { conflict } from '../../../kernel/errors.ts'
import { announceChange } from '../callbacks.ts'
import { getAccount } from '../reads.ts'
import { explainIssuing, explainPause, needsSomebody } from '../refusals.ts'
import { endsWithGoodCredential } from '../rules.ts'
import * as store from '../store.ts'
import { storeToken } from '../token.ts'
import { pauseAccount, resumeAccount } from './pause.ts'
import { changeAccount } from './update.ts'

/**
 * Asks WeChat with the stored secret. Success ends a pause that a bad credential began; a refusal pauses the account
 * and is thrown with its reason and advice.
 */
export async function checkCredential(ctx: Ctx, accountId: string): Promise<void> {
  const account = await getAccount(ctx, accountId)
  if (account.state === 'archived') throw conflict('account_archived', 'the account is archived')
  const issued = await ask(ctx, accountId)
  await changeAccount(ctx, accountId, async (trx, before) => {
    await keepGood(ctx, trx, accountId, issued)
    if (endsWithGoodCredential(before.pauseReason)) await resumeAccount(ctx, trx, accountId)
    return { action: 'account.credential_checked', detail: {} }
  })
}

/** Lets an account send again, whatever paused it, once its credential is good. */
export async function resumeChecked(ctx: Ctx, accountId: string): Promise<void> {
  await checkCredential(ctx, accountId)
  await resumeAccount(ctx, ctx.db, accountId)
}

/** Takes an archived account back into use. */
export async function restoreAccount(ctx: Ctx, accountId: string): Promise<void> {
  await getAccount(ctx, accountId)
  const issued = await ask(ctx, accountId)
  await changeAccount(ctx, accountId, async (trx, before) => {
    if (before.state !== 'archived') throw conflict('account_not_archived', 'the account is not archived')
    await keepGood(ctx, trx, accountId, issued)
    await store.updateAccountRow(trx, accountId, { state: 'active' })
    return { action: 'account.restored', detail: {} }
  })
  await announceChange(ctx)
}

/** Replaces the app secret, if WeChat accepts the new one; else the old one stays and the reason is thrown. */
export async function rotateSecret(ctx: Ctx, accountId: string, secret: string): Promise<void> {
  const account = await getAccount(ctx, accountId)
  const issued = await tryCredential(ctx, { appId: account.appid, secret })
  await changeAccount(ctx, accountId, async (trx, before) => {
    await store.updateAccountRow(trx, accountId, { secret_encrypted: ctx.secrets.encrypt(secret) })
    await keepGood(ctx, trx, accountId, issued)
    if (endsWithGoodCredential(before.pauseReason)) await resumeAccount(ctx, trx, accountId)
    return { action: 'account.secret_rotated', detail: {} }
  })
}

/** Tries the stored credential; a refusal that somebody must end pauses the account. */
async function ask(ctx: Ctx, accountId: string): Promise<IssuedToken> {
  const row = await store.selectSecret(ctx.db, accountId)
  if (row === undefined) throw new Error('impossible state: an account just read has a secret')
  try {
    return await ctx.channels.fetchStableToken({ appId: row.appid, secret: ctx.secrets.decrypt(row.secret) })
  } catch (error) {
    if (needsSomebody(error)) {
      const { reason, detail } = explainPause(error, 'issuing')
      await pauseAccount(ctx, ctx.db, accountId, reason, detail)
    }
    throw explainIssuing(error)
  }
}

async function tryCredential(ctx: Ctx, credential: { appId: string; secret: string }): Promise<IssuedToken> {
  try {
    return await ctx.channels.fetchStableToken(credential)
  } catch (error) {
    throw explainIssuing(error)
  }
}

async function keepGood(ctx: Ctx, db: Executor, accountId: string, issued: IssuedToken): Promise<void> {
  await store.ensureTokenRow(db, accountId)
  await storeToken(ctx, db, accountId, issued)
  await store.updateAccountRow(db, accountId, { credential_checked_at: ctx.clock.now() })
}
