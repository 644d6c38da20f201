import { createHash, randomBytes } from 'node:crypto'
import { type Actor, type Ctx, withActor } from '../../context.ts'
import { AppError } from '../../kernel/errors.ts'
import { audit } from '../audit/index.ts'
import { hashPassword, verifyNobody, verifyPassword } from './passwords.ts'
import * as store from './store.ts'

export const SESSION_COOKIE = 'weida_session'
export const SESSION_SECONDS = 14 * 24 * 3600
const MAX_FAILURES = 8

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

/**
 * Checks e-mail and password and opens a session; returns the token for the cookie.
 * Eight failures within 15 minutes, for the e-mail or for the address, refuse further tries (`sign_in_blocked`).
 */
export async function signIn(
  ctx: Ctx,
  input: { email: string; password: string; ip: string },
): Promise<string> {
  const keys = [`email:${hashToken(input.email.toLowerCase()).toString('hex')}`, `ip:${input.ip}`] as const
  for (const key of keys) {
    if ((await store.recentFailures(ctx.db, key)) >= MAX_FAILURES) {
      throw new AppError('too_many', 'sign_in_blocked', 'too many failed sign-ins; try again in 15 minutes')
    }
  }
  const found = await store.findCredentials(ctx.db, input.email)
  const matches = found
    ? await verifyPassword(input.password, found.password_hash)
    : await verifyNobody(input.password)
  if (!found || !matches) {
    for (const key of keys) await store.recordFailure(ctx.db, key)
    throw new AppError('unauthenticated', 'wrong_credentials', 'e-mail or password is wrong')
  }
  await store.clearFailures(ctx.db, keys[0])
  return openSession(ctx, found)
}

export async function openSession(ctx: Ctx, operator: { id: string; name: string }): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await ctx.db.transaction().execute(async (trx) => {
    await store.insertSession(trx, operator.id, hashToken(token), SESSION_SECONDS)
    const actor: Actor = {
      kind: 'operator',
      id: operator.id,
      name: operator.name,
      role: 'analyst',
      accounts: [],
      locale: 'zh-CN',
    }
    await audit(withActor(ctx, actor), trx, {
      action: 'operator.signed_in',
      subject: { kind: 'operator', id: operator.id },
    })
  })
  return token
}

export const signOut = (ctx: Ctx, token: string) => store.deleteSession(ctx.db, hashToken(token))

/** The actor behind a session cookie or an API key (`wk_…`); undefined when neither is valid. */
export async function authenticate(
  ctx: Ctx,
  credentials: { session: string | undefined; bearer: string | undefined },
): Promise<Actor | undefined> {
  if (credentials.bearer !== undefined) {
    const row = await store.findByApiKey(ctx.db, hashToken(credentials.bearer))
    return row && store.toActor(row, 'api-key')
  }
  if (credentials.session === undefined) return undefined
  const row = await store.findBySession(ctx.db, hashToken(credentials.session))
  return row && store.toActor(row, 'operator')
}

export { hashPassword }
