import {
  addBeijingDays,
  beijingDay,
  beijingDaysBetween,
  beijingMonth,
  startOfDay,
  startOfMonth,
} from '../../../kernel/beijing.ts'

/** 疲劳度: at most `most` messages a person in a window. */
export type Cap = {
  id: string
  /** Null: of all accounts together. */
  accountId: string | null
  /** Null: of every kind together. */
  channel: TouchChannel | null
  /** `marketing`: asks and counts marketing messages only; `any`: all. */
  purpose: 'marketing' | 'any'
  most: number
  amount: number
  unit: CapUnit
  /** Since the beginning of the Beijing day, week (Monday) or month, and of as many before as `amount` says; else counted back. */
  calendar: boolean
  action: 'drop' | 'postpone'
}
export type CapUnit = 'minute' | 'hour' | 'day' | 'week' | 'month'
export type TouchChannel = 'customer-service' | 'template' | 'subscription' | 'mass'

/** A message that a person got, or may have got. */
export type CapTouch = {
  at: Date
  accountId: string
  channel: TouchChannel
  purpose: 'marketing' | 'service'
}

/** How far a cap is used for a person; `freesAt`: when one more may go, null where it may now. */
export type CapUse = { used: number; freesAt: Date | null }

const MINUTE_MS = 60_000
const UNIT_MS = {
  minute: MINUTE_MS,
  hour: 60 * MINUTE_MS,
  day: 1_440 * MINUTE_MS,
  week: 7 * 1_440 * MINUTE_MS,
  /** Counted back, a month is 30 days. */
  month: 30 * 1_440 * MINUTE_MS,
} as const

/** Whether a message of this account, kind and purpose is asked by the cap; the same says whether one counts in it. */
export const concerns = (cap: Cap, touch: Omit<CapTouch, 'at'>): boolean =>
  (cap.accountId === null || cap.accountId === touch.accountId) &&
  (cap.channel === null || cap.channel === touch.channel) &&
  (cap.purpose === 'any' || touch.purpose === 'marketing')

/** Messages from here on count at `now`: at exactly this instant they do in a calendar window, and no longer in a rolling one. */
export function windowStart(cap: Pick<Cap, 'amount' | 'unit' | 'calendar'>, now: Date): Date {
  if (!cap.calendar) return new Date(now.getTime() - cap.amount * UNIT_MS[cap.unit])
  return periodStart(cap.unit, now, 1 - cap.amount)
}

/** The beginning of the Beijing period that `at` is in, moved on by so many periods. */
function periodStart(unit: CapUnit, at: Date, moved: number): Date {
  const day = beijingDay(at)
  if (unit === 'month') return startOfMonth(movedMonth(beijingMonth(at), moved))
  if (unit === 'week') return startOfDay(addBeijingDays(day, 7 * moved - sinceMonday(day)))
  if (unit === 'day') return startOfDay(addBeijingDays(day, moved))
  const size = UNIT_MS[unit]
  return new Date(Math.floor(at.getTime() / size) * size + moved * size)
}

const sinceMonday = (day: string) => ((beijingDaysBetween('1970-01-05', day) % 7) + 7) % 7

function movedMonth(month: string, by: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const index = year * 12 + number - 1 + by
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`
}

/** How far `touches` (those of one person, in any order) use the cap at `now`. */
export function capUse(cap: Cap, touches: readonly CapTouch[], now: Date): CapUse {
  const from = windowStart(cap, now).getTime()
  const counted = touches
    .filter((touch) => concerns(cap, touch))
    .map((touch) => touch.at.getTime())
    .filter((at) => (cap.calendar ? at >= from : at > from))
    .sort((a, b) => a - b)
  const used = counted.length
  if (used < cap.most) return { used, freesAt: null }
  // when this one has left the window, one less than `most` are in it
  return { used, freesAt: leavesAt(cap, new Date(counted[used - cap.most] as number)) }
}

/** When a message no longer counts. */
export const leavesAt = (cap: Pick<Cap, 'amount' | 'unit' | 'calendar'>, at: Date): Date =>
  cap.calendar
    ? periodStart(cap.unit, at, cap.amount)
    : new Date(at.getTime() + cap.amount * UNIT_MS[cap.unit])

/** No message longer ago than this counts in the cap, whatever its calendar. */
export const capReachMs = ({ amount, unit, calendar }: Pick<Cap, 'amount' | 'unit' | 'calendar'>): number =>
  (calendar && unit === 'month' ? amount * 31 * UNIT_MS.day : amount * UNIT_MS[unit]) + UNIT_MS.day
