import { sql } from 'kysely'
import type { Actor, Role } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import type { ApiKey, Operator } from './schema.ts'

const MAX_FAILURES = 8

type ActorRow = {
  id: string
  name: string
  email: string
  role: string
  locale: string
  all_accounts: boolean
  accounts: string[]
}

const ACTOR_COLUMNS = sql`o.id, o.name, o.email, o.role, o.locale, o.all_accounts,
  array(select account_id::text from operator_accounts a where a.operator_id = o.id) as accounts`

export const toActor = (row: ActorRow, kind: 'operator' | 'api-key'): Actor => ({
  kind,
  id: row.id,
  name: row.name,
  role: row.role as Role,
  accounts: row.role === 'administrator' || row.all_accounts ? null : row.accounts,
  locale: row.locale as 'zh-CN' | 'en',
})

export async function findBySession(db: Executor, tokenHash: Buffer): Promise<ActorRow | undefined> {
  const { rows } = await sql<ActorRow>`
    select ${ACTOR_COLUMNS} from operator_sessions s join operators o on o.id = s.operator_id
    where s.token_hash = ${tokenHash} and s.expires_at > now() and o.disabled_at is null`.execute(db)
  return rows[0]
}

export async function findByApiKey(db: Executor, keyHash: Buffer): Promise<ActorRow | undefined> {
  const { rows } = await sql<ActorRow>`
    select ${ACTOR_COLUMNS} from api_keys k join operators o on o.id = k.operator_id
    where k.key_hash = ${keyHash} and k.revoked_at is null and o.disabled_at is null`.execute(db)
  return rows[0]
}

/** When a key was last used, to the minute: not every call of it is a write. */
export async function noteKeyUse(db: Executor, keyHash: Buffer, at: Date): Promise<void> {
  await sql`update api_keys set last_used_at = ${at} where key_hash = ${keyHash}
    and (last_used_at is null or last_used_at <= ${at}::timestamptz - interval '1 minute')`.execute(db)
}

export const findCredentials = (db: Executor, email: string) =>
  db
    .selectFrom('operators')
    .select(['id', 'name', 'role', 'locale', 'password_hash'])
    .where(sql<string>`lower(email)`, '=', email.toLowerCase())
    .where('disabled_at', 'is', null)
    .executeTakeFirst()

export async function countOperators(db: Executor): Promise<number> {
  const { count } = await db
    .selectFrom('operators')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function insertOperator(
  db: Executor,
  values: {
    email: string
    name: string
    role: Role
    passwordHash: string
    allAccounts: boolean
    at: Date
    accountIds: string[]
  },
): Promise<string | undefined> {
  const row = await db
    .insertInto('operators')
    .values({
      email: values.email.toLowerCase(),
      name: values.name,
      role: values.role,
      password_hash: values.passwordHash,
      all_accounts: values.allAccounts,
      created_at: values.at,
    })
    .onConflict((oc) => oc.expression(sql`lower(email)`).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (row !== undefined) await replaceAccounts(db, row.id, values.accountIds)
  return row?.id
}

export async function replaceAccounts(db: Executor, operatorId: string, accountIds: string[]): Promise<void> {
  await db.deleteFrom('operator_accounts').where('operator_id', '=', operatorId).execute()
  await sql`insert into operator_accounts (operator_id, account_id)
    select ${operatorId}::bigint, id from accounts where id = any(${accountIds}::bigint[])`.execute(db)
}

export async function selectOperators(db: Executor, operatorId?: string): Promise<Operator[]> {
  const { rows } = await sql<ActorRow & { created_at: Date; disabled_at: Date | null }>`
    select ${ACTOR_COLUMNS}, o.created_at, o.disabled_at from operators o
    where ${operatorId ?? null}::bigint is null or o.id = ${operatorId ?? null}::bigint
    order by o.id`.execute(db)
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role as Role,
    allAccounts: row.all_accounts,
    accountIds: row.accounts,
    disabled: row.disabled_at !== null,
    createdAt: row.created_at.toISOString(),
  }))
}

