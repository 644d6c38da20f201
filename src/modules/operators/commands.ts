import { randomBytes } from 'node:crypto'
import type { Ctx, Role } from '../../context.ts'
import { AppError, assert, conflict, forbidden, notFound } from '../../kernel/errors.ts'
import { audit } from '../audit/index.ts'
import { hashPassword, verifyPassword } from './passwords.ts'
import type { ApiKey, Operator } from './schema.ts'
import { hashToken } from './sessions.ts'
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
  return ctx.db.transaction().execute(async (trx) => {
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

/** Makes the first administrator; `already_set_up` once anyone exists, also when two try at the same instant. */
export async function setUp(
  ctx: Ctx,
  input: { email: string; name: string; password: string },
): Promise<Operator> {
  const passwordHash = await hashPassword(input.password)
  return ctx.db.transaction().execute(async (trx) => {
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
  return ctx.db.transaction().execute(async (trx) => {
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

type OwnChange = Partial<{
  name: string
  locale: 'zh-CN' | 'en'
  currentPassword: string
  newPassword: string
}>

/** Changes one's own name, language or password; a new password needs the current one (`wrong_password`). */
export async function updateMe(ctx: Ctx, change: OwnChange): Promise<void> {
  const operatorId = ownId(ctx)
  let passwordHash: string | undefined
  if (change.newPassword !== undefined) {
    const row = await ctx.db
      .selectFrom('operators')
      .select('password_hash')
      .where('id', '=', operatorId)
      .executeTakeFirstOrThrow()
    if (!(await verifyPassword(change.currentPassword ?? '', row.password_hash))) {
      throw forbidden('wrong_password', 'the current password is wrong')
    }
    passwordHash = await hashPassword(change.newPassword)
  }
  await ctx.db.transaction().execute(async (trx) => {
    await store.updateOperatorRow(trx, operatorId, {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.locale !== undefined && { locale: change.locale }),
      ...(passwordHash !== undefined && { password_hash: passwordHash }),
    })
    if (passwordHash !== undefined) {
      await audit(ctx, trx, {
        action: 'operator.password_changed',
        subject: { kind: 'operator', id: operatorId },
      })
    }
  })
}

/** Makes an API key that acts as its maker. The key is returned once and stored only as a hash. */
export async function createApiKey(ctx: Ctx, name: string): Promise<ApiKey & { key: string }> {
  const key = `wk_${randomBytes(30).toString('base64url')}`
  const at = ctx.clock.now()
  const prefix = key.slice(0, 8)
  const { id } = await ctx.db.transaction().execute(async (trx) => {
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
  await ctx.db.transaction().execute(async (trx) => {
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
