import { MAX_MINUTES, MIN_MINUTES, type RecallTiming } from '../schema/rule.ts'

const MINUTE_MS = 60_000
export const WINDOW_MS = MAX_MINUTES * MINUTE_MS
/** WeChat tells an act up to three times within 15 s: a moment nearer to its act than this waits for it. */
export const TOLD_BY_MS = 20_000
/** A message that is handed over in the last moments of a window may come after it. */
export const SPARE_MS = 30_000

export const isInRange = ({ minutes }: RecallTiming): boolean =>
  minutes >= MIN_MINUTES && minutes <= MAX_MINUTES

/** From a fan's last act to the moment, in milliseconds: both readings are this one number. */
export const offsetOf = ({ minutes, reading }: RecallTiming): number =>
  (reading === 'before-end' ? MAX_MINUTES - minutes : minutes) * MINUTE_MS

/** 触发时刻 of a silence that began with this act. */
export const momentOf = (rule: RecallTiming, lastAct: Date): Date =>
  new Date(lastAct.getTime() + offsetOf(rule))

/**
 * What the ends of the range come to: right after each act, in the middle of a conversation; or when the 48 hours are over and
 * nothing may be sent any more.
 */
export function degenerate(rule: RecallTiming): 'recall_at_once' | 'recall_too_late' | null {
  const offset = offsetOf(rule)
  if (offset === 0) return 'recall_at_once'
  return offset >= WINDOW_MS ? 'recall_too_late' : null
}

/** An act of today and what follows from it, for the sentence in the form. */
export function exampleOf(rule: RecallTiming, lastAct: Date): { lastAct: Date; moment: Date; end: Date } {
  return { lastAct, moment: momentOf(rule, lastAct), end: new Date(lastAct.getTime() + WINDOW_MS) }
}
