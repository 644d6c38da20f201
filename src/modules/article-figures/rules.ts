import { addBeijingDays, beijingDay, startOfDay } from '../../kernel/beijing.ts'

/** E9: the figures of a day are shown from 09:00 of the next; the platform promises them for 08:00 (data cube, 2026-11). */
const LOOK_HOUR = 9
/** E9: the day of sending and the six after it; what changes later is not read any more. */
export const COUNTED_DAYS = 7
/** Looks after the last day that found nothing whole, before what was read has to do. */
const MOST_TRIES = 48

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const morningOf = (day: string): Date => new Date(startOfDay(day).getTime() + LOOK_HOUR * HOUR)

/** When what was sent on this day is read first, and from when on a look is the last. */
export const firstLook = (day: string): Date => morningOf(addBeijingDays(day, 1))
export const lastLook = (day: string): Date => morningOf(addBeijingDays(day, COUNTED_DAYS))
/** The last day whose sums are kept. */
export const lastStatDay = (day: string): string => addBeijingDays(day, COUNTED_DAYS - 1)

/** 09:00 of the day after an instant's: from then on a number that WeChat went on correcting stands. */
export const settledAt = (ended: Date): Date => firstLook(beijingDay(ended))

function nextMorning(now: Date): Date {
  const today = morningOf(beijingDay(now))
  return now < today ? today : morningOf(addBeijingDays(beijingDay(now), 1))
}

/**
 * How a look went: `read` whole, `late` (the day's figures aren't there yet), `calls-used-up` for today, `busy` or `refused`.
 */
export type Outcome = 'read' | 'late' | 'calls-used-up' | 'busy' | 'refused'
type Look = { now: Date; day: string; outcome: Outcome; tries: number }

/** When to look next; null: never again. */
export function afterLook({ now, day, outcome, tries }: Look): { dueAt: Date | null; tries: number } {
  const isOver = now >= lastLook(day)
  if (outcome === 'read') return { dueAt: isOver ? null : nextMorning(now), tries: 0 }
  const failed = tries + 1
  return { dueAt: isOver && failed >= MOST_TRIES ? null : lookAgain({ now, outcome, failed }), tries: failed }
}

type Failed = { now: Date; outcome: Exclude<Outcome, 'read'>; failed: number }

function lookAgain({ now, outcome, failed }: Failed): Date {
  const after = (ms: number): Date => new Date(now.getTime() + ms)
  if (outcome === 'calls-used-up')
    return new Date(startOfDay(addBeijingDays(beijingDay(now), 1)).getTime() + 5 * MINUTE)
  if (outcome === 'refused') return after(HOUR)
  if (outcome === 'busy') return after(Math.min(2 ** failed, 30) * MINUTE)
  return new Date(Math.max(after(30 * MINUTE).getTime(), morningOf(beijingDay(now)).getTime()))
}
