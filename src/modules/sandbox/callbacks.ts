import { createHash } from 'node:crypto'
import { request } from 'undici'
import type { Ctx } from '../../context.ts'
import { AppError } from '../../kernel/errors.ts'
import { ACCOUNTS_TOPIC, getCallbackInfo, listAccounts } from '../accounts/index.ts'
import type { Sweep } from '../manifest.ts'
import { control } from './simulator.ts'

type Callback = { url: string; token: string; aesKey: string; mode: string }

/** Tells the simulated platform where this installation listens, as an operator would paste it at WeChat. */
export async function pointCallback(ctx: Ctx, account: { id: string; appid: string }): Promise<void> {
  const { url, token, aesKey, mode } = await getCallbackInfo(ctx, account.id)
  await control(ctx, 'PATCH', `/accounts/${account.appid}`, { callback: { url, token, aesKey, mode } })
  await control(ctx, 'POST', `/accounts/${account.appid}/callback/verify`)
}

/** What was pasted last for each account, as far as this process knows. */
const pasted = new WeakMap<Ctx['pool'], Map<string, string>>()

/**
 * Pastes the callback of accounts that were bound, or whose token was changed, since the last look: in a sandbox there
 * is nobody at WeChat's side to do it. An address that somebody else set there is left alone.
 */
export const callbacksSweep: Sweep = {
  name: 'sandbox.callbacks',
  everyMs: 5_000,
  topic: ACCOUNTS_TOPIC,
  run: async (ctx) => {
    if (ctx.mode !== 'sandbox') return 0
    const known = pasted.get(ctx.pool) ?? new Map<string, string>()
    pasted.set(ctx.pool, known)
    let done = 0
    for (const account of await listAccounts(ctx)) done += await follow(ctx, account, known)
    return done
  },
}

async function follow(
  ctx: Ctx,
  account: { id: string; appid: string },
  known: Map<string, string>,
): Promise<number> {
  const { url, token, aesKey, mode } = await getCallbackInfo(ctx, account.id)
  const wanted: Callback = { url, token, aesKey, mode }
  const print = createHash('sha256').update(JSON.stringify(wanted)).digest('base64')
  if (known.get(account.id) === print) return 0
  try {
    const there = await control<{ callback: Callback | null }>(ctx, 'PATCH', `/accounts/${account.appid}`, {})
    const isOurs = there.callback === null || there.callback.url === url
    const isSame = there.callback !== null && sameCallback(there.callback, wanted)
    if (isOurs && !isSame) {
      // nobody pastes the address of a server that doesn't run
      if (!(await answers(ctx))) return 0
      await pointCallback(ctx, account)
    }
    known.set(account.id, print)
    return 1
  } catch (error) {
    // no such account there, or nobody there: asked again at the next look
    if (error instanceof AppError) return 0
    throw error
  }
}

const sameCallback = (a: Callback, b: Callback): boolean =>
  a.url === b.url && a.token === b.token && a.aesKey === b.aesKey && a.mode === b.mode

async function answers({ config }: Ctx): Promise<boolean> {
  try {
    const answer = await request(`${config.publicUrl}/healthz`, { headersTimeout: 2_000, bodyTimeout: 2_000 })
    await answer.body.dump()
    return answer.statusCode === 200
  } catch {
    return false
  }
}
