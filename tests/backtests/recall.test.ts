import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BacktestWorld, createBacktestWorld, DAY, HOUR, recallVariant } from './world.ts'

let world: BacktestWorld
beforeAll(async () => {
  world = await createBacktestWorld()
})
afterAll(() => world?.close())

test('G5: over the last days a recall would have reached who fell silent, when, and not the others, with the reason', async () => {
  const start = world.now().getTime()
  await world.act([
    { person: 0, act: 'text' },
    { person: 1, act: 'text' },
    { person: 2, act: 'scan' },
    { person: 3, act: 'text' },
  ])
  world.at(new Date(start + 30 * HOUR))
  await world.act([
    { person: 1, act: 'text' },
    { person: 3, act: 'unfollow' },
  ])
  world.at(new Date(start + 7 * DAY))
  const done = await world.backtest(recallVariant())
  expect(done).toMatchObject({ state: 'done', kind: 'recall', error: null })
  const result = done.result
  expect(result?.variants[0]).toMatchObject({
    turns: 4,
    reached: 2,
    people: 2,
    notReached: [
      { reason: 'no_window', n: 1 },
      { reason: 'not_following', n: 1 },
    ],
    perPerson: { once: 2, twice: 0, more: 0 },
  })
  expect(result?.variants[0]?.byDay.filter(({ turns }) => turns > 0)).toEqual([
    { day: '2026-11-04', turns: 3, reached: 1, notReached: 2 },
    { day: '2026-11-05', turns: 1, reached: 1, notReached: 0 },
  ])
  expect(result?.variants[0]?.byDay).toHaveLength(8)
  const moment = (hours: number) => new Date(start + hours * HOUR).toISOString()
  expect((await world.sample(done)).map(({ contactId, turnAt }) => [contactId, turnAt]).sort()).toEqual([
    [world.people[0]?.contactId, moment(47)],
    [world.people[1]?.contactId, moment(77)],
  ])
  expect((await world.sample(done, '?outcome=not-reached')).map(({ reason }) => reason).sort()).toEqual([
    'no_window',
    'not_following',
  ])
})
