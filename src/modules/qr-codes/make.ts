import { makeQrCode } from '../../channels/official-account/qr-codes.ts'
import { isWechatError, type OfficialAccountClient, type WechatError } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { AppError } from '../../kernel/errors.ts'
import type { ErrorKind } from '../../wechat/error-codes.ts'
import { accountClient } from '../accounts/index.ts'
import { pausing } from '../contacts/index.ts'
import { explainWechatError } from '../runs/index.ts'
import * as store from './store/making.ts'

/** Notified when codes wait to be made. */
export const QR_CODES_TOPIC = 'qr-codes'
const CHUNK = 20
const AT_ONCE = 10
/** Real seconds before the next try, by what was in the way. */
const LATER: Partial<Record<ErrorKind, number>> = {
  busy: 5,
  token: 5,
  'rate-minute': 60,
  'quota-day': 600,
  'quota-period': 600,
  account: 60,
}

/**
 * Makes codes that wait. A row is there before its call, and a second call for one scene leads to the same place, so a
 * worker that dies costs a minute and nothing else.
 */
export async function makeWaiting(ctx: Ctx, signal: AbortSignal): Promise<number> {
  const claimed = await store.claimWaiting(ctx.db, CHUNK)
  await makeAll(ctx, claimed, signal)
  return claimed.length
}

/** Makes temporary codes anew before they end, as long as somebody opens their page. */
export async function renewEnding(ctx: Ctx, signal: AbortSignal): Promise<number> {
  const claimed = await store.claimEnding(ctx.db, ctx.clock.now(), CHUNK)
  await makeAll(ctx, claimed, signal)
  return claimed.length
}

async function makeAll(ctx: Ctx, claimed: readonly store.Claimed[], signal: AbortSignal): Promise<void> {
  const left = [...claimed]
  const clients = new Map<string, Promise<OfficialAccountClient>>()
  const clientOf = (accountId: string): Promise<OfficialAccountClient> => {
    const client = clients.get(accountId) ?? accountClient(ctx, accountId)
    clients.set(accountId, client)
    return client
  }
  const lane = async () => {
    for (let code = left.shift(); code !== undefined && !signal.aborted; code = left.shift())
      await makeOne(ctx, code, clientOf)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}

/** Calls WeChat for a claimed code and writes what it came to. True where it is good now. */
export async function makeOne(
  ctx: Ctx,
  code: store.Claimed,
  clientOf = (accountId: string) => accountClient(ctx, accountId),
): Promise<boolean> {
  const askedAt = ctx.clock.now().getTime()
  try {
    const made = await pausing(ctx, code.accountId, makeQrCode(await clientOf(code.accountId), code))
    const expiresAt = made.lifeSeconds === null ? null : new Date(askedAt + made.lifeSeconds * 1000)
    return await store.writeMade(ctx.db, code, { ...made, expiresAt })
  } catch (error) {
    if (isWechatError(error)) await writeRefusal(ctx, code, error)
    else if (error instanceof AppError)
      await store.writeFailed(ctx.db, code, { reason: error.reason, detail: error.detail })
    else throw error
    return false
  }
}

async function writeRefusal(ctx: Ctx, code: store.Claimed, error: WechatError): Promise<void> {
  const { reason, detail } = explainWechatError(error)
  const seconds = LATER[error.kind]
  if (seconds === undefined) await store.writeFailed(ctx.db, code, { reason, detail })
  // while WeChat is merely busy there is nothing an operator could do
  else await store.putOff(ctx.db, code, seconds, error.kind === 'busy' ? null : { reason, detail })
}
