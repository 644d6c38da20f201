import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '../../src/context.ts'
import { inTransaction } from '../../src/infra/transaction.ts'
import { nextBeijingDay } from '../../src/kernel/beijing.ts'
import { nextDue } from '../../src/modules/deliveries/engine/next-due.ts'
import { engineSweeps } from '../../src/modules/deliveries/engine/parts.ts'
import { clientMsgIdOf } from '../../src/modules/deliveries/engine/platform.ts'
import { endSend } from '../../src/modules/deliveries/planning/sends.ts'
import { startSweep } from '../../src/worker/sweeps.ts'
import type { Bound } from '../support/sending.ts'
import { until } from '../support/until.ts'
import { createDeliveryWorld, type DeliveryWorld, makeTemplate } from './world.ts'

let world: DeliveryWorld
let account: Bound

beforeAll(async () => {
  world = await createDeliveryWorld()
})
afterAll(() => world?.close())
afterEach(() => world.recorder.clear())

/** The engine as a worker runs it. */
function start(ctx: Ctx) {
  const stop = new AbortController()
  const loops = engineSweeps.flatMap((sweep) =>
    Array.from({ length: sweep.concurrency ?? 1 }, () => startSweep(ctx, sweep, stop.signal)),
  )
  return {
    async stop() {
      stop.abort()
      await Promise.all(loops)
    },
  }
}

test('a worker that is told to stop finishes the calls in flight and writes their answers', async () => {
  account = await world.bind({ fans: 40 })
  const sendId = await world.send(account, { ratePerMinute: 4_800 })
  await world.plan(sendId, account)
  world.recorder.behave = () => ({ answer: { errcode: 0, errmsg: 'ok' }, ms: 400 })
  const worker = start(world.ctx)
  await until(() => world.recorder.reached.length >= 10)
  expect((await world.states(sendId))['sending'] ?? 0).toBeGreaterThan(0)
  await worker.stop()
  const states = await world.states(sendId)
  expect(states['sending']).toBeUndefined()
  expect(states['accepted']).toBe(world.recorder.reached.length)
  expect(await world.tallies(sendId)).toEqual(states)
  await world.ctx.pool.query(`update sends set state = 'ended' where id = $1`, [sendId])
})

