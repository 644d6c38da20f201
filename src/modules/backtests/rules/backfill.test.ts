import { expect, test } from 'vitest'
import { asIfTold, BACKFILLED_MS } from './backfill.ts'
import type { Act } from './timeline.ts'

const act = (at: number, lateMs: number): Act => ({
  at,
  receivedAt: at + lateMs,
  fanId: 1,
  kind: 'message',
  marks: 0,
})
const DAY = BACKFILLED_MS

test('G5: what is told up to a day late stays late, and in the order of the log', () => {
  const acts = [act(10, 0), act(5, DAY)]
  expect(asIfTold(acts)).toEqual({ acts, backfilled: false })
})

test('G5: history brought in afterwards counts when it happened, among what was told in time', () => {
  const [live, old, older] = [act(2 * DAY, 0), act(DAY, DAY + 1), act(5, 9 * DAY)] as const
  const told = asIfTold([live, old, older])
  expect(told.backfilled).toBe(true)
  expect(told.acts.map(({ at, receivedAt }) => [at, receivedAt])).toEqual([
    [5, 5],
    [DAY, DAY],
    [2 * DAY, 2 * DAY],
  ])
})
