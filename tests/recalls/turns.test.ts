import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRecallWorld, DAY, HOUR, MINUTE, type RecallWorld } from './world.ts'

let world: RecallWorld
beforeAll(async () => {
  world = await createRecallWorld()
})
afterAll(() => world?.close())

test('C1, C2: who wrote gets it ten minutes before their 48 hours are over, once; who acts again, later', async () => {
  const account = await world.bind({ fans: 4 })
  const [quiet = '', lively = '', before = ''] = account.openids
  await world.act(account, before)
  await world.pass(2_000)
  const rule = await world.rule(account)
  await world.act(account, quiet)
  await world.act(account, lively)
  await world.work()
  await world.pass(2 * DAY - 11 * MINUTE)
  await world.act(account, lively)
  await world.work()
  expect(await world.got(account)).toEqual(new Map())
  await world.pass(MINUTE)
  await world.work()
  // silences that began before the rule was made don't count
  expect(await world.got(account)).toEqual(new Map([[quiet, 1]]))
  await world.pass(HOUR)
  await world.work()
  expect(await world.got(account)).toEqual(new Map([[quiet, 1]]))
  await world.pass(2 * DAY - HOUR - 12 * MINUTE)
  await world.work()
  expect(await world.got(account)).toEqual(new Map([[quiet, 1]]))
  await world.pass(MINUTE)
  await world.work()
  expect(await world.got(account)).toEqual(
    new Map([
      [quiet, 1],
      [lively, 1],
    ]),
  )
  expect(await world.read(rule)).toMatchObject({ sent: 2, returned: 0 })
})
