import { afterEach, describe, expect, test } from 'vitest'
import type { GroupAudience, TestDraft } from '../schema.ts'
import { earliestRest, letterOf, testProblem, testTimeProblem } from './tests.ts'

const at = (text: string) => new Date(`2026-12-${text}+08:00`)
const MINUTE = 60_000
const own = process.env['TZ']
afterEach(() => {
  process.env['TZ'] = own
})

describe.each(['Asia/Shanghai', 'America/Los_Angeles', 'Pacific/Kiritimati'])('in %s', (zone) => {
  test('E4: a test group goes an hour ahead at the earliest', () => {
    process.env['TZ'] = zone
    const now = at('01T12:00:00')
    const restAt = at('02T10:00:00')
    const ask = (ms: number) =>
      testTimeProblem({ variants: [at('01T15:00:00'), new Date(now.getTime() + ms)], restAt }, now)
    expect(ask(60 * MINUTE)).toBeNull()
    expect(ask(60 * MINUTE - 1)).toEqual({
      reason: 'test_too_soon',
      at: new Date(now.getTime() + 60 * MINUTE - 1),
      earliest: at('01T13:00:00'),
    })
  })

  test('E4: the rest goes at 10:00 of the day after the latest test group at the earliest, by Beijing days', () => {
    process.env['TZ'] = zone
    const now = at('01T08:00:00')
    const ask = (latest: Date, restAt: Date) =>
      testTimeProblem({ variants: [at('01T10:00:00'), latest], restAt }, now)?.reason
    expect(ask(at('01T23:59:59'), at('02T10:00:00'))).toBeUndefined()
    expect(ask(at('01T23:59:59'), at('02T09:59:59'))).toBe('rest_too_soon')
    expect(ask(at('02T00:00:00'), at('02T10:00:00'))).toBe('rest_too_soon')
    expect(ask(at('02T00:00:00'), at('03T10:00:00'))).toBeUndefined()
    expect(earliestRest([at('02T00:00:00'), at('01T10:00:00')])).toEqual(at('03T10:00:00'))
  })
})

test('E4: the rest goes within ninety days', () => {
  const now = at('01T08:00:00')
  const ask = (ms: number) =>
    testTimeProblem({ variants: [at('01T10:00:00')], restAt: new Date(now.getTime() + ms) }, now)?.reason
  expect(ask(90 * 24 * 60 * MINUTE)).toBeUndefined()
  expect(ask(90 * 24 * 60 * MINUTE + 1)).toBe('time_too_far')
})

const ARTICLES = { kind: 'articles' as const, articles: [] }
const drafted = (
  shares: number[],
  content: TestDraft['variants'][number]['content'] = ARTICLES,
): TestDraft => ({
  restAt: at('02T10:00:00').toISOString(),
  unsure: null,
  missing: { afterHours: 24, do: 'ask' },
  variants: shares.map((share) => ({ share, sendAt: at('01T10:00:00').toISOString(), content })),
})
const CHOSEN: GroupAudience = { kind: 'segments', include: ['1'], exclude: [] }
const GROUP = { audience: CHOSEN, path: 'list' as const, holdout: 0, test: drafted([2_000, 3_000]) }

test('E4: only chosen people by list, only articles, and a rest is left', () => {
  expect(testProblem(GROUP)).toBeNull()
  expect(testProblem({ ...GROUP, audience: { kind: 'all' } })).toBe('test_needs_groups')
  expect(testProblem({ ...GROUP, audience: { kind: 'remaining' } })).toBe('test_needs_groups')
  expect(testProblem({ ...GROUP, audience: { kind: 'tag', tagId: 1 }, path: 'tag' })).toBe('test_needs_list')
  expect(testProblem({ ...GROUP, test: drafted([1_000, 1_000], { kind: 'text', text: 'x' }) })).toBe(
    'test_needs_articles',
  )
  expect(testProblem({ ...GROUP, test: drafted([5_000, 4_999]) })).toBeNull()
  expect(testProblem({ ...GROUP, test: drafted([5_000, 5_000]) })).toBe('test_leaves_nobody')
})

test('G6: a hold-out needs the exact path, because by tag and to all WeChat chooses', () => {
  const plain = { audience: { kind: 'all' } as const, test: null, holdout: 500 }
  expect(testProblem({ ...plain, path: 'list' })).toBeNull()
  expect(testProblem({ ...plain, path: 'all' })).toBe('holdout_needs_list')
  expect(testProblem({ ...plain, path: 'all', holdout: 0 })).toBeNull()
})

test('E4: variants are called by letters', () => {
  expect([0, 1, 9].map(letterOf)).toEqual(['A', 'B', 'J'])
})
