import { expect, test } from 'vitest'
import type { ActiveHours } from '../schema.ts'
import { isActive } from './hours.ts'
import { createLoopGuard, MOST_ANSWERS_A_MINUTE } from './loop-guard.ts'
import { withoutClosingMarks } from './normalise.ts'

const beijing = (text: string) => new Date(`${text}+08:00`)
const span = (changes: Partial<ActiveHours[number]> = {}): ActiveHours => [
  { days: [1, 2, 3, 4, 5], fromMinute: 540, untilMinute: 1_080, zone: 'Asia/Shanghai', ...changes },
]

test.each([
  ['2026-11-20T09:00:00', true, 'Friday, when it begins'],
  ['2026-11-20T08:59:59', false, 'the second before'],
  ['2026-11-20T17:59:59', true, 'the last second'],
  ['2026-11-20T18:00:00', false, 'when it is over'],
  ['2026-11-21T12:00:00', false, 'Saturday'],
])('C4: from nine to six on working days at %s: %j (%s)', (at, active) => {
  expect(isActive(span(), beijing(at))).toBe(active)
})

test.each([
  ['2026-11-20T23:00:00', true, 'Friday night'],
  ['2026-11-21T01:59:59', true, 'Saturday morning belongs to it'],
  ['2026-11-21T02:00:00', false, 'when it is over'],
  ['2026-11-20T01:00:00', false, 'Friday morning belongs to Thursday'],
  ['2026-11-21T23:00:00', false, 'Saturday night'],
])('C4: over the midnight of Friday at %s: %j (%s)', (at, active) => {
  expect(isActive(span({ days: [5], fromMinute: 1_320, untilMinute: 120 }), beijing(at))).toBe(active)
})

test('C4: hours are those of their zone; none means always; any of several is enough', () => {
  const newYork = span({ zone: 'America/New_York' })
  expect(isActive(newYork, new Date('2026-11-20T14:00:00Z'))).toBe(true)
  expect(isActive(newYork, new Date('2026-11-20T13:59:59Z'))).toBe(false)
  expect(isActive([], beijing('2026-11-21T03:00:00'))).toBe(true)
  const two = [...span(), ...span({ days: [6], fromMinute: 0, untilMinute: 1_440 })]
  expect(isActive(two, beijing('2026-11-21T23:59:59'))).toBe(true)
})

test('a recognised voice message is read without the marks at its end', () => {
  expect(withoutClosingMarks('优惠。')).toBe('优惠')
  expect(withoutClosingMarks('有 优惠 吗？！ ')).toBe('有 优惠 吗')
  expect(withoutClosingMarks('一，二')).toBe('一，二')
})

test('a fan is answered so often a minute and not once more; the same push again counts once', () => {
  const guard = createLoopGuard()
  for (let n = 0; n < MOST_ANSWERS_A_MINUTE; n += 1) expect(guard.allows('a', `${n}`, n)).toBe(true)
  expect(guard.allows('a', 'more', 100)).toBe(false)
  expect(guard.allows('a', '3', 100), 'the platform’s second try').toBe(true)
  expect(guard.allows('b', 'first', 100), 'somebody else').toBe(true)
  expect(guard.allows('a', 'later', 59_999)).toBe(false)
  expect(guard.allows('a', 'later', 60_000)).toBe(true)
})
