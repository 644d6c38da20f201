import { beijingDay, nextBeijingDay } from '../../../kernel/beijing.ts'

/** So many messages, none of them before `at`. */
export type Release = { at: Date; count: number }
export type Pace = {
  perMinute: number
  /** Calls left on the Beijing day that it begins on, and on each after it. */
  leftToday: number
  perDay: number
}
export type Finish = {
  /** Null where the day's calls never suffice. */
  at: Date | null
  /** Beijing days on which something goes. */
  days: number
}

const MINUTE_MS = 60_000
/** Longer than ten years is never. */
const MOST_DAYS = 3_660

/** When the last of these has gone, at a rate and within each day's calls. */
export function finishOf(
  releases: readonly Release[],
  begins: Date,
  { perMinute, leftToday, perDay }: Pace,
): Finish {
  const msEach = MINUTE_MS / perMinute
  let now = begins.getTime()
  let day = beijingDay(begins)
  let left = leftToday
  const days = new Set<string>()
  for (const release of releases.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    now = Math.max(now, release.at.getTime())
    for (let count = release.count; count > 0; ) {
      const today = beijingDay(new Date(now))
      if (today !== day) left = perDay
      day = today
      const ends = nextBeijingDay(new Date(now)).getTime()
      const going = Math.min(count, left, Math.max(1, Math.floor((ends - now) / msEach)))
      if (going > 0) days.add(day)
      count -= going
      left -= going
      now += going * msEach
      if (count === 0) break
      if (days.size > MOST_DAYS || (perDay <= 0 && left <= 0)) return { at: null, days: days.size }
      now = Math.max(now, ends)
    }
  }
  return { at: new Date(Math.ceil(now)), days: days.size }
}
