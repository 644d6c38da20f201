import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict } from '../../../kernel/errors.ts'
import type { AccountKind } from '../../../wechat/rules/account-abilities.ts'
import { audit } from '../../audit/index.ts'
import { randomAesKey, randomCallbackKey, randomCallbackToken } from '../callback-secrets.ts'
import { explainIssuing } from '../refusals.ts'
import * as store from '../store.ts'
import { storeToken } from '../token.ts'

export type NewAccount = {
  appid: string
  secret: string
  name: string
  kind: AccountKind
  verified: boolean
  ghId?: string | null | undefined
  callbackMode?: 'plain' | 'compat' | 'safe'
}

/**
 * Binds an official account after WeChat accepted its credential, and returns its id. Refused with `appid_taken`, or
 * with the platform's reason (`credential_wrong`, `ip_not_allowed`, `secret_frozen`, …) and advice.
 */
export async function bindAccount(ctx: Ctx, input: NewAccount): Promise<string> {
  await refuseTaken(ctx, input.appid)
  const issued = await ctx.channels
    .fetchStableToken({ appId: input.appid, secret: input.secret })
    .catch((error: unknown) => {
      throw explainIssuing(error)
    })
  return inTransaction(ctx.db, async (trx) => {
    const id = await store.insertAccount(trx, {
      appid: input.appid,
      name: input.name,
      kind: input.kind,
      verified: input.verified,
      ghId: input.ghId ?? null,
      secret: ctx.secrets.encrypt(input.secret),
      callbackKey: randomCallbackKey(),
      callbackToken: ctx.secrets.encrypt(randomCallbackToken()),
      callbackAesKey: ctx.secrets.encrypt(randomAesKey()),
      callbackMode: input.callbackMode ?? 'safe',
      at: ctx.clock.now(),
    })
    if (id === undefined) throw taken(input.appid)
    await store.ensureTokenRow(trx, id)
    await storeToken(ctx, trx, id, issued)
    await audit(ctx, trx, {
      action: 'account.bound',
      accountId: id,
      subject: { kind: 'account', id },
      detail: { appid: input.appid, name: input.name, kind: input.kind, verified: input.verified },
    })
    return id
  })
}

async function refuseTaken(ctx: Ctx, appid: string): Promise<void> {
  const row = await ctx.db.selectFrom('accounts').select('id').where('appid', '=', appid).executeTakeFirst()
  if (row !== undefined) throw taken(appid)
}

const taken = (appid: string) => conflict('appid_taken', 'this app id is bound already', { appid })
