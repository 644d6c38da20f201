import { addDays, dayOf, daysBetween, hourOf, isDay } from '../../calendar.ts'
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
