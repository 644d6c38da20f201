import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import type { DeliveryState } from '../../deliveries/schema.ts'
import type { ResolvedContent } from '../../messages/schema.ts'
import type { Pass } from '../rules/index.ts'

/** What WeChat took. */
const SENT = sql`('accepted', 'delivered')`
/** Whatever may have reached somebody. */
const TAKEN = sql`('sending', 'accepted', 'delivered', 'unknown')`

export type RuleTotals = {
  ruleId: string
  sent: number
  returned: number
  sendState: string | null
  pauseReason: string | null
  pauseDetail: Record<string, unknown> | null
}

/** What rules have come to, from the sums; returns whose message turned out not to have gone don't count. */
export async function totalsOf(db: Executor, ruleIds: readonly string[]): Promise<Map<string, RuleTotals>> {
  const { rows } = await sql<RuleTotals>`
    select r.id as "ruleId", s.state as "sendState", s.pause_reason as "pauseReason", s.pause_detail as "pauseDetail",
      coalesce((select sum(t.n) from delivery_tallies t where t.send_id = r.send_id and t.state in ${SENT}), 0)::float8 as sent,
      (select count(*) from recall_returns b join deliveries d on d.id = b.delivery_id
        where b.rule_id = r.id and d.state in ${TAKEN})::float8 as returned
    from recall_rules r left join sends s on s.id = r.send_id
    where r.id = any(${[...ruleIds]}::bigint[])`.execute(db)
  return new Map(rows.map((row) => [row.ruleId, row]))
}

export async function passesOf(db: Executor, ruleId: string): Promise<{ outcome: Pass; n: number }[]> {
  const { rows } = await sql<{ outcome: Pass; n: number }>`
    select outcome, sum(n)::float8 as n from recall_passes where rule_id = ${ruleId}::bigint group by outcome order by outcome`.execute(
    db,
  )
  return rows
}

type Days = { accountId: string; ruleId?: string | undefined; from: string; to: string }

/** Messages and returns of Beijing days, each by its own time; days without either are left out. */
export async function daysOf(
  db: Executor,
  { accountId, ruleId, from, to }: Days,
): Promise<{ day: string; sent: number; returned: number }[]> {
  const rules = sql`select id, send_id from recall_rules where account_id = ${accountId}::bigint
    and (${ruleId ?? null}::bigint is null or id = ${ruleId ?? null}::bigint)`
  const day = (column: string) => sql`(${sql.ref(column)} at time zone 'Asia/Shanghai')::date`
  const within = (column: string) =>
    sql`${sql.ref(column)} >= (${from}::date)::timestamp at time zone 'Asia/Shanghai'
      and ${sql.ref(column)} < (${to}::date + 1)::timestamp at time zone 'Asia/Shanghai'`
  const { rows } = await sql<{ day: string; sent: number; returned: number }>`
    with rules as materialized (${rules})
    select day::text, sum(sent)::float8 as sent, sum(returned)::float8 as returned from (
      select ${day('p.minute')} as day, p.accepted as sent, 0 as returned
      from rules r join delivery_pace p on p.send_id = r.send_id where ${within('p.minute')}
      union all
      select ${day('b.at')}, 0, 1 from rules r join recall_returns b on b.rule_id = r.id
        join deliveries d on d.id = b.delivery_id and d.state in ${TAKEN} where ${within('b.at')}) u
    group by day order by day`.execute(db)
  return rows
}

/** What versions of a rule's send hold, which never change. */
export async function contentsOf(
  db: Executor,
  { sendId, versions }: { sendId: string; versions: readonly number[] },
): Promise<Map<number, ResolvedContent>> {
  if (versions.length === 0) return new Map()
  const { rows } = await sql<{ version: number; content: ResolvedContent }>`
    select version, content from send_versions where send_id = ${sendId}::bigint and version = any(${[...versions]}::int[])`.execute(
    db,
  )
  return new Map(rows.map(({ version, content }) => [version, content]))
}

export type NewAct = {
  eventId: string
  fanId: string
  at: Date
  kind: string
  itemId: string | null
  text: string | null
}

/** A recall that brought somebody back is looked for this long before an act. */
const HOURS_BACK = 48

export const hasRecalls = async (db: Executor): Promise<boolean> =>
  (await sql<{ any: boolean }>`${prepare}select exists (select from recall_rules) as any`.execute(db)).rows[0]
    ?.any ?? false

