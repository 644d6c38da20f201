import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seed, sized } from '../support/index.ts'
import { randomOf } from '../support/random.ts'
import { createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { endLeases, forkWorker, type WorkerProcess } from '../support/workers.ts'

const KILLS = sized(6, 100)
const BATCHES = sized(40, 200)
const PEOPLE_A_BATCH = sized(10, 500)
/** So that the work lasts about as long as the killing. */
const LATENCY_MS = sized(300, 1_500)
const CALL = '/cgi-bin/message/mass/send'

let world: SendingWorld
const workers: WorkerProcess[] = []

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()))
  await world?.close()
})

test(`G3: two workers, ${KILLS} kills at random moments: everybody once, in one end state (seed ${seed})`, {
  timeout: sized(90_000, 1_800_000),
}, async () => {
  const people = BATCHES * PEOPLE_A_BATCH
  const account = await world.bind({ fans: people })
  await world.control('PATCH', `/accounts/${account.appid}`, {
    quotas: { [CALL]: 1_000_000, [`${CALL}/minute`]: 1_000_000 },
  })
  await world.api('PUT', `/api/accounts/${account.id}/limits`, {
    massCallsPerDay: 1_000_000,
    massPerMinuteByOpenid: 10_000_000,
  })
  const broadcast = await world.frozen(account, Array(BATCHES).fill(PEOPLE_A_BATCH))
  await world.fault({ match: { path: CALL, appid: account.appid }, kind: 'latency', ms: LATENCY_MS })

  const random = randomOf(seed)
  workers.push(forkWorker(world), forkWorker(world))
  await Promise.all(workers.map((worker) => worker.ready))
  for (let kill = 0; kill < KILLS; kill += 1) {
    // the moment of the kill, not a wait for something
    await delay(50 + random() * 550)
    const victim = Math.floor(random() * workers.length)
    await workers[victim]?.kill()
    await endLeases(world)
    // keys may be asked about again after a minute
    await world.forward(new Date(world.ctx.clock.now().getTime() + 61_000))
    const next = forkWorker(world)
    workers[victim] = next
    await next.ready
  }
  const inTheMiddle = await world.read(broadcast)
  await world.fault()
  await Promise.all(workers.map((worker) => worker.kill()))
  await endLeases(world)
  await world.drain()

  const received = await world.received(account)
  expect([received.size, [...new Set(received.values())]]).toEqual([people, [1]])
  expect(await world.people(broadcast)).toEqual({ delivered: people })
  const summary = await world.control('GET', `/ledger/summary?appid=${account.appid}`)
  expect(summary).toMatchObject({ total: people, fansReached: people, duplicates: 0 })
  const { rows } = await world.ctx.pool.query(
    'select used, count(*)::int as fans from mass_allowances where account_id = $1 group by used',
    [account.id],
  )
  expect(rows).toEqual([{ used: 1, fans: people }])
  // it was killed at work, not beside it
  expect(inTheMiddle.totals.submitted).toBeGreaterThan(0)
})
