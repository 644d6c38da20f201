import { expect, test } from 'vitest'
import type { PreflightGroup } from '../../schema.ts'
import { pictureOf } from './picture.ts'

type Counts = { reached?: number; reasons?: Record<string, number>; left?: Record<number, number> }
const arm = (number: number, { reached = 0, reasons = {}, left = {} }: Counts) =>
  ({
    number,
    reached,
    notReached: Object.entries(reasons).map(([reason, count]) => ({ reason, count })),
    monthLeftAfter: Object.entries(left).map(([n, fans]) => ({ left: Number(n), fans })),
  }) as PreflightGroup['arms'][number]
const group = (place: number, total: number, filtered: number, arms: PreflightGroup['arms']) =>
  ({ place, name: `${place}`, total, filtered, arms }) as PreflightGroup

const GROUPS = [
  group(0, 100, 0, [
    arm(0, { reached: 10, left: { 3: 10 } }),
    arm(1, { reached: 10, left: { 3: 4, 2: 6 } }),
    arm(2, { reached: 60, reasons: { month_used_up: 5, not_following: 10, held_out: 5 }, left: { 2: 60 } }),
  ]),
  group(1, 50, 20, [arm(3, { reached: 30, left: { 3: 30 } })]),
]

test('E5, G1: every follower is in one part of the picture, and the parts are all of them', () => {
  const { size, whole } = pictureOf(GROUPS, 200)
  expect(size).toBe(200)
  expect(whole.map(({ kind, place, arm, count }) => [kind, place, arm, count])).toEqual([
    ['reached', 0, 0, 10],
    ['reached', 0, 1, 10],
    ['reached', 0, 2, 60],
    ['missed', 0, null, 5],
    ['heldOut', 0, null, 5],
    ['reached', 1, 3, 30],
    ['nobody', null, null, 80],
  ])
  expect(whole.reduce((sum, { count }) => sum + count, 0)).toBe(size)
})

test('E5: the parts of a group are all whom it names, those of earlier groups and those who left too', () => {
  for (const { total, parts } of pictureOf(GROUPS, 200).rows)
    expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(total)
})

test('G4: what the month has left afterwards is added up over the parts of a test', () => {
  expect(pictureOf(GROUPS, 200).rows[0]?.leftAfter).toEqual([
    { left: 3, fans: 14 },
    { left: 2, fans: 66 },
  ])
})

test('G1: without a number of followers the groups alone are drawn', () => {
  const { size, whole } = pictureOf(GROUPS, undefined)
  expect(size).toBe(120)
  expect(whole.some(({ kind }) => kind === 'nobody')).toBe(false)
})
