import { type RawBuilder, sql } from 'kysely'
import type { Condition, EventMatch, EventMeasure, Window } from '../../schema/rule.ts'
import type { Frame, Keys } from '../frame.ts'
import { matching, notMatching, type PeopleSet } from '../sets.ts'
import { all, compares, propertyFits, zeroFits } from '../values.ts'
import { intervalOf, inWindow, startOf } from '../windows.ts'

type Of<K extends Condition['kind']> = Extract<Condition, { kind: K }>
type Bool = RawBuilder<boolean>

/** Whether a row `s` of events is such an event; its time is not looked at. */
export const isEvent = (match: EventMatch, at: RawBuilder<Date>): Bool =>
  all([
    sql<boolean>`s.name = ${match.event}`,
    ...(match.accountId === undefined ? [] : [sql<boolean>`s.account_id = ${match.accountId}::bigint`]),
    ...match.where.map((filter) => propertyFits(filter, at)),
  ])

/** Of somebody, and for an earlier instant known by then. */
export const known = (frame: Frame): Bool =>
  frame.history
    ? sql<boolean>`s.contact_id is not null and s.received_at <= ${frame.at}`
    : sql<boolean>`s.contact_id is not null`

const events = (frame: Frame, match: EventMatch, window: Window) =>
  sql`${frame.kept(sql`events`)} where ${isEvent(match, frame.at)} and ${known(frame)}
    and ${inWindow(sql`s.at`, window, frame.at)}`

/** Did it so often, or came to so much. Where nothing fits as well, those who came to something else are taken away. */
export function behaviourPeople(condition: Of<'behaviour'>, frame: Frame): PeopleSet {
  const { measure, compare, window } = condition
  const rows = events(frame, condition, window)
  const atLeastOnce =
    measure.of === 'count' && compare.op === 'gte' && compare.value > 0 && compare.value <= 1
  const never = measure.of === 'count' && isOnlyZero(compare)
  if (atLeastOnce) return matching(sql`select ${frame.keptKey} as k ${rows}`)
  if (never) return notMatching(sql`select ${frame.keptKey} as k ${rows}`)
  return measured({ rows, key: frame.keptKey, amount: amountOf(measure), measure: measure.of, compare })
}

const isOnlyZero = (compare: Of<'behaviour'>['compare']): boolean =>
  (compare.op === 'eq' && compare.value === 0) ||
  (compare.op === 'lte' && compare.value >= 0 && compare.value < 1) ||
  (compare.op === 'lt' && compare.value > 0 && compare.value <= 1)

function amountOf(measure: EventMeasure): RawBuilder<unknown> {
  if (measure.of === 'count') return sql`count(*)`
  if (measure.of === 'days') return sql`count(distinct beijing_day(s.at))`
  if (measure.of === 'distinct') return sql`count(distinct s.properties ->> ${measure.property}::text)`
  return aggregated(measure.of, sql`json_number(s.properties -> ${measure.property}::text)`)
}

/** Sums and averages are rounded to a millionth, so that the order of adding doesn't decide. */
export function aggregated(
  of: 'sum' | 'average' | 'smallest' | 'largest',
  number: RawBuilder<unknown>,
): RawBuilder<unknown> {
  switch (of) {
    case 'sum':
      return sql`coalesce(round(sum(${number})::numeric, 6), 0)`
    case 'average':
      return sql`round(avg(${number})::numeric, 6)`
    case 'smallest':
      return sql`min(${number})`
    case 'largest':
      return sql`max(${number})`
  }
}

type Measured = {
  rows: RawBuilder<unknown>
  key: RawBuilder<string>
  amount: RawBuilder<unknown>
  measure: EventMeasure['of']
  compare: Of<'behaviour'>['compare']
}

/** Groups rows by person and compares. Nothing at all counts as 0, except for an average and an extreme. */
export function measured({ rows, key, amount, measure, compare }: Measured): PeopleSet {
  const countsNothing = measure !== 'average' && measure !== 'smallest' && measure !== 'largest'
  const grouped = (having: Bool): Keys => sql`select ${key} as k ${rows} group by 1 having ${having}`
  return countsNothing && zeroFits(compare)
    ? notMatching(grouped(sql<boolean>`not ${compares(amount, compare)}`))
    : matching(grouped(compares(amount, compare)), true)
}

/** The first or the last time of all, up to the instant, lies in the window. */
export function occurrencePeople(condition: Of<'occurrence'>, frame: Frame): PeopleSet {
  const time = condition.which === 'first' ? sql`min(s.at)` : sql`max(s.at)`
  return matching(
    sql`select ${frame.keptKey} as k ${events(frame, condition, { kind: 'ever' })}
      group by 1 having ${inWindow(time, condition.window, groupedAt(frame))}`,
    true,
  )
}

/** The instant inside HAVING: the same for all rows of a group. */
const groupedAt = (frame: Frame): RawBuilder<Date> => sql<Date>`min(${frame.at})`

const INSTANT = sql`interval '1 microsecond'`

/**
 * One pass over both kinds of events per person in the order of time. `happened`: a B with an A before it, no longer
 * ago than allowed. Otherwise an A with no B after it, its time for one being over.
 */
export function sequencePeople(condition: Of<'sequence'>, frame: Frame): PeopleSet {
  const { first, second, window, happened } = condition
  const within = intervalOf(condition.within)
  const start = startOf(window, frame.at)
  const isFirst = sql<boolean>`(${isEvent(first, frame.at)} and ${inWindow(sql`s.at`, window, frame.at)})`
  const isSecond = sql<boolean>`(${isEvent(second, frame.at)})`
  const rows = sql`select ${frame.keptKey} as k, s.at, ${frame.at} as asked_at, ${isFirst} as a, ${isSecond} as b
    ${frame.kept(sql`events`)}
    where ${known(frame)} and s.at <= ${frame.at} ${start === null ? sql`` : sql`and s.at >= ${start}`}
      and s.name = any(${[first.event, second.event]}::text[]) and (${isFirst} or ${isSecond})`
  const seen = happened
    ? sql`select k, b and count(*) filter (where a) over (partition by k order by at
        range between ${within} preceding and ${INSTANT} preceding) > 0 as hit from (${rows}) e`
    : sql`select k, a and at + ${within} <= asked_at and count(*) filter (where b) over (partition by k order by at
        range between ${INSTANT} following and ${within} following) = 0 as hit from (${rows}) e`
  return matching(sql`select k from (${seen}) h where hit`)
}
