import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import { isEvent } from '../../segments/index.ts'
import type { EventMatch } from '../../segments/schema.ts'

/** Said when a firing has to be decided at once. */
export const WAITS_TOPIC = 'campaign-waits'

export type NewWait = {
  campaignId: string
  version: number
  contactId: string
  fanId: string
  eventId: string
  aAt: Date
  deadline: Date
  dueAt: Date
  context: Record<string, unknown>
}

export async function insertWaits(trx: Executor, waits: readonly NewWait[]): Promise<void> {
  if (waits.length === 0) return
  const texts = (of: (wait: NewWait) => string) => waits.map(of)
  await sql`insert into campaign_waits (campaign_id, version, contact_id, fan_id, event_id, a_at, deadline, due_at, context)
    select * from unnest(${texts((wait) => wait.campaignId)}::bigint[], ${waits.map((wait) => wait.version)}::int[],
      ${texts((wait) => wait.contactId)}::bigint[], ${texts((wait) => wait.fanId)}::bigint[],
      ${texts((wait) => wait.eventId)}::bigint[], ${texts((wait) => wait.aAt.toISOString())}::timestamptz[],
      ${texts((wait) => wait.deadline.toISOString())}::timestamptz[], ${texts((wait) => wait.dueAt.toISOString())}::timestamptz[],
      ${texts((wait) => JSON.stringify(wait.context))}::jsonb[]) as u
    on conflict (campaign_id, event_id) do nothing`.execute(trx)
}

export type DueWait = {
  id: string
  campaignId: string
  version: number
  contactId: string
  fanId: string
  eventId: string
  aAt: Date
  deadline: Date
  dueAt: Date
  context: Record<string, unknown> | null
}

/** Firings whose time has come, the earliest first, for this transaction alone; with who each person is today. */
export async function claimWaits(trx: Executor, now: Date, most: number): Promise<DueWait[]> {
  const { rows } = await sql<DueWait>`
    with due as materialized (
      select * from campaign_waits where state = 'waiting' and due_at <= ${now}::timestamptz
      order by due_at, id limit ${most}::int for update skip locked)
    select w.id, w.campaign_id as "campaignId", w.version, coalesce(a.merged_into, w.contact_id) as "contactId",
      w.fan_id as "fanId", w.event_id as "eventId", w.a_at as "aAt", w.deadline, w.due_at as "dueAt", w.context
    from due w left join contact_aliases a on a.contact_id = w.contact_id
    order by w.due_at, w.id`.execute(trx)
  return rows
}

export type FoundB = { id: string; bEventId: string; bAt: Date }

/**
 * Of these firings, those that B followed: it happened from A to the deadline, was received by the time of the decision,
 * and is not A itself. The first such B of the person, under any id they have had. One query, whatever order things came in;
 * it goes from each person to what they did (`offset 0` keeps it so): B may be the most frequent event of all.
 */
export async function findB(
  trx: Executor,
  waits: readonly DueWait[],
  without: EventMatch,
): Promise<FoundB[]> {
  if (waits.length === 0) return []
  const list = (of: (wait: DueWait) => string) => waits.map(of)
  const { rows } = await sql<FoundB>`
    select w.id, b.id as "bEventId", b.at as "bAt"
    from unnest(${list((wait) => wait.id)}::bigint[], ${list((wait) => wait.contactId)}::bigint[],
      ${list((wait) => wait.eventId)}::bigint[], ${list((wait) => wait.aAt.toISOString())}::timestamptz[],
      ${list((wait) => wait.deadline.toISOString())}::timestamptz[], ${list((wait) => wait.dueAt.toISOString())}::timestamptz[])
      as w (id, contact_id, event_id, a_at, deadline, due_at)
    cross join lateral (
      select s.id, s.at from (
        select w.contact_id as id union all select a.contact_id from contact_aliases a where a.merged_into = w.contact_id) i
      cross join lateral (select * from events s
        where s.contact_id = i.id and s.at >= w.a_at and s.at <= w.deadline offset 0) s
      where ${isEvent(without, sql<Date>`w.due_at`)} and s.received_at <= w.due_at and s.id <> w.event_id
      order by s.at, s.id limit 1) b`.execute(trx)
  return rows
}

export type Settled = {
  id: string
  state: 'fired' | 'did_b' | 'left' | 'limited' | 'cancelled'
  bEventId?: string
  bAt?: Date
}

