import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { durationMs } from '../segments/schema.ts'
import { type Goal, goalSchema } from './schema.ts'

export async function upsertGoal(trx: Executor, sendId: string, goal: Goal, now: Date): Promise<void> {
  const row = {
    event: goal.event.event,
    goal: JSON.stringify(goal),
    within_ms: durationMs(goal.within),
    from_click: goal.from === 'clicked',
    set_at: now,
  }
  await trx
    .insertInto('send_goals')
    .values({ send_id: sendId, ...row })
    .onConflict((conflict) => conflict.column('send_id').doUpdateSet(row))
    .execute()
}

export const deleteGoal = (trx: Executor, sendId: string) =>
  trx.deleteFrom('send_goals').where('send_id', '=', sendId).execute()

export async function selectGoals(
  db: Executor,
  sendIds: readonly string[],
): Promise<{ sendId: string; goal: Goal }[]> {
  if (sendIds.length === 0) return []
  const { rows } = await sql<{ send_id: string; goal: unknown }>`
    select send_id, goal from send_goals where send_id = any(${[...sendIds]}::bigint[])`.execute(db)
  return rows.map((row) => ({ sendId: row.send_id, goal: goalSchema.parse(row.goal) }))
}

/** Those of the names that are the goal of some send. */
export async function namesOfGoals(db: Executor, names: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ event: string }>`
    select distinct event from send_goals where event = any(${[...names]}::text[])`.execute(db)
  return new Set(rows.map(({ event }) => event))
}

/** An event of somebody that may have reached a goal. */
export type Done = { id: string; contactId: string; name: string; at: Date }
/** A message, or the last click in it, before such an event and near enough to it. */
export type Touch = {
  eventId: string
  deliveryId: string
  sendId: string
  contactId: string
  touchedAt: Date
}

const relation = (done: readonly Done[]): RawBuilder<unknown> => sql`
  select u.id, u.name, u.at, i.contact_id
  from unnest(${done.map((one) => one.id)}::bigint[], ${done.map((one) => one.name)}::text[],
    ${done.map((one) => one.at.toISOString())}::timestamptz[], ${done.map((one) => one.contactId)}::bigint[])
    as u (id, name, at, contact_id)
  left join contact_aliases became on became.contact_id = u.contact_id
  cross join lateral (
    select coalesce(became.merged_into, u.contact_id) as contact_id
    union all
    select a.contact_id from contact_aliases a where a.merged_into = coalesce(became.merged_into, u.contact_id)) i`

/**
 * Touches that each event may count for, by its name, the goal's window and every id of the person; whether the event fits the
 * goal's filters is not asked here.
 */
export async function selectTouches(trx: Executor, done: readonly Done[]): Promise<Touch[]> {
  const { rows } = await sql<Touch>`
    with done as materialized (${relation(done)})
    select e.id as "eventId", d.id as "deliveryId", d.send_id as "sendId", d.contact_id as "contactId",
      t.at as "touchedAt"
    from done e
    join deliveries d on d.contact_id = e.contact_id and d.intent_at < e.at
      and d.state in ('sending', 'accepted', 'delivered', 'unknown')
    join send_goals g on g.send_id = d.send_id and g.event = e.name
    cross join lateral (
      select case when g.from_click
        then (select max(c.at) from link_clicks c where c.delivery_id = d.id and c.at < e.at)
        else d.intent_at end as at) t
    where t.at >= e.at - g.within_ms * interval '1 millisecond'
    order by e.id, t.at desc, d.id desc`.execute(trx)
  return rows
}

/** Events of people who clicked, later than the click, that were looked at before the click was known. */
export async function selectEarlierDone(
  trx: Executor,
  clicks: readonly { deliveryId: string; at: Date }[],
  before: string,
): Promise<Done[]> {
  if (clicks.length === 0) return []
  const { rows } = await sql<{ id: string; contact_id: string; name: string; at: Date }>`
    with clicked as materialized (
      select distinct on (d.id) coalesce(a.merged_into, d.contact_id) as person, g.event, g.within_ms, u.at
      from unnest(${clicks.map((click) => click.deliveryId)}::bigint[],
        ${clicks.map((click) => click.at.toISOString())}::timestamptz[]) as u (delivery_id, at)
      join deliveries d on d.id = u.delivery_id
      join send_goals g on g.send_id = d.send_id and g.from_click
      left join contact_aliases a on a.contact_id = d.contact_id
      order by d.id, u.at)
    select e.id, e.contact_id, e.name, e.at
    from clicked c
    cross join lateral (
      select c.person as id union all select a.contact_id from contact_aliases a where a.merged_into = c.person) i
    join events e on e.contact_id = i.id and e.name = c.event and e.at > c.at
      and e.at <= c.at + c.within_ms * interval '1 millisecond' and e.id < ${before}::bigint`.execute(trx)
  return rows.map(({ contact_id, ...row }) => ({ ...row, contactId: contact_id }))
}

export type Conversion = {
  eventId: string
  sendId: string
  deliveryId: string
  contactId: string
  at: Date
  value: string | null
}

/**
 * Writes what events counted for, anew where a click was learned of late, and what each message of them has come to. An event
 * counts once.
 */
export async function writeConversions(
  trx: Executor,
  conversions: readonly Conversion[],
  now: Date,
): Promise<void> {
  if (conversions.length === 0) return
  const { rows } = await sql<{ delivery_id: string }>`
    with given as (
      select * from unnest(${conversions.map((one) => one.eventId)}::bigint[], ${conversions.map((one) => one.sendId)}::bigint[],
        ${conversions.map((one) => one.deliveryId)}::bigint[], ${conversions.map((one) => one.contactId)}::bigint[],
        ${conversions.map((one) => one.at.toISOString())}::timestamptz[], ${conversions.map((one) => one.value)}::numeric[])
        as u (event_id, send_id, delivery_id, contact_id, at, value)),
    before as (select c.delivery_id from conversions c join given using (event_id)),
    written as (
      insert into conversions (event_id, send_id, delivery_id, contact_id, at, value, known_at)
      select given.*, ${now}::timestamptz from given
      on conflict (event_id) do update set send_id = excluded.send_id, delivery_id = excluded.delivery_id,
        contact_id = excluded.contact_id, value = excluded.value, known_at = excluded.known_at
      returning delivery_id)
    select delivery_id from written union select delivery_id from before`.execute(trx)
  await sumUpDeliveries(
    trx,
    rows.map((row) => row.delivery_id),
  )
}

async function sumUpDeliveries(trx: Executor, deliveryIds: readonly string[]): Promise<void> {
  await sql`
    with sums as (
      select d.id, (select min(c.at) from conversions c where c.delivery_id = d.id) as at,
        (select sum(c.value) from conversions c where c.delivery_id = d.id) as value
      from deliveries d where d.id = any(${[...deliveryIds]}::bigint[]) order by d.id for no key update of d)
    update deliveries d set converted_at = sums.at, conversion_value = sums.value from sums where d.id = sums.id`.execute(
    trx,
  )
}
