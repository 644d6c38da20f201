import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { beijingDay } from '../../kernel/beijing.ts'
import type { Due } from '../manifest.ts'
import { firstLook, lastLook, type Outcome } from './rules.ts'

/** Has what was sent at these instants read from the next morning on. Saying it twice changes nothing. */
export async function expectFigures(
  trx: Executor,
  { accountId, at }: { accountId: string; at: readonly Date[] },
): Promise<void> {
  const days = [...new Set(at.map(beijingDay))].sort()
  for (const day of days)
    await sql`insert into figure_days (account_id, day, due_at, last_until)
      values (${accountId}::bigint, ${day}::date, ${firstLook(day)}, ${lastLook(day)}) on conflict do nothing`.execute(
      trx,
    )
}

export type ClaimedDay = { accountId: string; day: string; tries: number; fence: string }

/** One day that is due, of an account that is not paused. The lease is real time; the fence outlives it. */
export async function claimDay(db: Executor, now: Date): Promise<ClaimedDay | undefined> {
  const { rows } = await sql<ClaimedDay>`
    update figure_days f set lease_until = clock_timestamp() + interval '2 minutes', fence = f.fence + 1
    from (
      select x.account_id, x.day from figure_days x join accounts a on a.id = x.account_id
      where x.due_at <= ${now} and (x.lease_until is null or x.lease_until < clock_timestamp()) and a.state = 'active'
      order by x.due_at, x.account_id, x.day limit 1 for update of x skip locked) due
    where f.account_id = due.account_id and f.day = due.day
    returning f.account_id as "accountId", f.day::text as day, f.tries, f.fence`.execute(db)
  return rows[0]
}

export type Look = { outcome: Outcome; errcode: number | null; dueAt: Date | null; tries: number; at: Date }

/** Writes how a look went, if the claim still holds; false where somebody else took over. */
export async function endLook(trx: Executor, claim: ClaimedDay, look: Look): Promise<boolean> {
  const read = look.outcome === 'read' || look.outcome === 'late'
  const { numAffectedRows } = await sql`
    update figure_days set due_at = ${look.dueAt}, tries = ${look.tries}, lease_until = null, errcode = ${look.errcode},
      problem = ${look.outcome === 'read' ? null : look.outcome},
      read_at = case when ${read && look.errcode === null} then ${look.at}::timestamptz else read_at end
    where account_id = ${claim.accountId}::bigint and day = ${claim.day}::date and fence = ${claim.fence}::bigint`.execute(
    trx,
  )
  return numAffectedRows === 1n
}

export type FigureRow = {
  msg_data_id: string
  place: number
  stat_day: string
  sent_day: string
  title: string
  url: string | null
  readers: number
  message_readers: number | null
  read_original: number
  favourites: number
  shares: number
  likes: number
  wows: number
  comments: number
  finish_rate: number | null
  is_final: boolean
}

/** Writes sums over what is there. What was final stays so, whatever a later look finds missing. */
export async function writeFigures(
  trx: Executor,
  { accountId, at, rows }: { accountId: string; at: Date; rows: readonly FigureRow[] },
): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into article_figures as f (account_id, msg_data_id, place, stat_day, sent_day, title, url, readers, message_readers,
      read_original, favourites, shares, likes, wows, comments, finish_rate, is_final, read_at)
    select ${accountId}::bigint, r.*, ${at}::timestamptz from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (
      msg_data_id text, place smallint, stat_day date, sent_day date, title text, url text, readers int, message_readers int,
      read_original int, favourites int, shares int, likes int, wows int, comments int, finish_rate real, is_final boolean)
    on conflict (account_id, msg_data_id, place, stat_day) do update set
      title = excluded.title, url = coalesce(excluded.url, f.url), readers = excluded.readers,
      message_readers = excluded.message_readers, read_original = excluded.read_original, favourites = excluded.favourites,
      shares = excluded.shares, likes = excluded.likes, wows = excluded.wows, comments = excluded.comments,
      finish_rate = excluded.finish_rate, is_final = f.is_final or excluded.is_final, read_at = excluded.read_at`.execute(
    trx,
  )
}

export async function nextFiguresDue(db: Executor, now: Date): Promise<Due> {
  const { rows } = await sql<Due>`
    select min(f.due_at) filter (where f.due_at > ${now}) as "dueAt", coalesce(bool_or(f.due_at <= ${now}), false) as busy
    from figure_days f join accounts a on a.id = f.account_id where f.due_at is not null and a.state = 'active'`.execute(
    db,
  )
  return rows[0] ?? { dueAt: null, busy: false }
}
