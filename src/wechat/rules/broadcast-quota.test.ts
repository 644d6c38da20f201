import { expect, test } from 'vitest'
import {
  accountDayRemaining,
  callsRemaining,
  canReachFan,
  decidePath,
  monthRemaining,
  monthsToReserve,
} from './broadcast-quota.ts'

test.each([
  ['2026-11-30T15:29:59.999Z', ['2026-11']],
  ['2026-11-30T15:30:00.000Z', ['2026-11', '2026-12']],
  ['2026-11-30T15:59:59.999Z', ['2026-11', '2026-12']],
  ['2026-11-30T16:00:00.000Z', ['2026-12']],
  ['2026-12-31T15:45:00.000Z', ['2026-12', '2027-01']],
])('D4: a job submitted at %s reserves in %j', (iso, months) => {
  expect(monthsToReserve(new Date(iso))).toEqual(months)
})

test.each([
  [0, true, 4],
  [3, true, 1],
  [4, false, 0],
  [5, false, 0],
])('D4: with %i received this month, a fan can be reached: %s, %i left', (used, reached, left) => {
  expect(canReachFan([used])).toBe(reached)
  expect(monthRemaining(used)).toBe(left)
})

test('D4: near the month’s end both months must have room', () => {
  expect(canReachFan([3, 0])).toBe(true)
  expect(canReachFan([4, 0])).toBe(false)
  expect(canReachFan([0, 4])).toBe(false)
})

test('D4: a subscription account has one send a day, a service account none such', () => {
  expect(accountDayRemaining({ kind: 'subscription', verified: true }, 0)).toBe(1)
  expect(accountDayRemaining({ kind: 'subscription', verified: true }, 1)).toBe(0)
  expect(accountDayRemaining({ kind: 'service', verified: true }, 9)).toBe(Number.POSITIVE_INFINITY)
  expect([callsRemaining(99), callsRemaining(100), callsRemaining(101)]).toEqual([1, 0, 0])
})

test.each([
  ['service', true, { list: true, tag: true, all: true }],
  ['service', false, { list: false, tag: false, all: false }],
  ['subscription', true, { list: false, tag: true, all: true }],
  ['subscription', false, { list: false, tag: false, all: false }],
] as const)('D4: a %s account, verified: %s, may use %j', (kind, verified, paths) => {
  for (const path of ['list', 'tag', 'all'] as const)
    expect(decidePath({ kind, verified }, path).can).toBe(paths[path])
})
