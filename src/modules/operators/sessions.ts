import { createHash, randomBytes } from 'node:crypto'
import { type Actor, type Ctx, withActor } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { AppError } from '../../kernel/errors.ts'
import { audit } from '../audit/index.ts'
import { hashPassword, verifyNobody, verifyPassword } from './passwords.ts'
import * as store from './store.ts'

export const SESSION_COOKIE = 'weida_session'
export const SESSION_SECONDS = 14 * 24 * 3600

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

/**
 * Checks e-mail and password and opens a session; returns the token for the cookie.
 * Eight failures within 15 minutes, for the e-mail or for the address, refuse further tries (`sign_in_blocked`).
 */
export async function signIn(
  ctx: Ctx,
  input: { email: string; password: string; ip: string },
): Promise<string> {
  const byAddress = `ip:${input.ip}`
  const byEmail = triesOf(input.email)
  await takeTry(ctx, byAddress)
  await takeTry(ctx, byEmail).catch(async (error: unknown) => {
    await store.giveBackTry(ctx.db, byAddress)
    throw error
  })
  const found = await store.findCredentials(ctx.db, input.email)
  const matches = found
    ? await verifyPassword(input.password, found.password_hash)
    : await verifyNobody(input.password)
  if (!found || !matches) {
    throw new AppError('unauthenticated', 'wrong_credentials', 'e-mail or password is wrong')
  }
  await store.clearFailures(ctx.db, byEmail)
  await store.giveBackTry(ctx.db, byAddress)
  return openSession(ctx, found)
}

/** Under which name failed sign-ins of an e-mail are counted. */
export const triesOf = (email: string) => `email:${hashToken(email.toLowerCase()).toString('hex')}`

/** Counts a try before the password is looked at; `sign_in_blocked` when there were too many. */
export async function takeTry(ctx: Ctx, key: string): Promise<void> {
  if (!(await store.takeTry(ctx.db, key)))
    throw new AppError('too_many', 'sign_in_blocked', 'too many failed sign-ins; try again in 15 minutes')
}

export async function openSession(ctx: Ctx, operator: { id: string; name: string }): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await inTransaction(ctx.db, async (trx) => {
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
    const keyHash = hashToken(credentials.bearer)
    const row = await store.findByApiKey(ctx.db, keyHash)
    if (row === undefined) return undefined
    await store.noteKeyUse(ctx.db, keyHash, ctx.clock.now())
    return store.toActor(row, 'api-key')
  }
  if (credentials.session === undefined) return undefined
  const row = await store.findBySession(ctx.db, hashToken(credentials.session))
  return row && store.toActor(row, 'operator')
}

export { hashPassword }
