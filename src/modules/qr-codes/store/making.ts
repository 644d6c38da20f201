import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { KEPT_ALIVE_MS } from '../rules.ts'

/** Real time in which a code is somebody's who makes it; nobody else touches it before. */
const CLAIM_SECONDS = 60

/** A code in somebody's hands. `fence` tells their writes from those of whoever had it before. */
export type Claimed = {
  id: string
  accountId: string
  scene: string
  sceneIsNumber: boolean
  lifeSeconds: number | null
  fence: number
}

const CLAIM = sql`free_at = clock_timestamp() + ${CLAIM_SECONDS} * interval '1 second', fence = c.fence + 1`
const CLAIMED = sql`c.id, c.account_id as "accountId", c.scene, c.scene_is_number as "sceneIsNumber",
  c.life_seconds as "lifeSeconds", c.fence`

/** One that was archived before it was made is nobody’s any more, and takes no place of the permanent ones. */
const WAITING = sql`w.state = 'waiting' and w.archived_at is null`

/** Codes that wait to be made, of accounts that may call. */
export async function claimWaiting(db: Executor, most: number): Promise<Claimed[]> {
  const { rows } = await sql<Claimed>`
    update qr_codes c set ${CLAIM}
    where c.id in (
      select w.id from qr_codes w join accounts a on a.id = w.account_id
      where ${WAITING} and w.free_at <= clock_timestamp() and a.state = 'active'
      order by w.id limit ${most} for update of w skip locked)
    returning ${CLAIMED}`.execute(db)
  return rows
}

/** When a code is to be made anew, as `renewFrom` says; never more than a day before its end. */
const RENEW_FROM = sql`w.expires_at - least(interval '1 day', w.life_seconds * interval '0.25 second')`
const DUE = (now: Date) =>
  sql`w.expires_at <= ${now}::timestamptz + interval '1 day' and ${RENEW_FROM} <= ${now}`
/** Of those that are kept alive. */
const OPENED = (now: Date) => sql`w.page_opened_at > ${new Date(now.getTime() - KEPT_ALIVE_MS)}`
const TEMPORARY = sql`w.life = 'temporary' and w.state = 'ready' and w.archived_at is null`

/** Temporary codes near their end whose page somebody opened lately. */
export async function claimEnding(db: Executor, now: Date, most: number): Promise<Claimed[]> {
  const { rows } = await sql<Claimed>`
    update qr_codes c set ${CLAIM}
    where c.id in (
      select w.id from qr_codes w join accounts a on a.id = w.account_id
      where ${TEMPORARY} and ${DUE(now)} and ${OPENED(now)}
        and w.free_at <= clock_timestamp() and a.state = 'active'
      order by w.expires_at limit ${most} for update of w skip locked)
    returning ${CLAIMED}`.execute(db)
  return rows
}

/** One code, where nobody has it. */
export async function claimOne(db: Executor, id: string): Promise<Claimed | undefined> {
  const { rows } = await sql<Claimed>`
    update qr_codes c set ${CLAIM} where c.id = ${id}::bigint and c.free_at <= clock_timestamp()
    returning ${CLAIMED}`.execute(db)
  return rows[0]
}

type Made = { ticket: string; url: string; expiresAt: Date | null }

/** False, and nothing changed, where it is no longer in these hands. */
export async function writeMade(db: Executor, { id, fence }: Claimed, made: Made): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update qr_codes set state = 'ready', problem = null, ticket = ${made.ticket}, url = ${made.url},
      expires_at = ${made.expiresAt}, free_at = clock_timestamp()
    where id = ${id}::bigint and fence = ${fence}`.execute(db)
  return numAffectedRows === 1n
}

type Problem = { reason: string; detail: Record<string, unknown> }

/** A code that was never made failed; one that was only to be made anew keeps what it has. */
export const writeFailed = (db: Executor, { id, fence }: Claimed, problem: Problem) =>
  sql`update qr_codes set problem = ${JSON.stringify(problem)}::jsonb,
      state = case when state = 'waiting' then 'failed' else state end
    where id = ${id}::bigint and fence = ${fence}`.execute(db)

/** Tried again after so many seconds of real time, whatever was in the way. */
export const putOff = (db: Executor, { id, fence }: Claimed, seconds: number, problem: Problem | null) =>
  sql`update qr_codes set free_at = clock_timestamp() + ${seconds} * interval '1 second',
      problem = ${problem === null ? null : JSON.stringify(problem)}::jsonb
    where id = ${id}::bigint and fence = ${fence}`.execute(db)

/** A code that failed waits again. */
export const waitAgain = (trx: Executor, id: string) =>
  sql`update qr_codes set state = 'waiting', problem = null, free_at = clock_timestamp()
    where id = ${id}::bigint and state = 'failed'`.execute(trx)

/** When the next code is due to be made anew, and whether one is to be made now. */
export async function selectDue(db: Executor, now: Date): Promise<{ dueAt: Date | null; busy: boolean }> {
  const active = sql`qr_codes w join accounts a on a.id = w.account_id and a.state = 'active'`
  const free = sql`w.free_at <= clock_timestamp()`
  const { rows } = await sql<{ dueAt: Date | null; busy: boolean }>`
    select (select min(${RENEW_FROM}) from ${active} where ${TEMPORARY} and ${OPENED(now)} and ${RENEW_FROM} > ${now}) as "dueAt",
      exists (select from ${active} where ${WAITING} and ${free})
        or exists (select from ${active} where ${TEMPORARY} and ${OPENED(now)} and ${DUE(now)} and ${free}) as busy`.execute(
    db,
  )
  return rows[0] ?? { dueAt: null, busy: false }
}

export type PageRow = Claimed & {
  name: string
  url: string | null
  expiresAt: Date | null
  logoKey: string | null
}

/** The code behind a stable address, unless it was archived; that its page was opened is noted once a minute at most. */
export async function selectOnline(db: Executor, linkKey: string, now: Date): Promise<PageRow | undefined> {
  const { rows } = await sql<PageRow & { noted: boolean }>`
    select ${CLAIMED}, c.name, c.url, c.expires_at as "expiresAt", c.logo_key as "logoKey",
      coalesce(c.page_opened_at > ${new Date(now.getTime() - 60_000)}, false) as noted
    from qr_codes c where c.link_key = ${linkKey} and c.archived_at is null and c.life <> 'known'`.execute(db)
  const [row] = rows
  if (row === undefined) return undefined
  const { noted, ...page } = row
  if (!noted) await sql`update qr_codes set page_opened_at = ${now} where id = ${row.id}::bigint`.execute(db)
  return page
}
