import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'

/** A change in one worker's hands; `attempt` tells its claim from every other. */
export type Claimed = {
  id: string
  accountId: string
  tagId: number
  give: boolean
  fanId: string
  openid: string
  attempt: number
}
/** Real time: whoever claimed a change and says nothing for so long lost it. Telling WeChat twice is harmless. */
const HELD_SECONDS = 120

/** At most 50 waiting changes of one tag and direction: of a run, or of the links of whichever account waited longest. */
export async function claimChanges(db: Executor, runId: string | null, most: number): Promise<Claimed[]> {
  const whose = runId === null ? sql`c.run_id is null` : sql`c.run_id = ${runId}::bigint`
  const waiting = sql`${whose} and c.state = 'waiting' and c.free_at <= clock_timestamp()`
  const { rows } = await sql<Row>`
    with head as (select c.account_id, c.tag_id, c.give from wechat_tag_changes c where ${waiting}
        order by ${runId === null ? sql`c.free_at` : sql`c.id`} limit 1),
      mine as (select c.id from wechat_tag_changes c join head h using (account_id, tag_id, give)
        where ${waiting} order by c.id limit ${most} for update of c skip locked)
    update wechat_tag_changes c
    set attempt = c.attempt + 1, free_at = clock_timestamp() + ${HELD_SECONDS} * interval '1 second'
    from mine, fans f where c.id = mine.id and f.id = c.fan_id
    returning c.id, c.account_id, c.tag_id, c.give, c.fan_id, f.openid, c.attempt`.execute(db)
  return rows.map((row) => ({
    id: row.id,
    accountId: row.account_id,
    tagId: row.tag_id,
    give: row.give,
    fanId: row.fan_id,
    openid: row.openid,
    attempt: row.attempt,
  }))
}
type Row = {
  id: string
  account_id: string
  tag_id: number
  give: boolean
  fan_id: string
  openid: string
  attempt: number
}

const claims = (rows: readonly Claimed[]) => sql`
  unnest(${rows.map((row) => row.id)}::bigint[], ${rows.map((row) => row.attempt)}::int[]) as i (id, attempt)`

/**
 * WeChat did these: the fans carry it, or no longer do, and the changes are gone. One that was wished otherwise meanwhile
 * stays, free at once, and decides what the fan carries in the end. Returns how many are through.
 */
export async function settleAccepted(trx: Executor, rows: readonly Claimed[]): Promise<number> {
  const [first] = rows
  if (first === undefined) return 0
  const { rows: through } = await sql<{ fan_id: string }>`
    delete from wechat_tag_changes c using ${claims(rows)}
    where c.id = i.id and c.attempt = i.attempt returning c.fan_id`.execute(trx)
  const fans = through.map((row) => row.fan_id)
  const { tagId, give } = first
  const has = sql`f.tag_ids @> array[${tagId}::int]`
  await sql`
    update fans f set tag_ids = ${give ? sql`f.tag_ids || ${tagId}::int` : sql`array_remove(f.tag_ids, ${tagId}::int)`}
    from (select id from fans where id = any(${fans}::bigint[]) order by id for no key update) mine
    where f.id = mine.id and ${give ? sql`not ${has}` : has}`.execute(trx)
  await freeChanges(trx, rows, 0)
  return fans.length
}

