import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../src/infra/transaction.ts'
import { setSendRate, setSendState } from '../../src/modules/deliveries/index.ts'
import { sized } from '../support/index.ts'
import type { Bound } from '../support/sending.ts'
import { until } from '../support/until.ts'
import { forkWorker, type WorkerProcess } from '../support/workers.ts'
import { createDeliveryWorld, type DeliveryWorld } from './world.ts'

let world: DeliveryWorld
let workers: WorkerProcess[] = []

beforeAll(async () => {
  world = await createDeliveryWorld()
})
afterAll(() => world?.close())
afterEach(async () => {
  for (const worker of workers) worker.thaw()
  await Promise.all(workers.map((worker) => worker.kill()))
  workers = []
  world.recorder.clear()
})

/** The most that arrived within any second. */
function mostInASecond(): number {
  const times = world.recorder.reached.map(({ at }) => at).sort((a, b) => a - b)
  let most = 0
  for (let from = 0, to = 0; to < times.length; to += 1) {
    while ((times[to] as number) - (times[from] as number) >= 1_000) from += 1
    most = Math.max(most, to - from + 1)
  }
  return most
}

async function begin(fans: number, perMinute: number): Promise<{ account: Bound; sendId: string }> {
  const account = await world.bind({ fans })
  await world.api('PUT', `/api/accounts/${account.id}/limits`, { customerServicePerMinute: perMinute })
  const sendId = await world.send(account)
  await world.plan(sendId, account)
  return { account, sendId }
}

/**
 * What a second may hold beyond the limit: a permit lives 50 ms longer than its block, which is 50 ms long, and starts
 * when the database's answer is here, 100 ms at most: 20 % of a second. What the recorder itself is late comes on top.
 */
const TOLERANCE = 1.3

test('F4: three workers on one bucket, one of them frozen with permits in hand: no second holds more than the limit', async () => {
  const perSecond = 100
  const { account, sendId } = await begin(sized(400, 6_000), perSecond * 60)
  workers = [forkWorker(world), forkWorker(world), forkWorker(world)]
  await Promise.all(workers.map(({ ready }) => ready))
  for (let times = 0; times < sized(3, 20); times += 1) {
    const seen = world.recorder.reached.length
    await until(() => world.recorder.reached.length >= seen + 40)
    const frozen = workers[times % 3] as WorkerProcess
    frozen.freeze()
    await delay(300)
    frozen.thaw()
  }
  let states = {}
  const open = /planned|held|sending/
  await until(async () => {
    states = await world.states(sendId)
    return !Object.keys(states).some((state) => open.test(state))
  }).catch((error: unknown) => Promise.reject(new Error(`${error}: ${JSON.stringify(states)}`)))
  expect(states).toEqual({ accepted: account.openids.length })
  expect(world.recorder.received().size).toBe(account.openids.length)
  expect(mostInASecond()).toBeLessThanOrEqual(perSecond * TOLERANCE)
  // and the limit is made use of
  const times = world.recorder.reached.map(({ at }) => at).sort((a, b) => a - b)
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000
  expect(times.length / seconds).toBeGreaterThan(perSecond * 0.3)
})

test('a worker frozen longer than its leases wakes up late and writes nothing: nobody twice, nobody lost', async () => {
  const { account, sendId } = await begin(60, 6_000)
  const sleeper = forkWorker(world)
  workers = [sleeper]
  await sleeper.ready
  await until(() => world.recorder.reached.length >= 10)
  sleeper.freeze()
  await world.endLeases()
  await world.pump([sendId])
  const settled = await world.states(sendId)
  sleeper.thaw()
  await delay(500)
  expect(await world.states(sendId)).toEqual(settled)
  expect(await world.tallies(sendId)).toEqual(settled)
  for (const times of world.recorder.received().values()) expect(times).toBe(1)
  const { accepted = 0, 'unknown:answer_never_came': unknown = 0 } = settled
  expect(accepted + unknown).toBe(account.openids.length)
})

test('a send’s own speed: kept, and changed at once', async () => {
  const { account, sendId } = await begin(230, 10_000_000)
  await inTransaction(world.ctx.db, (trx) => setSendRate(trx, sendId, 1_200))
  const running = world.pump([sendId])
  await until(() => world.recorder.reached.length >= 30)
  expect(mostInASecond()).toBeLessThanOrEqual(20 * 1.5)
  await inTransaction(world.ctx.db, (trx) => setSendRate(trx, sendId, null))
  const began = performance.now()
  await running
  // at its own speed the rest would take ten seconds
  expect(performance.now() - began).toBeLessThan(7_000)
  expect(await world.states(sendId)).toEqual({ accepted: account.openids.length })
})

test('F4: a send whose own speed is its account’s is no slower for it', async () => {
  const perMinute = 60_000
  const { account, sendId } = await begin(2_000, perMinute)
  await inTransaction(world.ctx.db, (trx) => setSendRate(trx, sendId, perMinute))
  const running = world.pump([sendId])
  await until(() => world.recorder.reached.length >= account.openids.length)
  await running
  const times = world.recorder.reached.map(({ at }) => at)
  // it takes two seconds; booking more than is then taken made it ten
  expect(Math.max(...times) - Math.min(...times)).toBeLessThan(7_000)
})

test('sends of one account share its speed fairly, and a stopped one leaves its share to the others', async () => {
  const { account, sendId: first } = await begin(150, 6_000)
  const second = await world.send(account)
  const third = await world.send(account)
  await inTransaction(world.ctx.db, (trx) => setSendState(world.ctx, trx, third, 'paused'))
  await world.plan(second, account)
  await world.plan(third, account)
  const running = world.pump([first, second])
  await until(() => world.recorder.reached.length >= 100)
  const [one, two] = await Promise.all([world.states(first), world.states(second)])
  const done = [one['accepted'] ?? 0, two['accepted'] ?? 0]
  expect(Math.min(...done)).toBeGreaterThan(25)
  await running
  expect(await world.states(third)).toEqual({ planned: account.openids.length })
  expect(await world.states(first)).toEqual({ accepted: account.openids.length })
  expect(await world.states(second)).toEqual({ accepted: account.openids.length })
})
