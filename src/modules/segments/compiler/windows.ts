import { type RawBuilder, sql } from 'kysely'
import { addBeijingDays, startOfDay } from '../../../kernel/beijing.ts'
import { type Duration, durationMs, type Window } from '../schema/rule.ts'

type Instant = RawBuilder<Date>

/** A length of time as an interval of seconds: days here are 24 hours, whatever a calendar says. */
export const intervalOf = (length: Duration): RawBuilder<unknown> =>
  sql`make_interval(secs => ${durationMs(length) / 1000}::double precision)`

/** Where a window begins and ends; `from` excluded for `last`, included otherwise; `to` included unless `before`. */
type Bounds = { after?: Instant; from?: Instant; to: Instant; until?: Instant }

function boundsOf(window: Window, at: Instant): Bounds {
  switch (window.kind) {
    case 'ever':
      return { to: at }
    case 'last':
      return { after: sql<Date>`${at} - ${intervalOf(window.length)}`, to: at }
    case 'before':
      return { to: sql<Date>`${at} - ${intervalOf(window.length)}` }
    case 'between':
      return { from: dayStart(window.from), until: dayStart(addBeijingDays(window.to, 1)), to: at }
    case 'this':
      return { from: sql<Date>`date_trunc(${window.unit}, ${at}, 'Asia/Shanghai')`, to: at }
  }
}

const dayStart = (day: string): Instant => sql<Date>`${startOfDay(day).toISOString()}::timestamptz`

/** Whether an instant lies in the window, seen from `at`; never later than `at`. */
export function inWindow(instant: RawBuilder<unknown>, window: Window, at: Instant): RawBuilder<boolean> {
  const { after, from, to, until } = boundsOf(window, at)
  return sql<boolean>`(${instant} <= ${to}
    ${after === undefined ? sql`` : sql`and ${instant} > ${after}`}
    ${from === undefined ? sql`` : sql`and ${instant} >= ${from}`}
    ${until === undefined ? sql`` : sql`and ${instant} < ${until}`})`
}

/** Where the window begins, for what happens inside it but is not bounded by its end; null: at no time. */
export function startOf(window: Window, at: Instant): Instant | null {
  const { after, from } = boundsOf(window, at)
  return after ?? from ?? null
}

/** Whether a calendar day lies in the window's Beijing days, both ends included. */
export function dayInWindow(day: RawBuilder<unknown>, window: Window, at: Instant): RawBuilder<boolean> {
  const last = (n: Instant) => sql`beijing_day(${n})`
  switch (window.kind) {
    case 'ever':
      return sql<boolean>`${day} <= ${last(at)}`
    case 'last':
      return sql<boolean>`(${day} <= ${last(at)} and ${day} >= ${last(sql<Date>`${at} - ${intervalOf(window.length)}`)})`
    case 'before':
      return sql<boolean>`${day} <= ${last(sql<Date>`${at} - ${intervalOf(window.length)}`)}`
    case 'between':
      return sql<boolean>`(${day} >= ${window.from}::date and ${day} <= least(${window.to}::date, ${last(at)}))`
    case 'this':
      return sql<boolean>`(${day} <= ${last(at)}
        and ${day} >= beijing_day(date_trunc(${window.unit}, ${at}, 'Asia/Shanghai')))`
  }
}