/** Each act counts for the fan's newest recall of the 48 hours before it, the first one only. */
export async function insertReturns(trx: Executor, acts: readonly NewAct[]): Promise<void> {
  const column = <T>(pick: (act: NewAct) => T) => acts.map(pick)
  await sql`${prepare}
    insert into recall_returns (delivery_id, rule_id, account_id, fan_id, contact_id, sent_at, at, kind, tapped, event_id)
    select distinct on (d.id) d.id, r.id, d.account_id, d.fan_id, d.contact_id, d.intent_at, u.at,
      case when x.tapped then 'menu' else u.kind end, x.tapped, u.event_id
    from unnest(${column((one) => one.eventId)}::bigint[], ${column((one) => one.fanId)}::bigint[],
      ${column((one) => one.at.toISOString())}::timestamptz[], ${column((one) => one.kind)}::text[],
      ${column((one) => one.itemId)}::text[], ${column((one) => one.text)}::text[]) as u (event_id, fan_id, at, kind, item, said)
    join fans f on f.id = u.fan_id
    cross join lateral (
      select d.* from deliveries d join sends s on s.id = d.send_id
      where d.contact_id in (select f.contact_id
          union all select a.contact_id from contact_aliases a where a.merged_into = f.contact_id)
        and d.fan_id = u.fan_id and s.owner_kind = 'recall' and d.state in ${TAKEN}
        -- what WeChat tells of an act has whole seconds
        and date_trunc('second', d.intent_at) <= u.at and d.intent_at > u.at - ${HOURS_BACK}::int * interval '1 hour'
      order by d.intent_at desc, d.id desc limit 1) d
    join recall_rules r on r.send_id = d.send_id
    cross join lateral (select coalesce(u.item = 'wd-recall-' || r.id, false) or exists (
      select from send_versions v where v.send_id = d.send_id and v.version = d.version and u.said = any(v.taps)) as tapped) x
    order by d.id, u.at, u.event_id
    on conflict (delivery_id) do nothing`.execute(trx)
}

export type NextRow = {
  returns: number
  tapped: number
  message: number
  menu: number
  follow: number
  scan: number
}

/** Returns of Beijing days, the newest `most` of them, by their kind, and what their people did in the 48 hours after. */
export async function nextOf(
  db: Executor,
  { ruleId, from, to, most }: { ruleId: string; from: string; to: string; most: number },
): Promise<NextRow & { events: { name: string; people: number }[] }> {
  const some = sql`select b.* from recall_returns b where b.rule_id = ${ruleId}::bigint
      and b.at >= (${from}::date)::timestamp at time zone 'Asia/Shanghai'
      and b.at < (${to}::date + 1)::timestamp at time zone 'Asia/Shanghai'
    order by b.at desc limit ${most}`
  const kind = (name: string) => sql`count(*) filter (where kind = ${name})::float8 as ${sql.ref(name)}`
  const sums =
    await sql<NextRow>`select count(*)::float8 as returns, count(*) filter (where tapped)::float8 as tapped,
      ${kind('message')}, ${kind('menu')}, ${kind('follow')}, ${kind('scan')} from (${some}) b`.execute(db)
  const events = await sql<{ name: string; people: number }>`
    select e.name, count(distinct b.fan_id)::float8 as people from (${some}) b
    cross join lateral (select distinct e.name from events e
      where e.fan_id = b.fan_id and e.at > b.at and e.at <= b.at + interval '48 hours' offset 0) e
    group by e.name order by people desc, e.name limit 50`.execute(db)
  return { ...(sums.rows[0] as NextRow), events: events.rows }
}

type PeopleAsked = {
  sendId: string
  outcome: 'all' | 'sent' | 'returned' | 'not-returned' | 'not-sent' | 'open'
  contactIds?: readonly string[] | undefined
  cursor?: string | undefined
  limit: number
}
export type PersonRow = {
  id: string
  contactId: string
  fanId: string
  version: number
  occurrence: string
  state: DeliveryState
  reason: string | null
  detail: Record<string, unknown> | null
  plannedAt: Date
  intentAt: Date | null
  returnedAt: Date | null
  returnedKind: 'message' | 'menu' | 'follow' | 'scan' | null
  tapped: boolean | null
}

const OUTCOMES = {
  all: sql`true`,
  sent: sql`d.state in ${TAKEN}`,
  returned: sql`d.state in ${TAKEN} and b.delivery_id is not null`,
  'not-returned': sql`d.state in ${TAKEN} and b.delivery_id is null`,
  'not-sent': sql`d.state in ('skipped', 'failed')`,
  open: sql`d.state in ('planned', 'held')`,
} as const

export async function listPeople(
  db: Executor,
  { sendId, outcome, contactIds, cursor, limit }: PeopleAsked,
): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    select d.id, d.contact_id as "contactId", d.fan_id as "fanId", d.version, d.occurrence, d.state, d.reason, d.detail,
      d.planned_at as "plannedAt", d.intent_at as "intentAt", b.at as "returnedAt", b.kind as "returnedKind", b.tapped
    from deliveries d left join recall_returns b on b.delivery_id = d.id
    where d.send_id = ${sendId}::bigint and ${OUTCOMES[outcome]}
      ${cursor === undefined ? sql`` : sql`and d.id < ${cursor}::bigint`}
      ${contactIds === undefined ? sql`` : sql`and d.contact_id = any(${[...contactIds]}::bigint[])`}
    order by d.id desc limit ${limit}`.execute(db)
  return rows
}
