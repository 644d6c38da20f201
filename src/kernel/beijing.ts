/**
 * The calendar of every quota and date of the platform. Beijing has kept one offset without summer time since 1991,
 * so fixed arithmetic is exact and needs no time-zone data, also in browsers.
 */
const OFFSET_MS = 8 * 3_600_000
const DAY_MS = 86_400_000

/** `2026-11-21` */
export type BeijingDay = string
/** `2026-11` */
export type BeijingMonth = string

const wallClock = (instant: Date): string => new Date(instant.getTime() + OFFSET_MS).toISOString()

export const beijingDay = (instant: Date): BeijingDay => wallClock(instant).slice(0, 10)
export const beijingMonth = (instant: Date): BeijingMonth => wallClock(instant).slice(0, 7)

/** `2026-11-21 09:05`, for people. */
export const beijingMinute = (instant: Date): string => wallClock(instant).slice(0, 16).replace('T', ' ')

/** Whole hour of the day, 0 to 23. */
export const beijingHour = (instant: Date): number => Number(wallClock(instant).slice(11, 13))

/** The instant at which this Beijing day begins. */
export const startOfDay = (day: BeijingDay): Date => new Date(`${day}T00:00:00+08:00`)
export const startOfMonth = (month: BeijingMonth): Date => new Date(`${month}-01T00:00:00+08:00`)

export const startOfBeijingDay = (instant: Date): Date => startOfDay(beijingDay(instant))
export const startOfBeijingMonth = (instant: Date): Date => startOfMonth(beijingMonth(instant))

/** The midnight after this instant: when day quotas come back. */
export const nextBeijingDay = (instant: Date): Date => new Date(startOfBeijingDay(instant).getTime() + DAY_MS)

/** The first midnight of the month after: when month quotas come back. */
export const nextBeijingMonth = (instant: Date): Date => startOfMonth(monthAfter(beijingMonth(instant)))

export function monthAfter(month: BeijingMonth): BeijingMonth {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
}

/** The day so many days later, or earlier for a negative number. */
export const addBeijingDays = (day: BeijingDay, days: number): BeijingDay =>
  beijingDay(new Date(startOfDay(day).getTime() + days * DAY_MS))

/** Whole days from one day to another, negative when the second is earlier. */
export const beijingDaysBetween = (from: BeijingDay, to: BeijingDay): number =>
  (startOfDay(to).getTime() - startOfDay(from).getTime()) / DAY_MS
