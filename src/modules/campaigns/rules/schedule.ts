import { Cron } from 'croner'
import { Temporal } from 'temporal-polyfill'
import { durationMs } from '../../segments/schema.ts'
import type { Reach, RepeatTrigger, Schedule } from '../schema/plan.ts'
import { isDayOff, isHoliday } from './holidays.ts'

/** Days looked through for a next run: eight years, so that 29 February is found. */
const MAX_DAYS = 8 * 366
const CRON = { mode: '5-part', timezone: 'UTC', paused: true, domAndDow: false } as const

/** Why a schedule can't be read; null where it can. */
export function scheduleProblem(schedule: Schedule): string | null {
  if (schedule.kind !== 'cron') {
    if (schedule.times.length === 0) return 'schedule_without_times'
    return schedule.kind !== 'daily' && schedule.days.length === 0 ? 'schedule_without_days' : null
  }
  return readCron(schedule.expression) === undefined ? 'cron_unreadable' : null
}

function readCron(expression: string): Cron | undefined {
  // names of instants like @daily, and years or seconds, are none of the five fields
  if (!/^\S+( +\S+){4}$/.test(expression.trim())) return undefined
  try {
    return new Cron(expression.trim(), CRON)
  } catch {
    return undefined
  }
}

/** What a schedule is asked with. */
export type Calendar = Pick<RepeatTrigger, 'schedule' | 'zone' | 'holidays' | 'skipDays'> & {
  /** The first instant that may be a run, and the last. */
  from: Date | null
  until: Date | null
}

export const calendarOf = (trigger: RepeatTrigger): Calendar => ({
  schedule: trigger.schedule,
  zone: trigger.zone,
  holidays: trigger.holidays,
  skipDays: trigger.skipDays,
  from: trigger.from === null ? null : new Date(trigger.from),
  until: trigger.until === null ? null : new Date(trigger.until),
})

/**
 * The next runs later than `after`, in order, each once; empty where none is left. Depends on nothing but its arguments and
 * the machine's time-zone data.
 */
export function nextRuns(calendar: Calendar, after: Date, most: number): Date[] {
  const { from, until } = calendar
  const start = from !== null && from.getTime() > after.getTime() ? from.getTime() - 1 : after.getTime()
  const end = until?.getTime() ?? Number.POSITIVE_INFINITY
  const runs: number[] = []
  for (const at of instants(calendar, start)) {
    if (at > end || runs.length >= most) break
    runs.push(at)
  }
  return runs.map((at) => new Date(at))
}

/** Of instants in (after, to], those that are runs: what was missed meanwhile, the oldest first, at most `most`. */
export const runsBetween = (calendar: Calendar, after: Date, to: Date, most: number): Date[] =>
  nextRuns(
    { ...calendar, until: calendar.until !== null && calendar.until < to ? calendar.until : to },
    after,
    most,
  )

/** A change of the clocks can swap the times of two days' ends, never of days further apart: one day is held back. */
function* instants(calendar: Calendar, after: number): Generator<number> {
  let held: number[] = []
  let last = after
  for (const { day, times } of days(calendar, after)) {
    const ready = [...held, ...times.map((time) => instantOf(`${day}T${time}`, calendar.zone))].sort(
      (a, b) => a - b,
    )
    held = []
    const bound = instantOf(`${day}T00:00`, calendar.zone)
    for (const at of ready) {
      if (at >= bound) held.push(at)
      else if (at > last) {
        last = at
        yield at
      }
    }
  }
  for (const at of held)
    if (at > last) {
      last = at
      yield at
    }
}

function isLeftOut({ holidays, skipDays }: Calendar, day: string): boolean {
  if (skipDays.includes(day)) return true
  return holidays === 'skip-holidays' ? isHoliday(day) : holidays === 'skip-days-off' && isDayOff(day)
}

/** Days that may have runs with the clock times of each, from the day before on. Days of a cron without runs are jumped over. */
function* days(calendar: Calendar, after: number): Generator<{ day: string; times: string[] }> {
  const { schedule, zone } = calendar
  const start = Temporal.Instant.fromEpochMilliseconds(Math.floor(after))
    .toZonedDateTimeISO(zone)
    .toPlainDate()
  const first = start.subtract({ days: 1 })
  const last = first.add({ days: MAX_DAYS })
  if (schedule.kind === 'cron') {
    yield* cronDays(schedule.expression, calendar, first, last)
    return
  }
  const times = [...new Set(schedule.times)].sort()
  for (let day = first; Temporal.PlainDate.compare(day, last) < 0; day = day.add({ days: 1 }))
    yield {
      day: day.toString(),
      times: fallsOn(schedule, day) && !isLeftOut(calendar, day.toString()) ? times : [],
    }
}

function fallsOn(schedule: Exclude<Schedule, { kind: 'cron' }>, day: Temporal.PlainDate): boolean {
  switch (schedule.kind) {
    case 'daily':
      return true
    case 'weekly':
      return schedule.days.includes(day.dayOfWeek)
    case 'monthly':
      return (
        schedule.days.includes(day.day) || (schedule.days.includes('last') && day.day === day.daysInMonth)
      )
  }
}

/** The expression is asked in UTC about clock times, which only then become instants: changes of the clocks are ours to read. */
function* cronDays(
  expression: string,
  calendar: Calendar,
  first: Temporal.PlainDate,
  last: Temporal.PlainDate,
): Generator<{ day: string; times: string[] }> {
  const cron = readCron(expression)
  let before = new Date(new Date(`${first.toString()}T00:00:00Z`).getTime() - 1)
  let open: { day: string; times: string[] } | undefined
  while (cron !== undefined) {
    const next = cron.nextRun(before)
    const wall = next?.toISOString()
    if (next === null || wall === undefined || wall.slice(0, 10) >= last.toString()) break
    const day = wall.slice(0, 10)
    if (open !== undefined && open.day !== day) {
      yield open
      open = undefined
    }
    if (open === undefined && isLeftOut(calendar, day)) {
      // its minutes are not looked at one by one: there may be years of such days
      before = new Date(`${day}T23:59:59Z`)
      continue
    }
    open ??= { day, times: [] }
    open.times.push(wall.slice(11, 16))
    before = next
  }
  if (open !== undefined) yield open
}

/** A clock time of a zone as an instant. One that is left out is read by the old clocks; of two, the first. */
const instantOf = (wall: string, zone: string): number =>
  Temporal.PlainDateTime.from(wall).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds

/**
 * 触达时间: when somebody whose turn came at `base` is reached. A clock time of today that is over is tomorrow's; one that
 * has passed since (a fact that came in late) is the next time of that hour after `now`, never another hour.
 */
export function reachAt(reach: Reach, base: Date, now: Date): Date {
  switch (reach.kind) {
    case 'now':
      return base
    case 'delay':
      return new Date(base.getTime() + durationMs(reach.length))
    case 'clock': {
      const chosen = clockAfter(reach, base, reach.daysLater)
      return chosen < now ? clockAfter(reach, now, 0) : chosen
    }
  }
}

function clockAfter({ time, zone }: Extract<Reach, { kind: 'clock' }>, base: Date, daysLater: number): Date {
  const today = Temporal.Instant.fromEpochMilliseconds(base.getTime()).toZonedDateTimeISO(zone).toPlainDate()
  const on = (days: number) => new Date(instantOf(`${today.add({ days }).toString()}T${time}`, zone))
  const chosen = on(daysLater)
  return chosen < base ? on(daysLater + 1) : chosen
}
