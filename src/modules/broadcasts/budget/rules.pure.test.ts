import { expect, test } from 'vitest'
import { afterOneMore, leftsOf, spreadDays, takenOf, usedOf, type Waiting } from './rules.ts'

const limits = { sendsPerDay: null, callsPerDay: 100, recipientsPerDay: 1_000_000 }
const at = (text: string) => new Date(`2026-11-${text}:00+08:00`)
const waits = (time: string, people: number, calls = Math.ceil(people / 10_000), begun = false): Waiting => ({
  at: at(time),
  people,
  calls,
  begun,
})
const spread = (waiting: Waiting[], more: Partial<typeof limits> = {}, done = new Map()) =>
  spreadDays(waiting, done, { today: '2026-11-21', until: '2026-11-24', limits: { ...limits, ...more } }).map(
    ({ planned: { sends, calls, recipients }, moved }) => [sends, calls, recipients, moved],
  )

test('D4: what a day has room for goes on it, the rest on the next ones: people', () => {
  expect(spread([waits('21T10:00', 1_000_000)])[0]).toEqual([1, 100, 1_000_000, 0])
  expect(spread([waits('21T10:00', 1_010_000)], { callsPerDay: 200 })).toEqual([
    [1, 100, 1_000_000, 10_000],
    [0, 1, 10_000, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ])
})

test('D4: calls, over all sends of the day and those gone already', () => {
  const done = new Map([['2026-11-21', { sends: 1, calls: 60, recipients: 600_000 }]])
  expect(
    spread([waits('21T18:00', 300_000), waits('21T12:00', 300_000), waits('22T10:00', 800_000)], {}, done),
  ).toEqual([
    [2, 40, 400_000, 200_000],
    [1, 100, 1_000_000, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ])
})

test('D4: a day’s one send: the next waits for the next day, one that has begun goes on', () => {
  const whole = (time: string, begun = false) => waits(time, 500, 1, begun)
  expect(
    spread([whole('21T10:00'), whole('21T11:00'), whole('21T09:00', true)], { sendsPerDay: 1 as never }),
  ).toEqual([
    [1, 2, 1000, 500],
    [1, 1, 500, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ])
})

test('D4: a call that is too large for any day goes alone; what is overdue is of today; an empty send is none', () => {
  expect(
    spread([waits('20T10:00', 3_000_000, 1), waits('21T10:00', 20_000), waits('21T10:00', 0, 0)]),
  ).toEqual([
    [1, 1, 3_000_000, 20_000],
    [1, 2, 20_000, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ])
})

test('G4: followers by what is left now, after what is booked, and after one more', () => {
  const rows = [
    { used: 0, booked: 0, fans: 10 },
    { used: 3, booked: 1, fans: 5 },
    { used: 2, booked: 1, fans: 4 },
    { used: 7, booked: 0, fans: 2 },
  ]
  expect(leftsOf(rows, 4, usedOf)).toEqual([2, 5, 4, 0, 10])
  const planned = leftsOf(rows, 4, takenOf)
  expect(planned).toEqual([7, 4, 0, 0, 10])
  expect(afterOneMore(planned)).toEqual([11, 0, 0, 10, 0])
  expect(afterOneMore([3, 2])).toEqual([5, 0])
})
