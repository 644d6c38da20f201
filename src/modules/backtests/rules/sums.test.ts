import { expect, test } from 'vitest'
import type { Turn } from './game.ts'
import { addPerson, newSums, resultOf } from './sums.ts'
import type { Sent, Timeline } from './timeline.ts'

const HOUR = 3_600_000
const FROM = Date.parse('2026-11-02T09:00:00+08:00')
const at = (hours: number) => FROM + hours * HOUR
const turn = (hours: number, changes: Partial<Turn> = {}): Turn => ({
  turnAt: at(hours),
  decidedAt: at(hours),
  reached: true,
  reason: null,
  ...changes,
})
const sent = (hours: number, changes: Partial<Sent> = {}): Sent => ({
  at: at(hours),
  fanId: 7,
  owner: 'campaign',
  ownerId: '5',
  channel: 'template',
  purpose: 'marketing',
  counts: true,
  here: true,
  window: null,
  ...changes,
})
const person = (id: string, real: Sent[] = []): Timeline => ({
  person: id,
  fans: [],
  acts: [],
  sent: real,
  backfilled: false,
  suppressedAt: Number.POSITIVE_INFINITY,
  tagChanges: [],
})
const told = {
  from: FROM,
  to: at(48),
  sample: 1,
  names: new Map([['campaign:5', '新品']]),
  calls: new Map([['2026-11-03', 1]]),
  callLimit: 2,
}

test('G5: turns are of the Beijing day on which they came, messages of the hour in which they were decided', () => {
  const sums = newSums()
  addPerson(sums, person('1'), [
    // 23:59:59.999, put off to the next morning
    turn(15 - 1 / HOUR, { decidedAt: at(23) }),
    turn(15),
    turn(20, { reached: false, reason: 'quiet_hours' }),
  ])
  addPerson(sums, person('2'), [turn(40, { reached: false, reason: 'window_closed' })])
  const result = resultOf(sums, told)
  expect(result.byDay).toEqual([
    { day: '2026-11-02', turns: 1, reached: 1, notReached: 0 },
    { day: '2026-11-03', turns: 2, reached: 1, notReached: 1 },
    { day: '2026-11-04', turns: 1, reached: 0, notReached: 1 },
  ])
  expect(result.byHour.flatMap((n, hour) => (n > 0 ? [[hour, n]] : []))).toEqual([
    [0, 1],
    [8, 1],
  ])
  expect(result).toMatchObject({ turns: 4, reached: 2, people: 1, perPerson: { once: 0, twice: 1, more: 0 } })
  // two here and one that was really made: more than two
  expect(result.overCalls).toEqual([{ day: '2026-11-03', calls: 3, limit: 2 }])
})

test('G5: who really got a message of the account within 24 hours counts once; other accounts are not told of', () => {
  const sums = newSums()
  const within = [sent(24), sent(25), sent(1, { here: false, ownerId: '6' })]
  addPerson(sums, person('1', within), [turn(0), turn(1)])
  addPerson(sums, person('2', [sent(24 + 1 / HOUR)]), [turn(0)])
  addPerson(sums, person('3', [sent(0, { owner: 'other' })]), [turn(0)])
  expect(resultOf(sums, told).overlap).toEqual([{ kind: 'campaign', id: '5', name: '新品', people: 1 }])
})

test('G5: samples are the same in whatever order people come, and no more than 50', () => {
  const ids = Array.from({ length: 200 }, (_, n) => String(n + 1))
  const chosen = (order: readonly string[]) => {
    const sums = newSums()
    for (const id of order) addPerson(sums, person(id), [turn(0)])
    return sums.samples.reached.map((one) => one.person)
  }
  expect(chosen(ids)).toHaveLength(50)
  expect(chosen(ids.toReversed())).toEqual(chosen(ids))
})