/** Locks the administrators, so that two people can't each remove the last other one. */
export async function lockActiveAdministrators(db: Executor): Promise<string[]> {
  const rows = await db
    .selectFrom('operators')
    .select('id')
    .where('role', '=', 'administrator')
    .where('disabled_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map((row) => row.id)
}

export async function updateOperatorRow(
  db: Executor,
  operatorId: string,
  change: Partial<{
    name: string
    role: Role
    all_accounts: boolean
    password_hash: string
    disabled_at: Date | null
    locale: string
  }>,
): Promise<void> {
  if (Object.keys(change).length === 0) return
  await db.updateTable('operators').set(change).where('id', '=', operatorId).execute()
}

export const insertSession = (db: Executor, operatorId: string, tokenHash: Buffer, seconds: number) =>
  sql`insert into operator_sessions (token_hash, operator_id, expires_at)
    values (${tokenHash}, ${operatorId}, now() + ${seconds} * interval '1 second')`.execute(db)

export const deleteSession = (db: Executor, tokenHash: Buffer) =>
  db.deleteFrom('operator_sessions').where('token_hash', '=', tokenHash).execute()

/** Ends every session of a member, or all but the one of `keep`. */
export const deleteSessionsOf = (db: Executor, operatorId: string, keep: Buffer | null = null) =>
  sql`delete from operator_sessions where operator_id = ${operatorId}::bigint
    and (${keep}::bytea is null or token_hash <> ${keep}::bytea)`.execute(db)

/** Sessions and failed tries that count no more; a thousand of each at a time. */
export async function deleteExpired(db: Executor): Promise<number> {
  const sessions = await sql`delete from operator_sessions where token_hash in
    (select token_hash from operator_sessions where expires_at <= now() limit 1000)`.execute(db)
  const failures = await sql`delete from sign_in_failures where key in
    (select key from sign_in_failures where last_at <= now() - interval '15 minutes' limit 1000)`.execute(db)
  return Number((sessions.numAffectedRows ?? 0n) + (failures.numAffectedRows ?? 0n))
}

/**
 * Counts a try as failed before it is made, so that tries side by side can't get past the limit; false when eight
 * failed, none of them longer than 15 minutes after the one before, and the last less than 15 minutes ago.
 */
export async function takeTry(db: Executor, key: string): Promise<boolean> {
  const { rows } = await sql`
    insert into sign_in_failures as f (key, failures) values (${key}, 1)
    on conflict (key) do update set last_at = now(),
      failures = case when f.last_at > now() - interval '15 minutes' then f.failures + 1 else 1 end
      where f.failures < ${MAX_FAILURES} or f.last_at <= now() - interval '15 minutes'
    returning key`.execute(db)
  return rows.length === 1
}

/** A try that did not fail, or was not made. */
export const giveBackTry = (db: Executor, key: string) =>
  sql`update sign_in_failures set failures = failures - 1 where key = ${key} and failures > 0`.execute(db)

export const clearFailures = (db: Executor, key: string) =>
  db.deleteFrom('sign_in_failures').where('key', '=', key).execute()

export async function selectApiKeys(db: Executor, operatorId: string): Promise<ApiKey[]> {
  const rows = await db
    .selectFrom('api_keys')
    .select(['id', 'name', 'prefix', 'created_at', 'last_used_at'])
    .where('operator_id', '=', operatorId)
    .where('revoked_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  }))
}

export const insertApiKey = (
  db: Executor,
  values: { operatorId: string; name: string; prefix: string; keyHash: Buffer; at: Date },
) =>
  db
    .insertInto('api_keys')
    .values({
      operator_id: values.operatorId,
      name: values.name,
      prefix: values.prefix,
      key_hash: values.keyHash,
      created_at: values.at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()

export const revokeApiKeyRow = (db: Executor, operatorId: string, keyId: string, at: Date) =>
  db
    .updateTable('api_keys')
    .set({ revoked_at: at })
    .where('id', '=', keyId)
    .where('operator_id', '=', operatorId)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
