import type { RecallTiming } from '../schema/rule.ts'
import { momentOf } from './time.ts'

/** What is known of somebody whose moment has come. */
export type AtMoment = {
  lastAct: Date
  following: boolean
  inAudience: boolean
  /** Carries a tag that is left out. */
  excluded: boolean
  /** Of the acts of each kind, until when they allow messages and how many more. */
  windows: readonly { expiresAt: Date; left: number }[]
}

/** Why nobody is planned: these people are counted, not named. */
export const PASSES = ['not_following', 'excluded', 'not_in_tags', 'no_window', 'window_used_up'] as const
export type Pass = (typeof PASSES)[number]
export type Outcome = { candidate: true; until: Date } | { candidate: false; why: Pass }

/**
 * Whether somebody whose moment has come is to be written to: in the tags, and with a window that is open at that moment. `until`
 * is when that window ends. Down-time between the moment and now doesn't count here: who could have been reached then gets a
 * row, and its reason if nothing may be sent any more.
 */
export function outcomeAtMoment(rule: RecallTiming, known: AtMoment): Outcome {
  const pass = (why: Pass): Outcome => ({ candidate: false, why })
  if (!known.following) return pass('not_following')
  if (known.excluded) return pass('excluded')
  if (!known.inAudience) return pass('not_in_tags')
  const moment = momentOf(rule, known.lastAct)
  const open = known.windows.filter(({ expiresAt }) => expiresAt > moment)
  if (open.length === 0) return pass('no_window')
  const free = open.filter(({ left }) => left > 0)
  if (free.length === 0) return pass('window_used_up')
  return { candidate: true, until: new Date(Math.max(...free.map(({ expiresAt }) => expiresAt.getTime()))) }
}
