import { Temporal } from 'temporal-polyfill'

/** 免打扰时段: minutes of the day in a time zone; over midnight where it ends before it begins. */
export type Quiet = {
  fromMinute: number
  /** The first minute in which messages go again. */
  untilMinute: number
  zone: string
  action: 'drop' | 'postpone'
}

const isQuietMinute = ({ fromMinute, untilMinute }: Quiet, minute: number): boolean =>
  fromMinute < untilMinute
    ? minute >= fromMinute && minute < untilMinute
    : minute >= fromMinute || minute < untilMinute

/**
 * When a quiet time that `now` lies in is over, null where it lies in none. Minutes are those that clocks of the zone show:
 * when they are put forward over the end, it is over then; when an hour comes twice, its quiet minutes do too.
 */
export function quietUntil(quiet: Quiet, now: Date): Date | null {
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(quiet.zone)
  const minute = local.hour * 60 + local.minute
  if (!isQuietMinute(quiet, minute)) return null
  const day = minute < quiet.untilMinute ? local : local.add({ days: 1 })
  const end = day.with({
    hour: Math.floor(quiet.untilMinute / 60),
    minute: quiet.untilMinute % 60,
    second: 0,
    millisecond: 0,
    microsecond: 0,
    nanosecond: 0,
  })
  const change = local.getTimeZoneTransition('next')
  const changed = change !== null && change.epochMilliseconds < end.epochMilliseconds ? change : null
  if (changed !== null && !isQuietMinute(quiet, changed.hour * 60 + changed.minute))
    return new Date(changed.epochMilliseconds)
  return new Date(end.epochMilliseconds)
}

/** Answers by the minute: zones differ by whole minutes, so all instants of one have the same. */
const answers = new WeakMap<Quiet, Map<number, Date | null>>()
const MOST_ANSWERS = 150_000
const MINUTE_MS = 60_000

/** {@link quietUntil}, cheap where the same quiet time is asked about again and again. */
export function quietUntilOf(quiet: Quiet, now: Date): Date | null {
  const minute = Math.floor(now.getTime() / MINUTE_MS)
  let known = answers.get(quiet)
  if (known === undefined || known.size > MOST_ANSWERS) {
    known = new Map()
    answers.set(quiet, known)
  }
  const answer = known.get(minute)
  if (answer !== undefined) return answer
  const until = quietUntil(quiet, now)
  known.set(minute, until)
  return until
}
