import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { getJsapiTicket } from '../../channels/official-account/tickets.ts'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { accountClient, getAccount } from '../accounts/index.ts'

/** What `wx.config` wants of a page. `timestamp` in seconds of the platform's time. */
export type Signature = { appId: string; timestamp: number; nonceStr: string; signature: string }

/**
 * Signs a page for the JS-SDK (JS-SDK 使用权限签名算法, 2026-11: SHA-1 over ticket, nonce, time and the address without its
 * fragment). Throws WechatError where no ticket is to be had.
 */
export async function signPage(ctx: Ctx, accountId: string, url: string): Promise<Signature> {
  const { appid } = await getAccount(ctx, accountId)
  const ticket = await ticketOf(ctx, accountId)
  const nonceStr = randomBytes(8).toString('hex')
  const timestamp = Math.floor(ctx.clock.now().getTime() / 1000)
  const text = `jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${url.split('#')[0]}`
  return { appId: appid, timestamp, nonceStr, signature: createHash('sha1').update(text).digest('hex') }
}

/** A page opened now is read for some minutes: a ticket about to end is not given out. */
const RENEW_BEFORE_MS = 5 * 60_000

/** Real time after a failure in which nobody asks again: a page that many open must not be many calls, one behind the other. */
const FAILED_FOR_MS = 2_000
type Fetching = { ticket: Promise<string>; until: number }
const fetching = new WeakMap<Ctx['pool'], Map<string, Fetching>>()

/** One ticket for all processes. In each of them one renews it, on one connection, whoever opens pages meanwhile. */
async function ticketOf(ctx: Ctx, accountId: string): Promise<string> {
  const stored = await selectTicket(ctx, ctx.db, accountId)
  if (stored !== undefined) return stored
  const known = fetching.get(ctx.pool) ?? new Map<string, Fetching>()
  fetching.set(ctx.pool, known)
  const found = known.get(accountId)
  if (found !== undefined && performance.now() < found.until) return found.ticket
  const mine: Fetching = { ticket: renewTicket(ctx, accountId), until: Number.POSITIVE_INFINITY }
  known.set(accountId, mine)
  mine.ticket.then(
    () => known.delete(accountId),
    () => {
      mine.until = performance.now() + FAILED_FOR_MS
    },
  )
  return mine.ticket
}

async function renewTicket(ctx: Ctx, accountId: string): Promise<string> {
  await sql`insert into jsapi_tickets (account_id) values (${accountId}::bigint) on conflict do nothing`.execute(
    ctx.db,
  )
  const client = await accountClient(ctx, accountId)
  return inTransaction(ctx.db, async (trx) => {
    await sql`select set_config('lock_timeout', '20s', true)`.execute(trx)
    await sql`select from jsapi_tickets where account_id = ${accountId}::bigint for update`.execute(trx)
    const renewed = await selectTicket(ctx, trx, accountId)
    if (renewed !== undefined) return renewed
    const { ticket, expiresInSeconds } = await getJsapiTicket(client)
    await sql`update jsapi_tickets set ticket_encrypted = ${ctx.secrets.encrypt(ticket)},
        expires_at = ${new Date(ctx.clock.now().getTime() + expiresInSeconds * 1000)}
      where account_id = ${accountId}::bigint`.execute(trx)
    return ticket
  })
}

async function selectTicket(ctx: Ctx, db: Executor, accountId: string): Promise<string | undefined> {
  const { rows } = await sql<{ ticket: Buffer }>`
    select ticket_encrypted as ticket from jsapi_tickets
    where account_id = ${accountId}::bigint and expires_at > ${new Date(ctx.clock.now().getTime() + RENEW_BEFORE_MS)}`.execute(
    db,
  )
  const sealed = rows[0]?.ticket
  return sealed && ctx.secrets.decrypt(sealed)
}
