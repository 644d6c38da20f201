import { randomBytes } from 'node:crypto'
import type { Ctx, Role } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { AppError, assert, conflict, forbidden, invalid, notFound } from '../../kernel/errors.ts'
import { audit } from '../audit/index.ts'
import { hashPassword, verifyPassword } from './passwords.ts'
import { type ApiKey, type Operator, PASSWORD_MIN, password } from './schema.ts'
import { hashToken, takeTry, triesOf } from './sessions.ts'
import * as store from './store.ts'

type NewOperator = {
  email: string
  name: string
  role: Role
  password: string
  allAccounts?: boolean
  accountIds?: string[]
}

/** Adds a member. `email_taken` when another has the e-mail, whatever its case. */
export async function createOperator(ctx: Ctx, input: NewOperator): Promise<Operator> {
  const passwordHash = await hashPassword(input.password)
  return inTransaction(ctx.db, async (trx) => {
    const id = await store.insertOperator(trx, {
      email: input.email,
      name: input.name,
      role: input.role,
      passwordHash,
      at: ctx.clock.now(),
      allAccounts: input.allAccounts ?? false,
      accountIds: input.accountIds ?? [],
    })
    if (id === undefined) throw conflict('email_taken', 'another member has this e-mail')
    await audit(ctx, trx, {
      action: 'operator.created',
      subject: { kind: 'operator', id },
      detail: { role: input.role, name: input.name },
    })
    const [created] = await store.selectOperators(trx, id)
    assert(created, 'an operator just made exists')
    return created
  })
}

/**
 * Makes the first administrator of a sandbox; `already_set_up` once anyone exists, also when two try at the same
 * instant. In production whoever comes first may be a stranger: there it takes the command line.
 */
export async function setUp(
  ctx: Ctx,
  input: { email: string; name: string; password: string },
): Promise<Operator> {
  if (ctx.mode === 'production')
    throw forbidden('set_up_by_command_line', 'make the first administrator with `weida operator create`')
  const passwordHash = await hashPassword(input.password)
  return inTransaction(ctx.db, async (trx) => {
    await trx.selectFrom('installation').select('id').forUpdate().executeTakeFirst()
    if ((await store.countOperators(trx)) > 0)
      throw conflict('already_set_up', 'there is an administrator already')
    const id = await store.insertOperator(trx, {
      email: input.email,
      name: input.name,
      role: 'administrator',
      passwordHash,
      allAccounts: true,
      at: ctx.clock.now(),
      accountIds: [],
    })
    assert(id, 'nobody had the e-mail')
    await audit(ctx, trx, {
      action: 'operator.created',
      subject: { kind: 'operator', id },
      detail: { role: 'administrator', first: true },
    })
    const [created] = await store.selectOperators(trx, id)
    assert(created, 'an operator just made exists')
    return created
  })
}

type Change = Partial<{
  name: string
  role: Role
  allAccounts: boolean
  accountIds: string[]
  password: string
  disabled: boolean
}>

/** Changes a member and ends their sessions where it takes rights away. The last administrator stays one. */
export async function updateOperator(ctx: Ctx, operatorId: string, change: Change): Promise<Operator> {
  const passwordHash = change.password === undefined ? undefined : await hashPassword(change.password)
  return inTransaction(ctx.db, async (trx) => {
    const administrators = await store.lockActiveAdministrators(trx)
    const [before] = await store.selectOperators(trx, operatorId)
    if (before === undefined) throw notFound('operator')
    const losesRole =
      (change.role !== undefined && change.role !== 'administrator') || change.disabled === true
    if (losesRole && administrators.length === 1 && administrators[0] === operatorId) {
      throw forbidden('last_administrator', 'the last administrator can not be removed')
    }
    await store.updateOperatorRow(trx, operatorId, {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.role !== undefined && { role: change.role }),
      ...(change.allAccounts !== undefined && { all_accounts: change.allAccounts }),
      ...(passwordHash !== undefined && { password_hash: passwordHash }),
      ...(change.disabled !== undefined && { disabled_at: change.disabled ? ctx.clock.now() : null }),
    })
    if (change.accountIds !== undefined) await store.replaceAccounts(trx, operatorId, change.accountIds)
    if (change.disabled || passwordHash !== undefined) await store.deleteSessionsOf(trx, operatorId)
    // whoever forgot it has tried often enough to be shut out
    if (passwordHash !== undefined) await store.clearFailures(trx, triesOf(before.email))
    await audit(ctx, trx, {
      action: 'operator.updated',
      subject: { kind: 'operator', id: operatorId },
      detail: { ...change, password: change.password === undefined ? undefined : 'changed' },
    })
    const [after] = await store.selectOperators(trx, operatorId)
    assert(after, 'a locked operator exists')
    return after
  })
}