export async function settleWaits(trx: Executor, settled: readonly Settled[], now: Date): Promise<void> {
  if (settled.length === 0) return
  await sql`update campaign_waits w
    set state = u.state, b_event_id = u.b_event_id, b_at = u.b_at, settled_at = ${now}::timestamptz, context = null
    from unnest(${settled.map(({ id }) => id)}::bigint[], ${settled.map(({ state }) => state)}::text[],
      ${settled.map(({ bEventId }) => bEventId ?? null)}::bigint[],
      ${settled.map(({ bAt }) => bAt?.toISOString() ?? null)}::timestamptz[]) as u (id, state, b_event_id, b_at)
    where w.id = u.id and w.state = 'waiting'`.execute(trx)
}

/** Drops some firings of campaigns that were ended by hand; returns how many. */
export async function dropWaits(trx: Executor, now: Date, most: number): Promise<number> {
  const { numAffectedRows } = await sql`
    update campaign_waits set state = 'cancelled', settled_at = ${now}::timestamptz, context = null
    where id in (
      select w.id from campaigns c cross join lateral (
        select id from campaign_waits where campaign_id = c.id and state = 'waiting' limit ${most}::int) w
      where c.drop_waits limit ${most}::int)`.execute(trx)
  if (numAffectedRows === 0n)
    await sql`update campaigns c set drop_waits = false where c.drop_waits
      and not exists (select from campaign_waits w where w.campaign_id = c.id and w.state = 'waiting')`.execute(
      trx,
    )
  return Number(numAffectedRows ?? 0)
}

export type WaitRow = {
  id: string
  state: 'waiting' | 'fired' | 'did_b' | 'left' | 'limited' | 'cancelled'
  version: number
  contactId: string
  fanId: string
  aAt: Date
  deadline: Date
  dueAt: Date
  bAt: Date | null
  settledAt: Date | null
}

const WAIT = sql`w.id, w.state, w.version, w.contact_id as "contactId", w.fan_id as "fanId", w.a_at as "aAt", w.deadline,
  w.due_at as "dueAt", w.b_at as "bAt", w.settled_at as "settledAt"`

/** In the order in which they are decided. */
export async function listWaits(
  db: Executor,
  {
    campaignId,
    state,
    cursor,
    limit,
  }: { campaignId: string; state: WaitRow['state']; cursor?: string | undefined; limit: number },
): Promise<Page<WaitRow>> {
  const [at, id] = cursor?.split('~') ?? []
  const further =
    at === undefined ? sql`` : sql`and (w.due_at, w.id) > (${at}::timestamptz, ${id ?? null}::bigint)`
  const { rows } = await sql<WaitRow>`
    select ${WAIT} from campaign_waits w
    where w.campaign_id = ${campaignId}::bigint and w.state = ${state} ${further}
    order by w.due_at, w.id limit ${limit + 1}`.execute(db)
  return toPage(rows, limit, (row) => `${row.dueAt.toISOString()}~${row.id}`)
}

/** Of one person, under any of these ids; newest first, at most 50. */
export async function waitsOf(
  db: Executor,
  campaignId: string,
  contactIds: readonly string[],
): Promise<WaitRow[]> {
  const { rows } = await sql<WaitRow>`select ${WAIT} from campaign_waits w
    where w.campaign_id = ${campaignId}::bigint and w.contact_id = any(${[...contactIds]}::bigint[])
    order by w.id desc limit 50`.execute(db)
  return rows
}

export async function hasWaits(db: Executor, campaignId: string): Promise<boolean> {
  const { rows } = await sql`select from campaign_waits
    where campaign_id = ${campaignId}::bigint and state = 'waiting' limit 1`.execute(db)
  return rows.length > 0
}

/**
 * How many wait to be decided in each of so many hours from `from`, a whole hour, on; those before and after fall into the ends.
 * From sums: it costs the same however many wait.
 */
export async function waitsByHour(
  db: Executor,
  campaignId: string,
  { from, hours }: { from: Date; hours: number },
): Promise<number[]> {
  const { rows } = await sql<{ bucket: number; n: string }>`
    select greatest(0, least(${hours}::int - 1, (extract(epoch from hour - ${from}::timestamptz) / 3600)::int)) as bucket,
      sum(n) as n
    from campaign_wait_hours where campaign_id = ${campaignId}::bigint group by 1`.execute(db)
  const counts = Array.from({ length: hours }, () => 0)
  for (const { bucket, n } of rows) counts[bucket] = Number(n)
  return counts
}
