import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { AccountKind } from '../../wechat/rules/account-abilities.ts'
import type { AccountLimits, PauseDetail, PauseReason } from './rules.ts'

export type AccountRow = {
  id: string
  appid: string
  name: string
  kind: AccountKind
  verified: boolean
  confirmsMass: boolean
  ghId: string | null
  state: 'active' | 'paused' | 'archived'
  pauseReason: PauseReason | null
  pauseDetail: PauseDetail | null
  limits: Partial<AccountLimits>
  callbackMode: 'plain' | 'compat' | 'safe'
  callbackVerifiedAt: Date | null
  callbackLastAt: Date | null
  credentialCheckedAt: Date | null
  createdAt: Date
}

const COLUMNS = [
  'id',
  'appid',
  'name',
  'kind',
  'verified',
  'confirms_mass',
  'gh_id',
  'state',
  'pause_reason',
  'pause_detail',
  'limits',
  'callback_mode',
  'callback_verified_at',
  'callback_last_at',
  'credential_checked_at',
  'created_at',
] as const

const accounts = (db: Executor) => db.selectFrom('accounts').select(COLUMNS)

export async function selectAccount(
  db: Executor,
  accountId: string,
  options: { lock?: boolean } = {},
): Promise<AccountRow | undefined> {
  const query = accounts(db).where('id', '=', accountId)
  const row = await (options.lock ? query.forUpdate() : query).executeTakeFirst()
  return row && toAccount(row)
}

/** `visible` null: every account. */
export async function selectAccounts(
  db: Executor,
  filter: { visible: string[] | null; archived: boolean },
): Promise<AccountRow[]> {
  let query = accounts(db).orderBy('id')
  if (filter.visible !== null) query = query.where(sql<boolean>`id = any(${filter.visible}::bigint[])`)
  if (!filter.archived) query = query.where('state', '<>', 'archived')
  return (await query.execute()).map(toAccount)
}

type RawRow = Awaited<ReturnType<ReturnType<typeof accounts>['executeTakeFirstOrThrow']>>

const toAccount = (row: RawRow): AccountRow => ({
  id: row.id,
  appid: row.appid,
  name: row.name,
  kind: row.kind as AccountKind,
  verified: row.verified,
  confirmsMass: row.confirms_mass,
  ghId: row.gh_id,
  state: row.state as AccountRow['state'],
  pauseReason: row.pause_reason as PauseReason | null,
  pauseDetail: row.pause_detail as PauseDetail | null,
  limits: row.limits as Partial<AccountLimits>,
  callbackMode: row.callback_mode as AccountRow['callbackMode'],
  callbackVerifiedAt: row.callback_verified_at,
  callbackLastAt: row.callback_last_at,
  credentialCheckedAt: row.credential_checked_at,
  createdAt: row.created_at,
})

/** Fans following, by account; accounts without any are missing. Counted from an index alone. */
export async function countFollowing(db: Executor, accountIds: string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ account_id: string; following: string }>`
    select account_id, count(*) as following from fans
    where following and account_id = any(${accountIds}::bigint[]) group by account_id`.execute(db)
  return new Map(rows.map((row) => [row.account_id, Number(row.following)]))
}

type NewRow = {
  appid: string
  name: string
  kind: AccountKind
  verified: boolean
  ghId: string | null
  secret: Buffer
  callbackKey: string
  callbackToken: Buffer
  callbackAesKey: Buffer
  callbackMode: AccountRow['callbackMode']
  at: Date
}