/** Sets a forgotten password from the command line and ends the member's sessions. */
export async function resetPassword(ctx: Ctx, input: { email: string; password: string }): Promise<void> {
  const parsed = password.safeParse(input.password)
  if (!parsed.success)
    throw invalid('password_too_short', `a password has at least ${PASSWORD_MIN} characters`)
  const found = await store.findCredentials(ctx.db, input.email)
  if (found === undefined) throw notFound('operator')
  await updateOperator(ctx, found.id, { password: parsed.data })
}

type OwnChange = Partial<{
  name: string
  locale: 'zh-CN' | 'en'
  currentPassword: string
  newPassword: string
}>

/**
 * Changes one's own name, language or password. A new password needs the current one (`wrong_password`, as many tries
 * as a sign-in has) and ends all own sessions but the one of `session`.
 */
export async function updateMe(ctx: Ctx, change: OwnChange, session: string | undefined): Promise<void> {
  const operatorId = ownId(ctx)
  let passwordHash: string | undefined
  if (change.newPassword !== undefined) {
    await requireOwnPassword(ctx, change.currentPassword ?? '')
    passwordHash = await hashPassword(change.newPassword)
  }
  await inTransaction(ctx.db, async (trx) => {
    await store.updateOperatorRow(trx, operatorId, {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.locale !== undefined && { locale: change.locale }),
      ...(passwordHash !== undefined && { password_hash: passwordHash }),
    })
    const subject = { kind: 'operator', id: operatorId }
    if (change.name !== undefined)
      await audit(ctx, trx, { action: 'operator.updated', subject, detail: { name: change.name } })
    if (passwordHash !== undefined) {
      await store.deleteSessionsOf(trx, operatorId, session === undefined ? null : hashToken(session))
      await audit(ctx, trx, { action: 'operator.password_changed', subject })
    }
  })
}

/** Someone at a screen left open must not guess a password there either. */
async function requireOwnPassword(ctx: Ctx, current: string): Promise<void> {
  const operatorId = ownId(ctx)
  const tries = `password:${operatorId}`
  await takeTry(ctx, tries)
  const row = await ctx.db
    .selectFrom('operators')
    .select('password_hash')
    .where('id', '=', operatorId)
    .executeTakeFirstOrThrow()
  if (!(await verifyPassword(current, row.password_hash)))
    throw forbidden('wrong_password', 'the current password is wrong')
  await store.clearFailures(ctx.db, tries)
}

/** Makes an API key that acts as its maker. The key is returned once and stored only as a hash. */
export async function createApiKey(ctx: Ctx, name: string): Promise<ApiKey & { key: string }> {
  const key = `wk_${randomBytes(30).toString('base64url')}`
  const at = ctx.clock.now()
  const prefix = key.slice(0, 8)
  const { id } = await inTransaction(ctx.db, async (trx) => {
    const row = await store.insertApiKey(trx, {
      operatorId: ownId(ctx),
      name,
      prefix,
      keyHash: hashToken(key),
      at,
    })
    await audit(ctx, trx, {
      action: 'api_key.created',
      subject: { kind: 'api-key', id: row.id },
      detail: { name },
    })
    return row
  })
  return { id, name, prefix, createdAt: at.toISOString(), lastUsedAt: null, key }
}

export async function revokeApiKey(ctx: Ctx, keyId: string): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    const row = await store.revokeApiKeyRow(trx, ownId(ctx), keyId, ctx.clock.now())
    if (row === undefined) throw notFound('API key')
    await audit(ctx, trx, { action: 'api_key.revoked', subject: { kind: 'api-key', id: keyId } })
  })
}

export function ownId(ctx: Ctx): string {
  if (ctx.actor.kind === 'system')
    throw new AppError('unauthenticated', 'not_signed_in', 'nobody is signed in')
  return ctx.actor.id
}
