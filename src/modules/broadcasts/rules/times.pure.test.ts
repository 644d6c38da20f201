import { expect, test } from 'vitest'
import { armState, broadcastState } from '../schema.ts'
import { dueAt, isWaiting, sendAtOf, timeProblem } from './times.ts'

const NOW = new Date('2026-11-21T02:00:00.000Z')
const in_ = (ms: number) => new Date(NOW.getTime() + ms)
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

test.each([
  [null, null],
  [0, 'time_passed'],
  [1, null],
  [90 * DAY, null],
  [90 * DAY + 1, 'time_too_far'],
] as const)('E7: a time %s ms ahead: %s', (ms, problem) => {
  expect(timeProblem(ms === null ? null : in_(ms), NOW)).toBe(problem)
})

test('E7: one time holds for all, a time of its own only where each has one', () => {
  const own = in_(DAY).toISOString()
  const at = in_(2 * DAY).toISOString()
  expect(sendAtOf({ kind: 'now' }, own)).toBeNull()
  expect(sendAtOf({ kind: 'at', at }, own)).toBe(at)
  expect(sendAtOf({ kind: 'each' }, own)).toBe(own)
  expect(sendAtOf({ kind: 'each' }, null)).toBeNull()
})

test('E7: copies are made ten minutes ahead, never before now; a text waits for its time', () => {
  expect(dueAt(null, NOW, true)).toEqual(NOW)
  expect(dueAt(in_(DAY), NOW, true)).toEqual(in_(DAY - 10 * MINUTE))
  expect(dueAt(in_(MINUTE), NOW, true)).toEqual(NOW)
  expect(dueAt(in_(DAY), NOW, false)).toEqual(in_(DAY))
})

test('E7: a group can be changed while it is queued or being prepared and its time has not come', () => {
  for (const broadcast of broadcastState.options)
    for (const state of armState.options)
      for (const [sendAt, ahead] of [
        [null, false],
        [in_(1), true],
        [NOW, false],
      ] as const) {
        const live = ['scheduled', 'running', 'paused'].includes(broadcast)
        const waits = live && ahead && (state === 'queued' || state === 'opening')
        expect(isWaiting(broadcast, { state, sendAt }, NOW)).toBe(waits)
      }
})