/** Kept to be shown where the tag is linked, gone otherwise. Returns how many, by reason. */
export async function settleRefused(
  trx: Executor,
  refused: readonly (Claimed & { reason: string })[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  if (refused.length === 0) return counts
  const { rows } = await sql<{ reason: string }>`
    update wechat_tag_changes c set state = 'refused', reason = r.reason
    from unnest(${refused.map((row) => row.id)}::bigint[], ${refused.map((row) => row.attempt)}::int[],
      ${refused.map((row) => row.reason)}::text[]) as r (id, attempt, reason)
    where c.id = r.id and c.attempt = r.attempt returning c.reason`.execute(trx)
  for (const { reason } of rows) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  await sql`
    delete from wechat_tag_changes c where c.id = any(${refused.map((row) => row.id)}::bigint[])
      and c.state = 'refused' and not exists (select from tag_links l
        where l.account_id = c.account_id and l.wechat_tag_id = c.tag_id)`.execute(trx)
  await freeChanges(trx, refused, 0)
  return counts
}

/** Anybody may take them again, after `seconds` of real time where they are still what was claimed. */
export async function freeChanges(trx: Executor, rows: readonly Claimed[], seconds: number): Promise<void> {
  await sql`
    update wechat_tag_changes c set free_at = clock_timestamp()
      + case when c.attempt = i.attempt then ${seconds}::float8 else 0 end * interval '1 second'
    from ${claims(rows)} where c.id = i.id and c.state = 'waiting'`.execute(trx)
}

/** Whoever had changes of this run in hand lost them with the run. */
export const takeOver = (db: Executor, runId: string) =>
  sql`update wechat_tag_changes set free_at = clock_timestamp(), attempt = attempt + 1
    where run_id = ${runId}::bigint and state = 'waiting' and free_at > clock_timestamp()`.execute(db)

export async function countWaiting(db: Executor, runId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from wechat_tag_changes where run_id = ${runId}::bigint and state = 'waiting'`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}

type Wishes = { accountId: string; runId: string; give: readonly number[]; take: readonly number[]; at: Date }

/**
 * What is to change at WeChat for the followers among these people. The latest wish for a fan and tag counts. Returns how
 * many follow, and how many changes there are to make.
 */
export async function wishForPeople(
  trx: Executor,
  wishes: Wishes,
  contactIds: readonly string[],
): Promise<{ followers: number; wishes: number }> {
  const { rows } = await sql<{ followers: number; wishes: number }>`
    with mine as (select f.id, f.tag_ids from fans f where f.account_id = ${wishes.accountId}::bigint and f.following
        and f.contact_id = any(${[...contactIds]}::bigint[])),
      made as (${wish(wishes, sql`mine`)})
    select (select count(*) from mine)::int as followers, (select count(*) from made)::int as wishes`.execute(
    trx,
  )
  return rows[0] ?? { followers: 0, wishes: 0 }
}

/** A page of followers who carry the tag and are not in the snapshot: it is to be taken from them. */
export async function wishAway(
  trx: Executor,
  wishes: Wishes & { snapshotId: string; after: string; most: number },
): Promise<{ last: string | null; wishes: number }> {
  const [tagId] = wishes.take
  const { rows } = await sql<{ last: string | null; wishes: number }>`
    with page as (select f.id, f.contact_id, f.tag_ids from fans f
        where f.account_id = ${wishes.accountId}::bigint and f.id > ${wishes.after}::bigint
        order by f.id limit ${wishes.most}),
      mine as (select p.id, p.tag_ids from page p join fans f on f.id = p.id
        where f.following and p.tag_ids @> array[${tagId ?? -1}::int] and not exists (
          select from segment_chunks s where s.snapshot_id = ${wishes.snapshotId}::bigint
            and s.chunk = p.contact_id >> 16 and ((p.contact_id & 65535) - 32768)::smallint = any(s.members))),
      made as (${wish(wishes, sql`mine`)})
    select (select max(id) from page)::text as last, (select count(*) from made)::int as wishes`.execute(trx)
  return rows[0] ?? { last: null, wishes: 0 }
}

const wish = ({ accountId, runId, give, take, at }: Wishes, fans: ReturnType<typeof sql>) => sql`
  insert into wechat_tag_changes as e (account_id, tag_id, fan_id, give, run_id, asked_at)
  select ${accountId}::bigint, w.tag_id, m.id, w.give, ${runId}::bigint, ${at}::timestamptz
  from ${fans} m cross join (select unnest(${[...give]}::int[]) as tag_id, true as give
    union all select unnest(${[...take]}::int[]), false) w
  where (w.tag_id = any(m.tag_ids)) <> w.give or exists (select from wechat_tag_changes o
    where o.account_id = ${accountId}::bigint and o.tag_id = w.tag_id and o.fan_id = m.id)
  order by m.id, w.tag_id
  on conflict (account_id, tag_id, fan_id) do update
    set give = excluded.give, run_id = excluded.run_id, state = 'waiting', reason = null, attempt = e.attempt + 1,
      asked_at = excluded.asked_at,
      free_at = case when e.state = 'refused' then clock_timestamp() else e.free_at end
  returning 1`
