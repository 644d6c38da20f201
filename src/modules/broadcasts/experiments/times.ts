import { addBeijingDays, beijingDay, startOfDay } from '../../../kernel/beijing.ts'
import { lastStatDay } from '../../article-figures/index.ts'
import { earliestRest } from '../rules/tests.ts'
import type { TestPlan } from '../schema.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
/** Variants on their way, and figures nobody expects, are looked at again after this. */
const IDLE_MS = 10 * MINUTE
/** Figures that are being read are there by then. */
const READING_MS = 3 * MINUTE
const NOON = 12

/** When the rest is decided: as planned, or later where a variant really went out later. */
export const decidesAt = (planned: Date, started: readonly Date[]): Date =>
  started.length === 0 ? planned : new Date(Math.max(planned.getTime(), earliestRest(started).getTime()))

/** From then on missing figures are not waited for. */
export const givesUpAt = (decides: Date, { missing }: TestPlan): Date =>
  new Date(decides.getTime() + missing.afterHours * HOUR)

/**
 * The last day in the figures: the one before the decision, so whoever looks later decides by the same; never later
 * than WeChat's counts of the first variant are read.
 */
export function statDayOf(decides: Date, started: readonly Date[]): string {
  const before = addBeijingDays(beijingDay(decides), -1)
  const last = started.map((at) => lastStatDay(beijingDay(at))).sort()[0]
  return last !== undefined && last < before ? last : before
}

/** WeChat leaves out what nobody read: from noon of the next day on an article that is not in the figures has no reader. */
export const absentIsZeroFrom = (statDay: string): Date =>
  new Date(startOfDay(addBeijingDays(statDay, 1)).getTime() + NOON * HOUR)

/** When to look again at what has to wait: right after figures are read next, and when waiting is over. */
export function lookAgainAt(now: Date, seen: { readsAt: Date | null; givesUpAt: Date }): Date {
  const { readsAt, givesUpAt: end } = seen
  const reading = readsAt === null ? null : Math.max(readsAt.getTime() + 1_000, now.getTime() + READING_MS)
  const again = Math.min(reading ?? Number.POSITIVE_INFINITY, now.getTime() + IDLE_MS)
  return new Date(end > now ? Math.min(again, end.getTime()) : again)
}
