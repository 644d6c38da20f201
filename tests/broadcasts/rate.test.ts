import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorker } from '../../src/worker/index.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { until } from '../support/until.ts'

let world: SendingWorld
const CALL = '/cgi-bin/message/mass/send'

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => world?.close())

const limit = (account: Bound, limits: object) =>
  world.api('PUT', `/api/accounts/${account.id}/limits`, limits)
type Job = { submittedAt: string; total: number }
const jobs = async (account: Bound) =>
  (await world.control<{ items: Job[] }>('GET', `/mass?appid=${account.appid}`)).items
    .map((job) => ({ at: new Date(job.submittedAt).getTime(), people: job.total }))
    .sort((a, b) => a.at - b.at)
/** Two processes of our own, each with its loops. */
const twoWorkers = async () => {
  const workers = await Promise.all([startWorker(world.ctx), startWorker(await world.another())])
  return () => Promise.all(workers.map((worker) => worker.close()))
}
const platformNow = async () =>
  new Date((await world.control<{ now: string }>('GET', '/clock')).now).getTime()

/** Each block of people has its own share of the minute, whoever sends: the k-th can't begin before those before it are over. */
const expectRate = (sent: { at: number; people: number }[], from: number, perMinute: number) => {
  let before = 0
  for (const job of sent) {
    expect(job.at - from).toBeGreaterThanOrEqual((before * 60_000) / perMinute - 5)
    before += job.people
  }
}

test('D7: two processes together never pass the account’s rate, and use it', async () => {
  const account = await world.bind({ fans: 32 })
  await limit(account, { massPerMinuteByOpenid: 960 })
  const broadcast = await world.frozen(account, Array(8).fill(4))
  const from = await platformNow()
  const stop = await twoWorkers()
  await until(async () => (await world.read(broadcast)).label === 'sent', { timeoutMs: 20_000 })
  await stop()
  const sent = await jobs(account)
  expect(sent).toHaveLength(8)
  // 250 ms each: 28 people before the last
  expectRate(sent, from, 960)
  expect((sent.at(-1)?.at as number) - from).toBeLessThan(8_000)
  expect([...(await world.received(account)).values()]).toEqual(Array(32).fill(1))
})

test('D7: what went unanswered in an outage comes back at the rate, not all at once', async () => {
  const account = await world.bind({ fans: 24 })
  const broadcast = await world.frozen(account, Array(6).fill(4))
  await world.fault({ match: { path: CALL, appid: account.appid }, kind: 'down' })
  const down = await twoWorkers()
  await until(async () => (await world.batches(broadcast)).every((batch) => batch.reason === 'no_answer'))
  await down()
  await limit(account, { massPerMinuteByOpenid: 960 })
  await world.ctx.pool.query('delete from rate_buckets')
  await world.fault()
  await world.forward(new Date(world.ctx.clock.now().getTime() + 61_000))
  const from = await platformNow()
  const stop = await twoWorkers()
  await until(async () => (await world.read(broadcast)).label === 'sent', { timeoutMs: 20_000 })
  await stop()
  const sent = await jobs(account)
  expect(sent).toHaveLength(6)
  expectRate(sent, from, 960)
  expect([...(await world.received(account)).values()]).toEqual(Array(24).fill(1))
})

test('D7: an account that waits for its turn does not slow another', async () => {
  const [slow, quick] = [await world.bind({ fans: 12 }), await world.bind({ fans: 12 })]
  await limit(slow, { massPerMinuteByOpenid: 240 })
  const held = await world.frozen(slow, [6, 6])
  const other = await world.frozen(quick, [6, 6])
  const from = await platformNow()
  const stop = await twoWorkers()
  await until(async () => (await world.read(other)).label === 'sent', { timeoutMs: 20_000 })
  await until(async () => (await world.read(held)).label === 'sent', { timeoutMs: 20_000 })
  await stop()
  expectRate(await jobs(slow), from, 240)
  // the second batch of the slow one has to wait
  expect((await jobs(quick)).at(-1)?.at).toBeLessThan((await jobs(slow)).at(-1)?.at ?? 0)
})
