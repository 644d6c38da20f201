import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { Funnel, SendFigures } from './schema.ts'

/** Handed to the platform, whatever it reported later. */
const SENT = sql`(state in ('accepted', 'delivered', 'unknown') or (state = 'failed' and reason like 'receipt\\_%'))`
/** Clicks and conversions of these count; of a message that was refused in the end there are none. */
const DAYS = 92

type Row = {
  sent: number
  delivered: number
  clicked: number
  converted: number
  conversions: number
  value: string | null
}
const NOTHING: Funnel = { sent: 0, delivered: 0, clicked: 0, converted: 0, conversions: 0, value: null }
const present = (row: Row): Funnel => ({
  sent: Number(row.sent),
  delivered: Number(row.delivered),
  clicked: Number(row.clicked),
  converted: Number(row.converted),
  conversions: Number(row.conversions),
  value: row.value === null ? null : Number(row.value),
})

/** The funnel of each of these sends, in messages; cheap enough for lists and pages that look every second. */
export async function totalsOf(db: Executor, sendIds: readonly string[]): Promise<Map<string, Funnel>> {
  const { rows } = await sql<Row & { send_id: string }>`
    select s.id as send_id, coalesce(t.sent, 0) as sent, coalesce(t.delivered, 0) as delivered, k.clicked, v.converted,
      v.conversions, case when g.valued or v.value is not null then coalesce(v.value, 0) end as value
    from unnest(${[...sendIds]}::bigint[]) as s (id)
    left join lateral (
      select sum(n) filter (where ${SENT}) as sent, sum(n) filter (where state = 'delivered') as delivered
      from delivery_tallies where send_id = s.id) t on true
    left join lateral (
      select count(*) as clicked from deliveries d where d.send_id = s.id and d.clicked_at is not null) k on true
    left join lateral (
      select count(*) as conversions, count(distinct delivery_id) as converted, sum(value) as value
      from conversions c where c.send_id = s.id) v on true
    left join lateral (
      select jsonb_typeof(goal -> 'value') = 'string' as valued from send_goals where send_id = s.id) g on true`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.send_id, present(row)]))
}

/** Everything a send came to: in messages, in people, by version and by day. Reads all of its deliveries. */
export async function figuresOf(db: Executor, sendId: string): Promise<SendFigures> {
  const [totals, people, versions, days] = await Promise.all([
    totalsOf(db, [sendId]),
    peopleOf(db, sendId),
    versionsOf(db, sendId),
    daysOf(db, sendId),
  ])
  return { total: totals.get(sendId) ?? NOTHING, people, versions, days }
}

async function peopleOf(db: Executor, sendId: string): Promise<SendFigures['people']> {
  const { rows } = await sql<SendFigures['people']>`
    select count(distinct person) filter (where ${SENT})::float8 as sent,
      count(distinct person) filter (where state = 'delivered')::float8 as delivered,
      count(distinct person) filter (where clicked_at is not null)::float8 as clicked,
      count(distinct person) filter (where converted_at is not null)::float8 as converted
    from (select d.state, d.reason, d.clicked_at, d.converted_at, coalesce(a.merged_into, d.contact_id) as person
      from deliveries d left join contact_aliases a on a.contact_id = d.contact_id
      where d.send_id = ${sendId}::bigint) d`.execute(db)
  return rows[0] ?? { sent: 0, delivered: 0, clicked: 0, converted: 0 }
}

async function versionsOf(db: Executor, sendId: string): Promise<SendFigures['versions']> {
  const { rows } = await sql<Row & { version: number }>`
    with messages as (
      select version, count(*) filter (where ${SENT}) as sent, count(*) filter (where state = 'delivered') as delivered,
        count(*) filter (where clicked_at is not null) as clicked
      from deliveries where send_id = ${sendId}::bigint group by version),
    counted as (
      select d.version, count(*) as conversions, count(distinct d.id) as converted, sum(c.value) as value
      from conversions c join deliveries d on d.id = c.delivery_id where c.send_id = ${sendId}::bigint group by d.version)
    select v.version, coalesce(m.sent, 0) as sent, coalesce(m.delivered, 0) as delivered, coalesce(m.clicked, 0) as clicked,
      coalesce(c.converted, 0) as converted, coalesce(c.conversions, 0) as conversions, c.value
    from send_versions v left join messages m using (version) left join counted c using (version)
    where v.send_id = ${sendId}::bigint order by v.version desc limit 100`.execute(db)
  return rows.map((row) => ({ version: row.version, ...present(row) }))
}

async function daysOf(db: Executor, sendId: string): Promise<SendFigures['days']> {
  const { rows } = await sql<Row & { day: string }>`
    with facts as (
      select beijing_day(intent_at) as day, count(*) as sent, count(*) filter (where state = 'delivered') as delivered,
        0 as clicked, 0 as converted, 0 as conversions, null::numeric as value
      from deliveries where send_id = ${sendId}::bigint and intent_at is not null and ${SENT} group by 1
      union all
      select beijing_day(clicked_at), 0, 0, count(*), 0, 0, null
      from deliveries where send_id = ${sendId}::bigint and clicked_at is not null group by 1
      union all
      select beijing_day(converted_at), 0, 0, 0, count(*), 0, null
      from deliveries where send_id = ${sendId}::bigint and converted_at is not null group by 1
      union all
      select beijing_day(at), 0, 0, 0, 0, count(*), sum(value)
      from conversions where send_id = ${sendId}::bigint group by 1)
    select day::text, sum(sent) as sent, sum(delivered) as delivered, sum(clicked) as clicked, sum(converted) as converted,
      sum(conversions) as conversions, sum(value) as value
    from facts group by day order by day desc limit ${DAYS}`.execute(db)
  return rows.map((row) => ({ day: row.day, ...present(row) })).reverse()
}
