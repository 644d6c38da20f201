import { addDays, dayOf, daysBetween, hourOf, isDay, startOfDay } from '../../calendar.ts'
import type { Account } from '../account.ts'
import { type Call, text } from '../call.ts'
import { refuse } from '../refusal.ts'

/** The day's figures are there from 08:00 of the next. */
const READY_HOUR = 8

export type Range = { begin: string; end: string }

/** `begin_date` and `end_date` of a data cube call: 61500 badly written, 61501 out of range, 61503 not ready. */
export function readRange(body: Call['body'], maxDays: number, now: Date): Range {
  const begin = text(body, 'begin_date', 61500)
  const end = text(body, 'end_date', 61500)
  if (!isDay(begin) || !isDay(end)) refuse(61500)
  const yesterday = addDays(dayOf(now), -1)
  if (begin > end || daysBetween(begin, end) + 1 > maxDays || end > yesterday) refuse(61501)
  if (end === yesterday && hourOf(now) < READY_HOUR) refuse(61503)
  return { begin, end }
}

/** The last day there are figures of. */
export const readyDay = (now: Date): string => addDays(dayOf(now), hourOf(now) < READY_HOUR ? -2 : -1)

/** Yesterday, where its figures are late and it isn't yet the hour they come. */
export function lateDay({ settings }: Pick<Account, 'settings'>, now: Date): string | undefined {
  const { statisticsDelay: delay } = settings
  const yesterday = addDays(dayOf(now), -1)
  if (!delay || (delay.days && !delay.days.includes(yesterday))) return undefined
  const since = startOfDay(dayOf(now)).getTime()
  const [hour = 24, minute = 0] = delay.until?.split(':').map(Number) ?? []
  return now.getTime() < since + (hour * 60 + minute) * 60_000 ? yesterday : undefined
}
