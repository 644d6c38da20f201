import { expect, test } from 'vitest'
import type { RecallTiming } from '../schema/rule.ts'
import { degenerate, exampleOf, isInRange, momentOf, offsetOf } from './time.ts'

const MINUTE = 60_000
const before = (minutes: number): RecallTiming => ({ minutes, reading: 'before-end' })
const after = (minutes: number): RecallTiming => ({ minutes, reading: 'after-silence' })

test.each([
  [9, false, 2_871, 9],
  [10, true, 2_870, 10],
  [11, true, 2_869, 11],
  [2_879, true, 1, 2_879],
  [2_880, true, 0, 2_880],
  [2_881, false, -1, 2_881],
])('C2: %i minutes: allowed %s; %i after the act as read from the end, %i as silence', (x, ok, b, a) => {
  expect(isInRange(before(x))).toBe(ok)
  expect(isInRange(after(x))).toBe(ok)
  expect(offsetOf(before(x))).toBe(b * MINUTE)
  expect(offsetOf(after(x))).toBe(a * MINUTE)
})

test('C2: 2,880 minutes are right after the act in one reading and never in the other; nothing else is', () => {
  expect([10, 11, 1_440, 2_879].flatMap((x) => [degenerate(before(x)), degenerate(after(x))])).toEqual(
    Array(8).fill(null),
  )
  expect(degenerate(before(2_880))).toBe('recall_at_once')
  expect(degenerate(after(2_880))).toBe('recall_too_late')
})

test('C2: from 10 to 20 minutes before the end is ten minutes earlier, as the manual says', () => {
  const act = new Date('2026-11-21T09:00:00+08:00')
  expect(momentOf(before(10), act)).toEqual(new Date('2026-11-23T08:50:00+08:00'))
  expect(momentOf(before(20), act)).toEqual(new Date('2026-11-23T08:40:00+08:00'))
  expect(momentOf(after(20), act)).toEqual(new Date('2026-11-21T09:20:00+08:00'))
  expect(exampleOf(before(10), act).end).toEqual(new Date('2026-11-23T09:00:00+08:00'))
})
