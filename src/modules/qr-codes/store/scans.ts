import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { EVENTS } from '../../ingest/schema.ts'
import type { How } from '../rules.ts'
import type { CodeDay, CodeFigures } from '../schema.ts'

/** A scan as the log has it; `followed`: it made a follower of somebody. */
export type Scan = {
  eventId: string
  accountId: string
  fanId: string
  at: Date
  scene: string
  followed: boolean
}
export type CountedScan = { codeId: string; fanId: string; at: Date; how: How }

/**
 * The scans whose scene is a code of ours, each with what its fan was: whoever follows came back where we know that they
 * had left before it.
 */
export async function recogniseScans(trx: Executor, scans: readonly Scan[]): Promise<CountedScan[]> {
  const { rows } = await sql<CountedScan>`
    select c.id as "codeId", u.fan_id as "fanId", u.at,
      case when not u.followed then 'fan'
        when f.unfollowed_at < u.at or exists (
          select from events e where e.fan_id = u.fan_id and e.name = ${EVENTS.unfollow} and e.at <= u.at and e.id < u.id)
        then 'back' else 'new' end as how
    from unnest(${scans.map((scan) => scan.eventId)}::bigint[], ${scans.map((scan) => scan.accountId)}::bigint[],
      ${scans.map((scan) => scan.fanId)}::bigint[], ${scans.map((scan) => scan.at.toISOString())}::timestamptz[],
      ${scans.map((scan) => scan.scene)}::text[], ${scans.map((scan) => scan.followed)}::bool[])
      as u (id, account_id, fan_id, at, scene, followed)
    join qr_codes c on c.account_id = u.account_id and c.scene = u.scene
    join fans f on f.id = u.fan_id
    order by u.id`.execute(trx)
  return rows
}

/** Adds scans to people and days. What somebody was when first stays as it is. */
export async function addScans(trx: Executor, scans: readonly CountedScan[]): Promise<void> {
  if (scans.length === 0) return
  const relation = sql`unnest(${scans.map((scan) => scan.codeId)}::bigint[], ${scans.map((scan) => scan.fanId)}::bigint[],
    ${scans.map((scan) => scan.at.toISOString())}::timestamptz[], ${scans.map((scan) => scan.how)}::text[])
    with ordinality as u (code_id, fan_id, at, how, n)`
  await sql`
    insert into qr_scans as s (code_id, fan_id, how, first_at, last_at, scans)
    select code_id, fan_id, (array_agg(how order by n))[1], min(at), max(at), count(*)
    from ${relation} group by code_id, fan_id order by code_id, fan_id
    on conflict (code_id, fan_id) do update set
      first_at = least(s.first_at, excluded.first_at), last_at = greatest(s.last_at, excluded.last_at),
      scans = s.scans + excluded.scans`.execute(trx)
  await sql`
    insert into qr_days as d (code_id, day, scans, new_follows, back_follows)
    select code_id, beijing_day(at), count(*), count(*) filter (where how = 'new'), count(*) filter (where how = 'back')
    from ${relation} group by 1, 2 order by 1, 2
    on conflict (code_id, day) do update set scans = d.scans + excluded.scans,
      new_follows = d.new_follows + excluded.new_follows,
      back_follows = d.back_follows + excluded.back_follows`.execute(trx)
}

export const NO_SCANS: CodeFigures = { scans: 0, people: 0, newFollows: 0, backFollows: 0, stillFollowing: 0 }

/** What each of these codes has come to. */
export async function figuresOf(db: Executor, codeIds: readonly string[]): Promise<Map<string, CodeFigures>> {
  const { rows } = await sql<{ id: string } & Record<keyof CodeFigures, string>>`
    select c.id, d.scans, d.new_follows as "newFollows", d.back_follows as "backFollows", s.people,
      s.following as "stillFollowing"
    from unnest(${[...codeIds]}::bigint[]) as c (id)
    cross join lateral (select coalesce(sum(scans), 0) as scans, coalesce(sum(new_follows), 0) as new_follows,
      coalesce(sum(back_follows), 0) as back_follows from qr_days where code_id = c.id) d
    cross join lateral (select count(*) as people, count(*) filter (where s.how <> 'fan' and f.following) as following
      from qr_scans s join fans f on f.id = s.fan_id where s.code_id = c.id) s`.execute(db)
  return new Map(
    rows.map(({ id, ...row }) => [
      id,
      {
        scans: Number(row.scans),
        people: Number(row.people),
        newFollows: Number(row.newFollows),
        backFollows: Number(row.backFollows),
        stillFollowing: Number(row.stillFollowing),
      },
    ]),
  )
}

export async function daysOf(
  db: Executor,
  codeId: string,
  { from, to }: { from: string; to: string },
): Promise<CodeDay[]> {
  const { rows } = await sql<{ day: string; scans: number; newFollows: number; backFollows: number }>`
    select day::text, scans, new_follows as "newFollows", back_follows as "backFollows"
    from qr_days where code_id = ${codeId}::bigint and day between ${from}::date and ${to}::date order by day`.execute(
    db,
  )
  return rows
}

export type ScanRow = {
  fanId: string
  contactId: string
  name: string | null
  openid: string
  how: How
  firstAt: Date
  lastAt: Date
  scans: number
  following: boolean
}
type ScanFilter = {
  how?: How | undefined
  following?: boolean | undefined
  cursor?: string | undefined
  limit: number
}

/** Newest first, one more than `limit` where there are more. */
export async function selectScans(
  db: Executor,
  codeId: string,
  { how, following, cursor, limit }: ScanFilter,
): Promise<ScanRow[]> {
  const { rows } = await sql<ScanRow>`
    select s.fan_id as "fanId", f.contact_id as "contactId", c.name, f.openid, s.how, s.first_at as "firstAt",
      s.last_at as "lastAt", s.scans, f.following
    from qr_scans s join fans f on f.id = s.fan_id join contacts c on c.id = f.contact_id
    where s.code_id = ${codeId}::bigint ${how === undefined ? sql`` : sql`and s.how = ${how}`}
      ${following === undefined ? sql`` : sql`and f.following = ${following}`} ${after(cursor)}
    order by s.first_at desc, s.fan_id limit ${limit + 1}`.execute(db)
  return rows
}

export const scanCursor = ({ firstAt, fanId }: ScanRow): string => `${firstAt.toISOString()}_${fanId}`

function after(cursor: string | undefined): RawBuilder<unknown> {
  const [, at, fanId] = /^([\d\-T:.]+Z)_(\d{1,19})$/.exec(cursor ?? '') ?? []
  if (at === undefined || fanId === undefined) return sql``
  return sql`and (s.first_at < ${at}::timestamptz or (s.first_at = ${at}::timestamptz and s.fan_id > ${fanId}::bigint))`
}
