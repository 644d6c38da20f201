import { addBeijingDays, beijingDay, startOfDay } from '../../../kernel/beijing.ts'
import { type GroupAudience, type Path, type TestDraft, WHOLE } from '../schema.ts'
import { FARTHEST_DAYS } from './times.ts'

const HOUR = 3_600_000
/** 004 §3.1: a test group goes out an hour ahead at the earliest. */
export const TEST_AHEAD_MS = HOUR
/** 004 §3.1: the rest at 10:00 of the day after the latest test group at the earliest: figures of a day come in the next morning. */
const REST_HOUR = 10
export const MOST_ARMS = 100

export const earliestTest = (now: Date): Date => new Date(now.getTime() + TEST_AHEAD_MS)

/** 10:00 in Beijing of the day after the latest of these. */
export function earliestRest(sendAts: readonly Date[]): Date {
  const latest = new Date(Math.max(...sendAts.map((at) => at.getTime())))
  return new Date(startOfDay(addBeijingDays(beijingDay(latest), 1)).getTime() + REST_HOUR * HOUR)
}

type Tested = { audience: GroupAudience; path: Path; holdout: number; test: TestDraft | null }
export type TestProblem =
  | 'holdout_needs_list'
  | 'test_needs_list'
  | 'test_needs_groups'
  | 'test_needs_articles'
  | 'test_leaves_nobody'

/** Why a group can't be tested or have a hold-out as it is; null where it can. */
export function testProblem({ audience, path, holdout, test }: Tested): TestProblem | null {
  if (test !== null) {
    if (audience.kind === 'all' || audience.kind === 'remaining') return 'test_needs_groups'
    if (path !== 'list') return 'test_needs_list'
    if (test.variants.some(({ content }) => content.kind !== 'articles')) return 'test_needs_articles'
    if (test.variants.reduce((sum, { share }) => sum + share, 0) >= WHOLE) return 'test_leaves_nobody'
  }
  return holdout > 0 && path !== 'list' ? 'holdout_needs_list' : null
}

type Times = { variants: readonly Date[]; restAt: Date }
export type TestTimeProblem = {
  reason: 'test_too_soon' | 'rest_too_soon' | 'time_too_far'
  /** The time that is wrong, and the first that would do. */
  at: Date
  earliest: Date
}

/** The first time of a test that can't hold; null where all can. */
export function testTimeProblem({ variants, restAt }: Times, now: Date): TestTimeProblem | null {
  const soonest = earliestTest(now)
  const early = variants.find((at) => at < soonest)
  if (early !== undefined) return { reason: 'test_too_soon', at: early, earliest: soonest }
  const rest = earliestRest(variants)
  if (restAt < rest) return { reason: 'rest_too_soon', at: restAt, earliest: rest }
  const far = restAt.getTime() - now.getTime() > FARTHEST_DAYS * 24 * HOUR
  return far ? { reason: 'time_too_far', at: restAt, earliest: rest } : null
}

/** A, B, … of the variants of a group, by their place in it. */
export const letterOf = (place: number): string => String.fromCharCode(65 + place)
