import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { PAYMENT_EVENT } from '../../deliveries/index.ts'
import { EVENTS } from '../../ingest/schema.ts'
import { isEvent } from '../../segments/index.ts'
import type { EventMatch, TagRef } from '../../segments/schema.ts'
import { MARKS } from '../rules/timeline.ts'
import { BITS, KINDS } from './record.ts'

export type Wanted = {
  accountId: string
  /** Acts and messages from here to there, by the event’s own time; the log up to there. */
  since: Date
  to: Date
  logUpto: string
  /** Messages count in caps from here on. */
  sentSince: Date
  sample: number
  /** Whose own messages are left out. */
  subject: { kind: 'recall' | 'campaign'; id: string } | null
  /** A and B of each version. */
  events: readonly { a: EventMatch | null; b: EventMatch | null }[]
  /** Whose coming and going is told. */
  tags: readonly TagRef[]
  /** Canonical ids in `[first, end)`. */
  people: { first: number; end: number }
}

type Records = RawBuilder<unknown>
const NEVER = sql`'-infinity'::timestamptz`
/** Operators of bits bind alike, from the left. */
const bits = (value: Records, place: number) => sql`((${value}) << ${sql.lit(place)})`
const record = (first: Records, second: Records, id: Records, flags: Records) =>
  sql`${first} || ${second} || int8send(${id}) || int2send((${flags})::int2)`

/**
 * One row a person, by canonical id: everything that {@link playPerson} needs, packed. What was done is in the order of the
 * log.
 */
export async function timelinesQuery(db: Executor, wanted: Wanted): Promise<CompiledQuery> {
  const taps = await tapsOf(db, wanted)
  const parts = [
    actsOf(wanted, taps),
    fansOf(wanted),
    sentTo(wanted),
    massSentTo(wanted),
    suppressed(),
    ...tagChanges(wanted),
  ]
  const everything = sql.join(
    parts.map(
      (part) => sql`select * from (${part}) p where p.person >= ${wanted.people.first}::bigint
      and p.person < ${wanted.people.end}::bigint ${inSample(wanted)}`,
    ),
    sql` union all `,
  )
  return sql`select r.person, string_agg(r.packed, ''::bytea order by r.n) as packed
    from (${everything}) r group by r.person order by r.person`.compile(db)
}

const inSample = ({ sample }: Wanted) =>
  sample === 1 ? sql`` : sql`and (hashint8(p.person)::bigint & 2147483647) % ${sql.lit(sample)} = 0`

const personOf = (contact: Records) => sql`left join contact_aliases al on al.contact_id = ${contact}`
const canonical = (contact: Records) => sql`coalesce(al.merged_into, ${contact}) as person`

/** Texts that a tap on something the account sent says. */
async function tapsOf(db: Executor, { accountId }: Wanted): Promise<string[]> {
  const { rows } = await sql<{ tap: string }>`
    select distinct t as tap from sends s join send_versions v on v.send_id = s.id cross join unnest(v.taps) t
    where s.account_id = ${accountId}::bigint and v.taps is not null limit 10000`.execute(db)
  return rows.map(({ tap }) => tap)
}

const KIND_OF = [
  [EVENTS.menuClick, KINDS.menu],
  [EVENTS.follow, KINDS.follow],
  [EVENTS.scan, KINDS.scan],
  [PAYMENT_EVENT, KINDS.payment],
  [EVENTS.unfollow, KINDS.unfollow],
] as const

function actsOf({ accountId, since, to, logUpto, events }: Wanted, taps: readonly string[]): Records {
  const here = sql`s.account_id = ${accountId}::bigint`
  const kinds = sql.join(
    KIND_OF.map(([name, kind]) => sql`when ${sql.lit(name)} then ${sql.lit(kind)}`),
    sql` `,
  )
  const message = sql`when ${sql.lit(EVENTS.message)} then ${
    taps.length === 0
      ? sql.lit(KINDS.message)
      : sql`case when ${isTap(taps)} then ${sql.lit(KINDS.menu)} else ${sql.lit(KINDS.message)} end`
  }`
  const kind = sql`case when ${here} and s.fan_id is not null then case s.name ${message} ${kinds} else 0 end else 0 end`
  const marked = events.flatMap(({ a, b }, place) => {
    const { a: markA, b: markB } = MARKS[place as 0 | 1]
    return [
      ...(a === null ? [] : [{ match: a, mark: markA, local: true }]),
      ...(b === null ? [] : [{ match: b, mark: markB, local: false }]),
    ]
  })
  const marks = marked.map(
    ({ match, mark, local }) =>
      sql`case when ${isEvent(match, sql<Date>`s.received_at`)} ${
        local && match.accountId === undefined ? sql`and coalesce(${here}, true)` : sql``
      } then ${sql.lit(mark)} else 0 end`,
  )
  const flags = marks.length === 0 ? kind : sql`(${kind}) | ${bits(sql.join(marks, sql` | `), BITS.marks)}`
  const names = [...new Set(marked.map(({ match }) => match.event))]
  const windows = [EVENTS.message, ...KIND_OF.map(([name]) => name)]
  return sql`select ${canonical(sql`s.contact_id`)}, s.id as n, ${record(
    sql`timestamptz_send(s.at)`,
    sql`timestamptz_send(s.received_at)`,
    sql`coalesce(s.fan_id, 0)`,
    flags,
  )} as packed
    from events s ${personOf(sql`s.contact_id`)}
    where s.contact_id is not null and s.at >= ${since} and s.at <= ${to} and s.received_at <= ${to}
      and s.id <= ${logUpto}::bigint
      and ((${here} and s.name = any(${windows}::text[])) or s.name = any(${names}::text[]))`
}

