import type { Ctx } from '../../../context.ts'
import { notFound } from '../../../kernel/errors.ts'
import { randomAesKey, randomCallbackToken } from '../callback-secrets.ts'
import { announceChange } from '../callbacks.ts'
import * as store from '../store.ts'
import { changeAccount } from './update.ts'

/**
 * Makes a new token, AES key or both. What they replace is still accepted until it is dropped, so that nothing is lost
 * between our change and the one at WeChat; what was kept from an earlier rotation goes.
 */
export async function rotateCallback(
  ctx: Ctx,
  accountId: string,
  chosen: { token: boolean; aesKey: boolean },
): Promise<void> {
  await changeAccount(ctx, accountId, async (trx) => {
    const row = await store.selectCallback(trx, { accountId })
    if (row === undefined) throw notFound('account')
    await store.updateAccountRow(trx, accountId, {
      ...(chosen.token && {
        callback_token_encrypted: ctx.secrets.encrypt(randomCallbackToken()),
        callback_token_previous_encrypted: row.token,
      }),
      ...(chosen.aesKey && {
        callback_aes_key_encrypted: ctx.secrets.encrypt(randomAesKey()),
        callback_aes_key_previous_encrypted: row.aesKey,
      }),
    })
    return { action: 'account.callback_rotated', detail: { ...chosen } }
  })
  await announceChange(ctx)
}

/** From now on only the current token and key open a push. */
export async function dropPreviousCallback(ctx: Ctx, accountId: string): Promise<void> {
  await changeAccount(ctx, accountId, async (trx) => {
    await store.updateAccountRow(trx, accountId, {
      callback_token_previous_encrypted: null,
      callback_aes_key_previous_encrypted: null,
    })
    return { action: 'account.callback_previous_dropped', detail: {} }
  })
  await announceChange(ctx)
}
