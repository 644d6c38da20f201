import { Temporal } from 'temporal-polyfill'
import type { ActiveHours } from '../schema.ts'

type Span = ActiveHours[number]

/** Whether a rule answers at an instant: always where it names no hours. A span over midnight belongs to the day it begins on. */
export function isActive(hours: ActiveHours, at: Date): boolean {
  return hours.length === 0 || hours.some((span) => covers(span, at))
}

function covers({ days, fromMinute, untilMinute, zone }: Span, at: Date): boolean {
  const { day, minute } = localTime(zone, at)
  if (fromMinute < untilMinute) return days.includes(day) && minute >= fromMinute && minute < untilMinute
  const before = day === 1 ? 7 : day - 1
  return (days.includes(day) && minute >= fromMinute) || (days.includes(before) && minute < untilMinute)
}

type Local = { day: number; minute: number }
const known = new Map<string, { at: number; local: Local }>()

/** Day of the week and minute of the day by the clocks of a zone; asked for the same minute again and again. */
function localTime(zone: string, at: Date): Local {
  const minuteOfAll = Math.floor(at.getTime() / 60_000)
  const last = known.get(zone)
  if (last?.at === minuteOfAll) return last.local
  const there = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone)
  const local = { day: there.dayOfWeek, minute: there.hour * 60 + there.minute }
  known.set(zone, { at: minuteOfAll, local })
  return local
}