/** As `deliveries` tells a tap from typing: exactly what one on something we sent the fan in the week before says. */
const isTap = (taps: readonly string[]) => sql`s.properties ->> 'type' = 'text'
  and s.properties ->> 'content' = any(${[...taps]}::text[]) and exists (
    select from deliveries d join send_versions v on v.send_id = d.send_id and v.version = d.version
    where d.contact_id in (select coalesce(al.merged_into, s.contact_id) union all select o.contact_id
        from contact_aliases o where o.merged_into = coalesce(al.merged_into, s.contact_id))
      and d.fan_id = s.fan_id and d.state in ('sending', 'accepted', 'delivered', 'unknown')
      and d.intent_at > s.at - interval '7 days' and d.intent_at < s.at + interval '1 minute'
      and s.properties ->> 'content' = any(v.taps))`

const fansOf = ({ accountId }: Wanted): Records =>
  sql`select f.contact_id as person, -3::bigint as n, ${record(
    sql`timestamptz_send(coalesce(f.unfollowed_at, ${NEVER}))`,
    sql`timestamptz_send(coalesce(f.followed_at, ${NEVER}))`,
    sql`f.id`,
    sql`${sql.lit(KINDS.fan)} | ${bits(sql`f.following::int`, BITS.marks)}`,
  )} as packed from fans f where f.account_id = ${accountId}::bigint`

const CHANNEL = sql`case w.channel when 'template' then 1 when 'subscription' then 2 else 0 end`
const OWNER = sql`case w.owner_kind when 'campaign' then 1 when 'recall' then 2 else 0 end`
const WINDOW = sql`case d.reserved ->> 'window' when 'message' then 1 when 'menu' then 2 when 'follow' then 3 when 'scan' then 4
  when 'payment' then 5 else 0 end`

function sentTo({ accountId, sentSince, to, subject }: Wanted): Records {
  const others =
    subject === null
      ? sql``
      : sql`and not (w.owner_kind = ${subject.kind} and w.owner_id = ${subject.id}::bigint)`
  const counts = sql`(w.owner_kind not in ('test', 'auto-reply'))::int`
  return sql`select ${canonical(sql`d.contact_id`)}, -1::bigint as n, ${record(
    sql`timestamptz_send(d.intent_at)`,
    sql`int8send(w.owner_id)`,
    sql`d.fan_id`,
    sql.join(
      [
        sql.lit(KINDS.sent),
        bits(CHANNEL, BITS.channel),
        bits(sql`(w.purpose = 'service')::int`, BITS.service),
        bits(counts, BITS.counts),
        bits(OWNER, BITS.owner),
        bits(sql`(d.account_id = ${accountId}::bigint)::int`, BITS.here),
        bits(WINDOW, BITS.window),
      ],
      sql` | `,
    ),
  )} as packed
    from deliveries d join sends w on w.id = d.send_id ${personOf(sql`d.contact_id`)}
    where d.intent_at >= ${sentSince} and d.intent_at <= ${to}
      and d.state in ('sending', 'accepted', 'delivered', 'unknown') ${others}`
}

const massSentTo = ({ accountId, sentSince, to }: Wanted): Records => sql`
  select f.contact_id as person, -1::bigint as n, ${record(
    sql`timestamptz_send(m.at)`,
    sql`int8send(m.broadcast_id)`,
    sql`m.fan_id`,
    sql.join(
      [
        sql.lit(KINDS.sent),
        bits(sql.lit(3), BITS.channel),
        bits(sql.lit(1), BITS.counts),
        bits(sql.lit(3), BITS.owner),
        bits(sql`(m.account_id = ${accountId}::bigint)::int`, BITS.here),
      ],
      sql` | `,
    ),
  )} as packed
  from mass_touches m join fans f on f.id = m.fan_id where m.at >= ${sentSince} and m.at <= ${to}`

const suppressed = (): Records =>
  sql`select ${canonical(sql`c.contact_id`)}, -2::bigint as n, ${record(
    sql`timestamptz_send(c.created_at)`,
    sql`int8send(0)`,
    sql`0::bigint`,
    sql.lit(KINDS.suppressed),
  )} as packed from contact_suppressions c ${personOf(sql`c.contact_id`)}`

/** Of our own tags on the person and WeChat’s on their fans; both move with them. */
function tagChanges({ tags, since, to }: Wanted): Records[] {
  const own = tags.flatMap((tag) => (tag.of === 'own' ? [tag.tagId] : []))
  const byAccount = Object.entries(
    Object.groupBy(
      tags.flatMap((tag) => (tag.of === 'wechat' ? [tag] : [])),
      ({ accountId }) => accountId,
    ),
  )
  const changes = (at: Records, from: Records) => sql`
    select t.contact_id as person, -4::bigint as n,
      ${record(sql`timestamptz_send(${at})`, sql`int8send(0)`, sql`0::bigint`, sql.lit(KINDS.tagChange))} as packed
    from ${from} and ${at} > ${since} and ${at} <= ${to}`
  const both = (from: Records) => [changes(sql`t.since`, from), changes(sql`t.until`, from)]
  return [
    ...(own.length === 0 ? [] : both(sql`contact_tags t where t.tag_id = any(${own}::bigint[])`)),
    ...byAccount.flatMap(([accountId, some]) =>
      both(sql`fan_tags t where t.account_id = ${accountId}::bigint
        and t.tag_id = any(${(some ?? []).map(({ tagId }) => tagId)}::int[])`),
    ),
  ]
}
