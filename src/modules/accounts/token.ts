import { sql } from 'kysely'
import type { Pool } from 'pg'
import { type IssuedToken, isWechatError, type TokenSource, WechatError } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { notFound } from '../../kernel/errors.ts'
import { pauseForPlatformError } from './commands/pause.ts'
import { needsSomebody } from './refusals.ts'
import { endsWithGoodCredential } from './rules.ts'
import * as store from './store.ts'

/** 获取稳定版接口调用凭据 (2026-11): in its last 5 minutes a new token can be had while the old one still works. */
const RENEW_BEFORE_MS = 5 * 60_000
/** Real time: longer than an issuing call may take (15 s), so that whoever waits sees its result. */
const LOCK_TIMEOUT = '40s'
const ISSUING = '/cgi-bin/stable_token'
/** Marks a refusal that is repeated from memory. */
const NOT_ASKED = 'stable_token, not asked'

/** The account's access token: one for all processes, renewed by one of them while the others wait for it. */
export const tokenSource = (ctx: Ctx, accountId: string): TokenSource => ({
  async get() {
    const row = await store.selectToken(ctx.db, accountId)
    const stored = row && open(ctx, row)
    if (stored && stored.expiresInMs > RENEW_BEFORE_MS) return stored.token
    try {
      return await renewOnce(ctx, accountId, { seen: row?.generation })
    } catch (error) {
      // It still works for some minutes: WeChat being busy now is no reason to stop.
      if (stored && stored.expiresInMs > 0 && isWechatError(error) && error.kind === 'busy')
        return stored.token
      throw error
    }
  },
  async refresh(badToken) {
    const row = await store.selectToken(ctx.db, accountId)
    const stored = row && open(ctx, row)
    if (stored && stored.token !== badToken && stored.expiresInMs > 0) return stored.token
    return renewOnce(ctx, accountId, { seen: row?.generation, badToken })
  },
})

type Wish = { seen: string | undefined; badToken?: string }

/**
 * Renewals under way in this process, by its pool: callers wait for one of them instead of each holding a
 * connection while it waits for the row.
 */
const underWay = new WeakMap<Pool, Map<string, Promise<string>>>()

function renewOnce(ctx: Ctx, accountId: string, wish: Wish): Promise<string> {
  const renewals = underWay.get(ctx.pool) ?? new Map<string, Promise<string>>()
  underWay.set(ctx.pool, renewals)
  const key = `${accountId}:${wish.seen ?? ''}:${wish.badToken === undefined ? 'due' : 'bad'}`
  const running = renewals.get(key)
  if (running !== undefined) return running
  const renewal = renew(ctx, accountId, wish).finally(() => renewals.delete(key))
  renewals.set(key, renewal)
  return renewal
}

async function renew(ctx: Ctx, accountId: string, wish: Wish): Promise<string> {
  try {
    await store.ensureTokenRow(ctx.db, accountId)
    return await inTransaction(ctx.db, (trx) => renewLocked(ctx, trx, accountId, wish))
  } catch (error) {
    // The platform will say the same until somebody acts: stop asking, and tell them.
    if (needsSomebody(error) && error.path !== NOT_ASKED) {
      await pauseForPlatformError(ctx, ctx.db, accountId, { ...asRefusal(error), purpose: 'issuing' })
    }
    throw isLockTimeout(error) ? renewalStuck(error) : error
  }
}

const isLockTimeout = (error: unknown) => (error as { code?: unknown }).code === '55P03'

const renewalStuck = (cause: unknown) =>
  new WechatError({
    path: ISSUING,
    errmsg: 'another process is still renewing',
    kind: 'busy',
    ambiguous: false,
    cause,
  })

const asRefusal = ({ errcode, errmsg, rid }: WechatError & { errcode: number }) => ({ errcode, errmsg, rid })

async function renewLocked(ctx: Ctx, trx: Executor, accountId: string, wish: Wish): Promise<string> {
  await sql`select set_config('lock_timeout', ${LOCK_TIMEOUT}, true)`.execute(trx)
  const row = await store.selectToken(trx, accountId, { lock: true })
  const stored = row && open(ctx, row)
  // Somebody renewed it while we waited.
  if (stored && row.generation !== wish.seen && stored.token !== wish.badToken && stored.expiresInMs > 0) {
    return stored.token
  }
  const credential = await readCredential(ctx, trx, accountId)
  let issued = await ctx.channels.fetchStableToken(credential)
  if (issued.token === wish.badToken) {
    issued = await ctx.channels.fetchStableToken({ ...credential, forceRefresh: true })
  }
  await storeToken(ctx, trx, accountId, issued)
  return issued.token
}

/** Keeps a token that was just issued; the generation tells waiting callers that it is new. */
export async function storeToken(
  ctx: Ctx,
  db: Executor,
  accountId: string,
  issued: IssuedToken,
): Promise<void> {
  await store.updateToken(db, accountId, {
    sealed: ctx.secrets.encrypt(issued.token),
    expiresAt: new Date(ctx.clock.now().getTime() + issued.expiresInSeconds * 1000),
  })
}

async function readCredential(ctx: Ctx, db: Executor, accountId: string) {
  const row = await store.selectSecret(db, accountId)
  if (row === undefined) throw notFound('account')
  if (endsWithGoodCredential(row.pauseReason)) {
    throw new WechatError({
      path: NOT_ASKED,
      errcode: row.pauseDetail?.code ?? 40001,
      errmsg: 'not asked again before the credential is put right',
      kind: 'account',
      ambiguous: false,
    })
  }
  return { appId: row.appid, secret: ctx.secrets.decrypt(row.secret) }
}

function open(ctx: Ctx, row: store.TokenRow): { token: string; expiresInMs: number } | undefined {
  if (row.token === null || row.expiresAt === null) return undefined
  return {
    token: ctx.secrets.decrypt(row.token),
    expiresInMs: row.expiresAt.getTime() - ctx.clock.now().getTime(),
  }
}
