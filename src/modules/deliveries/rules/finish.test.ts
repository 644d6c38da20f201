import { expect, test } from 'vitest'
import { finishOf } from './finish.ts'

const at = (text: string) => new Date(`${text}+08:00`)
const begins = at('2026-11-30T20:00:00')
const pace = { perMinute: 600, leftToday: 1_000_000, perDay: 1_000_000 }

test('a rate alone: 6,000 at 600 a minute take ten minutes', () => {
  expect(finishOf([{ at: begins, count: 6_000 }], begins, pace)).toEqual({
    at: at('2026-11-30T20:10:00'),
    days: 1,
  })
})

test('what the day has no calls for goes after Beijing’s midnight', () => {
  const short = { ...pace, leftToday: 600 }
  expect(finishOf([{ at: begins, count: 1_200 }], begins, short)).toEqual({
    at: at('2026-12-01T00:01:00'),
    days: 2,
  })
  expect(finishOf([{ at: begins, count: 600 }], begins, short)).toEqual({
    at: at('2026-11-30T20:01:00'),
    days: 1,
  })
})

test('people who wait go when their time comes', () => {
  const releases = [
    { at: at('2026-12-01T08:00:00'), count: 600 },
    { at: begins, count: 600 },
  ]
  expect(finishOf(releases, begins, pace).at).toEqual(at('2026-12-01T08:01:00'))
})

test('several days: 2,500 with 1,000 a day end on the third', () => {
  const finish = finishOf([{ at: begins, count: 2_500 }], begins, {
    perMinute: 60_000,
    leftToday: 1_000,
    perDay: 1_000,
  })
  expect(finish.days).toBe(3)
  expect(finish.at?.getTime()).toBe(at('2026-12-02T00:00:00').getTime() + 500)
})

test('no calls on any day: never; nobody: at once', () => {
  expect(
    finishOf([{ at: begins, count: 1 }], begins, { perMinute: 60, leftToday: 0, perDay: 0 }).at,
  ).toBeNull()
  expect(finishOf([], begins, pace)).toEqual({ at: begins, days: 0 })
})
