import type { CallbackSecrets } from '../../channels/wechat-api/callback.ts'
import type { Ctx } from '../../context.ts'
import type { Wake } from '../../infra/wake.ts'
import { AppError, notFound } from '../../kernel/errors.ts'
import { type Account, getAccount } from './reads.ts'
import * as store from './store.ts'

/** Who a callback URL belongs to and what verifies its pushes. */
export type CallbackCredentials = {
  account: Account
  /** The current token first, then the one from before the last rotation; each with every key still accepted. */
  secrets: readonly CallbackSecrets[]
}

/** Says that accounts, or what signs their callbacks, changed. */
export const ACCOUNTS_TOPIC = 'accounts.changed'
/** Real time; a change is announced at once, this bounds a lost announcement. */
const REMEMBER_MS = 5_000
/** Unknown keys are not remembered, so the cache can't grow past the accounts there are. */
type Remembered = { until: number; credentials: CallbackCredentials }
const caches = new WeakMap<Wake, Map<string, Remembered>>()

/** The account behind `/callbacks/official-account/<key>`; undefined for an unknown key or an archived account. */
export async function findByCallbackKey(ctx: Ctx, key: string): Promise<CallbackCredentials | undefined> {
  const cache = cacheOf(ctx)
  const remembered = cache.get(key)
  if (remembered !== undefined && remembered.until > Date.now()) return remembered.credentials
  const row = await store.selectCallback(ctx.db, { callbackKey: key })
  if (row === undefined || row.state === 'archived') return undefined
  const credentials = { account: await getAccount(ctx, row.accountId), secrets: secretsOf(ctx, row) }
  cache.set(key, { until: Date.now() + REMEMBER_MS, credentials })
  return credentials
}

/** Tries what still verifies an account's pushes, the newest first; throws what the newest had to say. */
export function withEachSecret<T>(
  { secrets }: Pick<CallbackCredentials, 'secrets'>,
  verify: (secrets: CallbackSecrets) => T,
): T {
  let first: unknown
  for (const candidate of secrets) {
    try {
      return verify(candidate)
    } catch (error) {
      first ??= error
      if (!(error instanceof AppError && error.reason === 'callback_signature_invalid')) throw error
    }
  }
  throw first
}

/** Remembers that WeChat reached us: a verified echo, or a push (to the minute). */
export const touchCallback = (
  ctx: Ctx,
  accountId: string,
  seen: { echo: boolean },
  db = ctx.db,
): Promise<void> => store.touchCallbackRow(db, accountId, { at: ctx.clock.now(), verified: seen.echo })

/** What to paste at WeChat. Shown only to those who manage accounts. */
export async function getCallbackInfo(ctx: Ctx, accountId: string) {
  await getAccount(ctx, accountId)
  const row = await store.selectCallback(ctx.db, { accountId })
  if (row === undefined) throw notFound('account')
  return {
    url: `${ctx.config.publicUrl}/callbacks/official-account/${row.key}`,
    token: ctx.secrets.decrypt(row.token),
    aesKey: ctx.secrets.decrypt(row.aesKey),
    mode: row.mode,
    previousTokenKept: row.previousToken !== null,
    previousAesKeyKept: row.previousAesKey !== null,
    verifiedAt: row.verifiedAt?.toISOString() ?? null,
    lastReceivedAt: row.lastAt?.toISOString() ?? null,
  }
}

/** Tells every process that what it remembers of accounts may be old; call it after the commit. */
export async function announceChange(ctx: Ctx): Promise<void> {
  cacheOf(ctx).clear()
  await ctx.wake.notify(ACCOUNTS_TOPIC)
}

function cacheOf(ctx: Ctx): Map<string, Remembered> {
  let cache = caches.get(ctx.wake)
  if (cache === undefined) {
    const created = new Map<string, Remembered>()
    ctx.wake.on(ACCOUNTS_TOPIC, () => created.clear())
    caches.set(ctx.wake, created)
    cache = created
  }
  return cache
}

function secretsOf(ctx: Ctx, row: store.CallbackRow): CallbackSecrets[] {
  const opened = (sealed: Buffer | null) => (sealed === null ? [] : [ctx.secrets.decrypt(sealed)])
  const keys = [...opened(row.aesKey), ...opened(row.previousAesKey)]
  return [...opened(row.token), ...opened(row.previousToken)].map((token) => ({
    appId: row.appid,
    token,
    mode: row.mode,
    keys,
  }))
}
