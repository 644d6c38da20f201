import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'

export type FanRow = {
  id: string
  account_id: string
  contact_id: string
  openid: string
  unionid: string | null
  following: boolean
  detailed: boolean
  followed_at: Date | null
  unfollowed_at: Date | null
  last_interaction_at: Date | null
  tag_ids: number[]
  subscribe_scene: string | null
  qr_scene: string | null
  remark: string | null
}

export const FAN_COLUMNS = [
  'f.id',
  'f.account_id',
  'f.contact_id',
  'f.openid',
  'f.unionid',
  'f.following',
  'f.detailed',
  'f.followed_at',
  'f.unfollowed_at',
  'f.last_interaction_at',
  'f.tag_ids',
  'f.subscribe_scene',
  'f.qr_scene',
  'f.remark',
] as const

const fansOf = (db: Executor, accountId: string) =>
  db.selectFrom('fans as f').select(FAN_COLUMNS).where('f.account_id', '=', accountId)

export const selectFansById = (db: Executor, accountId: string, ids: readonly string[]): Promise<FanRow[]> =>
  fansOf(db, accountId)
    .where(sql<boolean>`f.id = any(${[...ids]}::bigint[])`)
    .execute()

export const selectFansByOpenid = (
  db: Executor,
  accountId: string,
  openids: readonly string[],
): Promise<FanRow[]> =>
  fansOf(db, accountId)
    .where(sql<boolean>`f.openid = any(${[...openids]}::text[])`)
    .execute()

/**
 * Followers whom a whole sync did not meet and who did not follow since it began: they left and no callback told.
 * Marked as of its beginning, so that a later follow, however late it is told, is newer. At most `limit` at a time.
 */
export async function markUnseenFans(
  db: Executor,
  { accountId, runId, begunAt, limit }: { accountId: string; runId: string; begunAt: Date; limit: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    update fans set following = false, unfollowed_at = greatest(unfollowed_at, ${begunAt}::timestamptz)
    where id in (
      select id from fans
      where account_id = ${accountId} and following and seen_in_run is distinct from ${runId}::bigint
        and (followed_at is null or followed_at < ${begunAt})
      order by openid limit ${limit} for update)`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Real time: a claim that came to nothing is anybody's after a minute. */
const CLAIM_SECONDS = 60
const DEFER_SECONDS = 300

/** Fans of one account about whom more is to be asked; they come back when nothing is learned. */
export async function claimDueDetails(
  db: Executor,
  limit: number,
): Promise<{ accountId: string; openids: string[] } | undefined> {
  const { rows } = await sql<{ account_id: string; openid: string }>`
    with first as (
      select account_id from fans where detail_due_at <= clock_timestamp() order by detail_due_at limit 1),
    due as (
      select f.id from fans f join first on first.account_id = f.account_id
      where f.detail_due_at <= clock_timestamp()
      order by f.detail_due_at limit ${limit} for update of f skip locked)
    update fans f set detail_due_at = clock_timestamp() + ${CLAIM_SECONDS} * interval '1 second'
    from due where due.id = f.id
    returning f.account_id, f.openid`.execute(db)
  const [first] = rows
  return first && { accountId: first.account_id, openids: rows.map((row) => row.openid) }
}

export async function deferDetails(db: Executor, accountId: string): Promise<void> {
  await sql`
    update fans set detail_due_at = clock_timestamp() + ${DEFER_SECONDS} * interval '1 second'
    where account_id = ${accountId} and detail_due_at <= clock_timestamp() + ${CLAIM_SECONDS} * interval '1 second'`.execute(
    db,
  )
}

/** Nothing more is to be asked about these, also where WeChat had nothing to tell. */
export async function forgetDetails(
  db: Executor,
  accountId: string,
  openids: readonly string[],
): Promise<void> {
  await sql`
    update fans set detail_due_at = null
    where account_id = ${accountId} and openid = any(${[...openids]}::text[]) and detail_due_at is not null`.execute(
    db,
  )
}

export const selectFansOfContact = (db: Executor, contactId: string): Promise<FanRow[]> =>
  db
    .selectFrom('fans as f')
    .select(FAN_COLUMNS)
    .where('f.contact_id', '=', contactId)
    .orderBy('f.account_id')
    .limit(100)
    .execute()

export const selectContact = (db: Executor, contactId: string) =>
  db
    .selectFrom('contacts')
    .select(['id', 'unionid', 'created_at'])
    .where('id', '=', contactId)
    .executeTakeFirstOrThrow()

/** The contact of today for ids that old events carry: merged ones lead to what they became. */
export async function resolveContacts(
  db: Executor,
  contactIds: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ contact_id: string; merged_into: string }>`
    select contact_id, merged_into from contact_aliases where contact_id = any(${[...contactIds]}::bigint[])`.execute(
    db,
  )
  const aliases = new Map(rows.map((row) => [row.contact_id, row.merged_into]))
  return new Map(contactIds.map((id) => [id, aliases.get(id) ?? id]))
}

/** Every id under which facts of a person were stored: their own and those merged into them. */
export async function idsOfContact(db: Executor, contactId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select ${contactId}::bigint as id
    union all select contact_id from contact_aliases where merged_into = ${contactId}::bigint`.execute(db)
  return rows.map((row) => row.id)
}