test('G3: database connections cut while it sends: nobody twice, nobody lost', async () => {
  account = await world.bind({ fans: 200 })
  const sendId = await world.send(account, { ...(await makeTemplate(world, account)), ratePerMinute: 12_000 })
  await world.plan(sendId, account)
  const worker = start(world.ctx)
  for (const count of [10, 60, 120]) {
    await until(() => world.recorder.reached.length >= count)
    await world.ctx.pool
      .query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and application_name = 'weida'`,
      )
      .catch(() => undefined)
  }
  await until(
    async () => {
      await world.endLeases().catch(() => undefined)
      const states = await world.states(sendId).catch(() => ({}))
      return (states as Record<string, number>)['accepted'] === account.openids.length
    },
    { everyMs: 300 },
  )
  await worker.stop()
  for (const times of world.recorder.received().values()) expect(times).toBe(1)
  expect(world.recorder.received().size).toBe(account.openids.length)
  expect(await world.tallies(sendId)).toEqual({ accepted: account.openids.length })
})

test('what is due next, for a clock that jumps: people who wait, tomorrow where the day is used up, nobody of a paused send', async () => {
  account = await world.bind({ fans: 3 })
  const now = world.ctx.clock.now()
  expect(await nextDue(world.ctx)).toEqual({ dueAt: null, busy: false })
  const later = new Date(now.getTime() + 7_200_000)
  const sendId = await world.send(account)
  await world.plan(sendId, account, account.fanIds, later)
  expect(await nextDue(world.ctx)).toEqual({ dueAt: later, busy: false })
  await world.ctx.pool.query(
    `insert into call_days (account_id, channel, day, exhausted) values ($1, 'customer-service', ($2::timestamptz at time zone 'Asia/Shanghai')::date, true)`,
    [account.id, now],
  )
  const tomorrow = nextBeijingDay(now)
  const afterToday = tomorrow > later ? tomorrow : later
  expect((await nextDue(world.ctx)).dueAt).toEqual(afterToday)
  // our own count of the day's calls says the same
  await world.api('PUT', `/api/accounts/${account.id}/limits`, { customerServicePerDay: 3 })
  const used = async (calls: number) => {
    await world.ctx.pool.query(`update call_days set exhausted = false, used = $2 where account_id = $1`, [
      account.id,
      calls,
    ])
    return (await nextDue(world.ctx)).dueAt
  }
  expect(await used(3)).toEqual(afterToday)
  expect(await used(2)).toEqual(later)
  await world.ctx.pool.query(`update sends set state = 'paused' where id = $1`, [sendId])
  expect(await nextDue(world.ctx)).toEqual({ dueAt: null, busy: false })
})

test('a day whose calls are used up costs nothing per person, and goes on tomorrow', async () => {
  account = await world.bind({ fans: 8 })
  await world.api('PUT', `/api/accounts/${account.id}/limits`, { customerServicePerDay: 3 })
  const sendId = await world.send(account)
  await world.plan(sendId, account)
  const stuck = world.pump([sendId]).catch(() => undefined)
  await until(async () => ((await world.states(sendId))['accepted'] ?? 0) === 3)
  await world.forward(nextBeijingDay(world.ctx.clock.now()))
  await world.openWindows(account)
  await until(async () => ((await world.states(sendId))['accepted'] ?? 0) === 6)
  const { rows } = await world.ctx.pool.query(
    'select max(fence)::int as most from deliveries where send_id = $1',
    [sendId],
  )
  expect((rows[0] as { most: number }).most).toBeLessThanOrEqual(3)
  await world.ctx.pool.query(`update sends set state = 'paused' where id = $1`, [sendId])
  await stuck
})

test('an ended send that waits for what is in flight keeps no other from being told off', async () => {
  account = await world.bind({ fans: 6 })
  const first = await world.send(account)
  await world.plan(first, account, account.fanIds.slice(0, 2))
  world.recorder.behave = () => ({ answer: { errcode: 0, errmsg: 'ok' }, ms: 3_000 })
  const sending = world.pump([first]).catch(() => undefined)
  await until(async () => ((await world.states(first))['sending'] ?? 0) === 2)
  const second = await world.send(account)
  await world.plan(
    second,
    account,
    account.fanIds.slice(2),
    new Date(world.ctx.clock.now().getTime() + 3_600_000),
  )
  await inTransaction(world.ctx.db, async (trx) => {
    for (const sendId of [first, second]) await endSend(world.ctx, trx, sendId)
  })
  await until(async () => ((await world.states(second))['skipped:ended_early'] ?? 0) === 4)
  expect(await world.states(first)).toEqual({ sending: 2 })
  await sending
  expect(await world.states(first)).toEqual({ accepted: 2 })
})

test('a template message has one key for its whole life', async () => {
  account = await world.bind({ fans: 1 })
  const sendId = await world.send(account, await makeTemplate(world, account))
  await world.plan(sendId, account)
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    'select id from deliveries where send_id = $1',
    [sendId],
  )
  world.recorder.behave = (_message, nth) =>
    nth === 1 ? { answer: { errcode: -1, errmsg: 'system error' } } : undefined
  await world.pump([sendId])
  await world.forward(new Date(world.ctx.clock.now().getTime() + 60_000))
  await world.pump([sendId])
  const key = clientMsgIdOf(rows[0]?.id as string)
  expect(world.recorder.reached.map((one) => one.key)).toEqual([key, key])
  expect(await world.states(sendId)).toEqual({ accepted: 1 })
})

test('a template that is gone at WeChat pauses its send; its people wait', async () => {
  account = await world.bind({ fans: 5 })
  const sendId = await world.send(account, await makeTemplate(world, account))
  await world.plan(sendId, account)
  world.recorder.behave = () => ({ answer: { errcode: 40037, errmsg: 'invalid template_id' } })
  await world.pump([sendId])
  const { rows } = await world.ctx.pool.query('select state, pause_reason from sends where id = $1', [sendId])
  expect(rows).toEqual([{ state: 'paused', pause_reason: 'template_gone' }])
  expect(await world.states(sendId)).toEqual({ 'held:template_gone': account.openids.length })
  const template = await world.ctx.pool.query(
    'select gone_at is not null as gone from message_templates where account_id = $1',
    [account.id],
  )
  expect(template.rows).toEqual([{ gone: true }])
})
