import { addBeijingDays, beijingDay, startOfDay } from '../../../kernel/beijing.ts'
import { lastStatDay } from '../../article-figures/index.ts'
import { earliestRest } from '../rules/tests.ts'
import type { TestPlan } from '../schema.ts'

const HOUR = 3_600_000
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
