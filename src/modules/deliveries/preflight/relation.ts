import { type RawBuilder, sql } from 'kysely'
import { grantsRelation } from '../../consents/index.ts'
import { heldOutSql } from '../facts/holdout.ts'
import type { DeliveryChannel } from '../model.ts'
import { type Cap, windowStart } from '../rules/index.ts'

/** What pre-flight must know of everybody: all that {@link decideDelivery} asks, in as few distinct values as will do. */
export type Tuple = {
  following: boolean
  suppressed: boolean
  blocked: boolean
  held_out: boolean
  /** Of a subscription template; null where they never answered it. */
  sends_left: number | null
  rejected: boolean | null
  /** Whether a window is open now, and whether one of them has something left. */
  open: boolean
  usable: boolean
  /** Until when one with something left is open, down to ten minutes. */
  usable_until: Date | null
  /** By cap, in their order: null where there is room; else the message that must leave first, up to the hour. */
  full: (string | null)[]
}

export type Crowd = {
  accountId: string
  channel: DeliveryChannel
  /** SELECT with contact_id, canonical. */
  people: RawBuilder<unknown>
  templateId: string | null
  caps: readonly Cap[]
  holdout: { key: string; share: number }
  at: Date
}

export const TUPLE = sql`following, suppressed, blocked, held_out, sends_left, rejected, open, usable, usable_until, "full"`

/**
 * A SELECT of each person with the fan they would be reached as (chosen as when an audience is frozen) and their tuple; people who
 * are no fan of the account have a fan_id of null. Run it under `planForMany`.
 */
export function tupleRelation(
  crowd: Crowd,
): RawBuilder<Tuple & { contact_id: string; fan_id: string | null }> {
  const { accountId, channel, people, templateId, caps, holdout, at } = crowd
  const grants = channel === 'subscription' && templateId !== null
  return sql`
    with people as materialized (select distinct p.contact_id from (${people}) p),
    chosen as materialized (
      select distinct on (p.contact_id) p.contact_id, f.id as fan_id, f.following
      from people p left join fans f on f.contact_id = p.contact_id and f.account_id = ${accountId}::bigint
      order by p.contact_id, f.following desc nulls last, f.last_interaction_at desc nulls last, f.id),
    suppressed as materialized (
      select distinct coalesce(a.merged_into, s.contact_id) as contact_id
      from contact_suppressions s left join contact_aliases a on a.contact_id = s.contact_id)
      ${channel === 'customer-service' ? windows(accountId, at) : sql``}
      ${caps.length > 0 ? uses(caps, at) : sql``}
    select c.contact_id, c.fan_id, coalesce(c.following, false) as following, s.contact_id is not null as suppressed,
      b.fan_id is not null as blocked, ${heldOutSql(holdout.key, sql`c.contact_id::text`, holdout.share)} as held_out,
      ${grants ? sql`g.sends_left, g.rejected` : sql`null::int as sends_left, null::boolean as rejected`},
      ${
        channel === 'customer-service'
          ? sql`w.fan_id is not null as open, coalesce(w.usable, false) as usable, w.usable_until`
          : sql`false as open, false as usable, null::timestamptz as usable_until`
      },
      ${caps.length > 0 ? sql`coalesce(u."full", array_fill(null::timestamptz, array[${caps.length}::int]))` : sql`'{}'::timestamptz[]`} as "full"
    from chosen c
    left join suppressed s on s.contact_id = c.contact_id
    left join fan_blocks b on b.fan_id = c.fan_id and b.until > ${at}
    ${grants ? sql`left join (${grantsRelation(templateId)}) g on g.fan_id = c.fan_id` : sql``}
    ${channel === 'customer-service' ? sql`left join windows w on w.fan_id = c.fan_id` : sql``}
    ${caps.length > 0 ? sql`left join uses u on u.person = c.contact_id` : sql``}`
}

const windows = (accountId: string, at: Date) => sql`, windows as materialized (
  select fan_id, bool_or(used < allowance) as usable,
    date_bin('10 minutes', max(expires_at) filter (where used < allowance), timestamptz '2020-01-01') as usable_until
  from service_windows
  where account_id = ${accountId}::bigint and opened_at <= ${at} and expires_at > ${at}
  group by fan_id)`

/** Messages of everybody since the longest window began, and by cap the one that must leave it before there is room. */
function uses(caps: readonly Cap[], at: Date) {
  const since = new Date(Math.min(...caps.map((cap) => windowStart(cap, at).getTime())))
  const fulls = caps.map((cap) => {
    const from = windowStart(cap, at)
    const counted = sql.join(
      [
        cap.calendar ? sql`t.at >= ${from}` : sql`t.at > ${from}`,
        ...(cap.accountId === null ? [] : [sql`t.account_id = ${cap.accountId}::bigint`]),
        ...(cap.channel === null ? [] : [sql`t.channel = ${cap.channel}`]),
        ...(cap.purpose === 'any' ? [] : [sql`t.purpose = 'marketing'`]),
      ],
      sql` and `,
    )
    return sql`date_bin('1 hour', (array_agg(t.at order by t.at desc) filter (where ${counted}))[${cap.most}::int]
      + interval '1 hour' - interval '1 millisecond', timestamptz '2020-01-01')`
  })
  return sql`, touches as materialized (
    select coalesce(a.merged_into, d.contact_id) as person, d.intent_at as at, d.account_id, s.channel, s.purpose
    from deliveries d join sends s on s.id = d.send_id left join contact_aliases a on a.contact_id = d.contact_id
    where d.intent_at >= ${since} and d.state in ('sending', 'accepted', 'delivered', 'unknown') and s.owner_kind not in ('test', 'auto-reply')
    union all
    select coalesce(a.merged_into, f.contact_id), m.at, m.account_id, 'mass', 'marketing'
    from mass_touches m join fans f on f.id = m.fan_id left join contact_aliases a on a.contact_id = f.contact_id
    where m.at >= ${since}),
  uses as materialized (
    select t.person, array[${sql.join(fulls)}] as "full" from touches t group by t.person)`
}