/** Undefined when the app id is bound already. */
export async function insertAccount(db: Executor, row: NewRow): Promise<string | undefined> {
  const inserted = await db
    .insertInto('accounts')
    .values({
      appid: row.appid,
      name: row.name,
      kind: row.kind,
      verified: row.verified,
      gh_id: row.ghId,
      secret_encrypted: row.secret,
      callback_key: row.callbackKey,
      callback_token_encrypted: row.callbackToken,
      callback_aes_key_encrypted: row.callbackAesKey,
      callback_mode: row.callbackMode,
      credential_checked_at: row.at,
      created_at: row.at,
    })
    .onConflict((oc) => oc.column('appid').doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted?.id
}

type Change = Partial<{
  name: string
  kind: AccountKind
  verified: boolean
  gh_id: string | null
  callback_mode: AccountRow['callbackMode']
  callback_verified_at: Date | null
  state: AccountRow['state']
  pause_reason: PauseReason | null
  pause_detail: string | null
  limits: string
  secret_encrypted: Buffer
  credential_checked_at: Date
  callback_token_encrypted: Buffer
  callback_token_previous_encrypted: Buffer | null
  callback_aes_key_encrypted: Buffer
  callback_aes_key_previous_encrypted: Buffer | null
}>

export async function updateAccountRow(db: Executor, accountId: string, change: Change): Promise<void> {
  if (Object.keys(change).length === 0) return
  await db.updateTable('accounts').set(change).where('id', '=', accountId).execute()
}

/** An outcome told that an administrator confirms this account's mass sends; false where that was known. */
export async function learnConfirmsMass(db: Executor, accountId: string): Promise<boolean> {
  const result = await db
    .updateTable('accounts')
    .set({ confirms_mass: true })
    .where('id', '=', accountId)
    .where('confirms_mass', '=', false)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Pauses an active account; false when it is paused or archived already, so that the first reason stays. */
export async function pauseActive(
  db: Executor,
  accountId: string,
  pause: { reason: PauseReason; detail: PauseDetail },
): Promise<boolean> {
  const result = await db
    .updateTable('accounts')
    .set({ state: 'paused', pause_reason: pause.reason, pause_detail: JSON.stringify(pause.detail) })
    .where('id', '=', accountId)
    .where('state', '=', 'active')
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export async function selectSecret(
  db: Executor,
  accountId: string,
): Promise<(Pick<AccountRow, 'appid' | 'pauseReason' | 'pauseDetail'> & { secret: Buffer }) | undefined> {
  const row = await db
    .selectFrom('accounts')
    .select([...COLUMNS, 'secret_encrypted'])
    .where('id', '=', accountId)
    .executeTakeFirst()
  return row && { ...toAccount(row), secret: row.secret_encrypted }
}

export type CallbackRow = {
  accountId: string
  appid: string
  ghId: string | null
  state: AccountRow['state']
  mode: AccountRow['callbackMode']
  key: string
  token: Buffer
  previousToken: Buffer | null
  aesKey: Buffer
  previousAesKey: Buffer | null
  verifiedAt: Date | null
  lastAt: Date | null
}

export async function selectCallback(
  db: Executor,
  by: { callbackKey: string } | { accountId: string },
): Promise<CallbackRow | undefined> {
  const query = db
    .selectFrom('accounts')
    .select([
      'id as accountId',
      'appid',
      'gh_id as ghId',
      'state',
      'callback_mode as mode',
      'callback_key as key',
      'callback_token_encrypted as token',
      'callback_token_previous_encrypted as previousToken',
      'callback_aes_key_encrypted as aesKey',
      'callback_aes_key_previous_encrypted as previousAesKey',
      'callback_verified_at as verifiedAt',
      'callback_last_at as lastAt',
    ])
  const row = await ('callbackKey' in by
    ? query.where('callback_key', '=', by.callbackKey)
    : query.where('id', '=', by.accountId)
  ).executeTakeFirst()
  return row as CallbackRow | undefined
}

/** Remembers at most once a minute that a callback came: a busy account must not rewrite its row at every push. */
export async function touchCallbackRow(
  db: Executor,
  accountId: string,
  seen: { at: Date; verified: boolean },
): Promise<void> {
  await sql`update accounts set
      callback_last_at = case when ${seen.verified} then callback_last_at else ${seen.at} end,
      callback_verified_at = case when ${seen.verified} then ${seen.at} else coalesce(callback_verified_at, ${seen.at}) end
    where id = ${accountId}
      and (${seen.verified} or callback_last_at is null
        or callback_last_at < ${seen.at}::timestamptz - interval '1 minute')`.execute(db)
}

export type TokenRow = { token: Buffer | null; expiresAt: Date | null; generation: string }

export async function selectToken(
  db: Executor,
  accountId: string,
  options: { lock?: boolean } = {},
): Promise<TokenRow | undefined> {
  const query = db
    .selectFrom('account_tokens')
    .select(['token_encrypted as token', 'expires_at as expiresAt', 'generation'])
    .where('account_id', '=', accountId)
  return (options.lock ? query.forUpdate() : query).executeTakeFirst()
}

/** The row that callers lock; it outlives every token. */
export const ensureTokenRow = (db: Executor, accountId: string) =>
  db
    .insertInto('account_tokens')
    .values({ account_id: accountId })
    .onConflict((oc) => oc.column('account_id').doNothing())
    .execute()

export const updateToken = (
  db: Executor,
  accountId: string,
  token: { sealed: Buffer | null; expiresAt: Date | null },
) =>
  sql`update account_tokens
    set token_encrypted = ${token.sealed}, expires_at = ${token.expiresAt}, generation = generation + 1
    where account_id = ${accountId}`.execute(db)
