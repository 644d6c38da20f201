import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { inTransaction } from '../../src/infra/transaction.ts'
import { isDrained, listDeliveries, setSendRate, setSendState } from '../../src/modules/deliveries/index.ts'
import type { Bound } from '../support/sending.ts'
import { until } from '../support/until.ts'
import type { Behaviour } from './recorder.ts'
import { createDeliveryWorld, type DeliveryWorld, textContent } from './world.ts'

let world: DeliveryWorld
let account: Bound
const FANS = 30

beforeAll(async () => {
  world = await createDeliveryWorld()
})
afterAll(() => world?.close())
afterEach(() => world.recorder.clear())

/** Everybody of a new account, in a send that runs. */
async function begin(fields: Parameters<DeliveryWorld['send']>[1] = {}, fans = FANS): Promise<string> {
  account = await world.bind({ fans })
  const sendId = await world.send(account, fields)
  await world.plan(sendId, account)
  return sendId
}

/** What each person got: nobody twice, and states, tallies and ledger of one mind. */
async function expectOnce(sendId: string, states: Record<string, number>) {
  expect(await world.states(sendId)).toEqual(states)
  expect(await world.tallies(sendId)).toEqual(states)
  for (const times of world.recorder.received().values()) expect(times).toBe(1)
}

const code = (errcode: number, errmsg = 'refused rid: 1a-2b-3c'): Behaviour => ({
  answer: { errcode, errmsg },
})
const people = () => account.openids.length

test('G3: everybody due gets their message, once, and states, tallies, pace and windows agree', async () => {
  const sendId = await begin()
  await world.pump([sendId])
  await expectOnce(sendId, { accepted: people() })
  expect(world.recorder.received().size).toBe(people())
  expect(await isDrained(world.ctx.db, sendId)).toBe(true)
  const { rows } = await world.ctx.pool.query(
    `select (select sum(accepted)::int from delivery_pace where send_id = $1) as paced,
       (select sum(used)::int from service_windows where account_id = $2) as spent,
       (select used from call_days where account_id = $2) as calls`,
    [sendId, account.id],
  )
  expect(rows).toEqual([{ paced: people(), spent: people(), calls: people() }])
})

test('who is due later waits, and what is due is looked for by business time', async () => {
  account = await world.bind({ fans: 5 })
  const sendId = await world.send(account)
  const later = new Date(world.ctx.clock.now().getTime() + 3_600_000)
  await world.plan(sendId, account, account.fanIds, later)
  await world.pump([sendId])
  expect(world.recorder.reached).toEqual([])
  await world.forward(later)
  await world.openWindows(account)
  await world.pump([sendId])
  await expectOnce(sendId, { accepted: people() })
})

describe('G3: pause, resume, end and change of speed', () => {
  test('a pause while messages leave: what was promised leaves, nothing else; resuming sends the exact remainder', async () => {
    const sendId = await begin({ ratePerMinute: 6_000 }, 60)
    const running = world.pump([sendId])
    await until(() => world.recorder.reached.length >= 5)
    await inTransaction(world.ctx.db, (trx) =>
      setSendState(world.ctx, trx, sendId, 'paused', { reason: 'by_operator' }),
    )
    await running
    const sent = (await world.states(sendId))['accepted'] ?? 0
    expect(sent).toBeGreaterThanOrEqual(5)
    expect(sent).toBeLessThan(people())
    expect(world.recorder.reached).toHaveLength(sent)
    await expectOnce(sendId, { accepted: sent, planned: people() - sent })
    await inTransaction(world.ctx.db, (trx) => setSendState(world.ctx, trx, sendId, 'running'))
    await inTransaction(world.ctx.db, (trx) => setSendRate(trx, sendId, null))
    await world.pump([sendId])
    await expectOnce(sendId, { accepted: people() })
  })

  test('pauses and resumptions at any instant, from another process: nobody twice, nobody left out', async () => {
    const sendId = await begin({ ratePerMinute: 12_000 }, 120)
    const other = await world.another()
    const running = Promise.all([world.pump([sendId]), world.pump([sendId], other)])
    for (let times = 0; times < 12; times += 1) {
      const state = times % 2 === 0 ? ('paused' as const) : ('running' as const)
      await inTransaction(world.ctx.db, (trx) => setSendState(world.ctx, trx, sendId, state))
      const seen = world.recorder.reached.length
      await until(() => world.recorder.reached.length > seen || state === 'paused' || seen >= 110)
    }
    await running
    await world.pump([sendId])
    await expectOnce(sendId, { accepted: people() })
  })

  test('ended at once while messages leave: the others are told off', async () => {
    const sendId = await begin({ ratePerMinute: 6_000 }, 60)
    const running = world.pump([sendId])
    await until(() => world.recorder.reached.length >= 5)
    await inTransaction(world.ctx.db, (trx) => setSendState(world.ctx, trx, sendId, 'ended'))
    await running
    await world.pump([sendId])
    const sent = world.recorder.reached.length
    expect(sent).toBeLessThan(people())
    await expectOnce(sendId, { accepted: sent, 'skipped:ended_early': people() - sent })
  })

  test('a paused send costs nothing and holds nobody up', async () => {
    const stopped = await begin({}, 20)
    await inTransaction(world.ctx.db, (trx) => setSendState(world.ctx, trx, stopped, 'paused'))
    const going = await world.send(account)
    await world.plan(going, account)
    const before = await world.ctx.pool.query(
      'select sum(fence)::int as n from deliveries where send_id = $1',
      [stopped],
    )
    await world.pump([going])
    const after = await world.ctx.pool.query(
      'select sum(fence)::int as n from deliveries where send_id = $1',
      [stopped],
    )
    await expectOnce(going, { accepted: people() })
    expect(after.rows).toEqual(before.rows)
  })
})

describe('G3: errors by kind', () => {
  test.each([
    ['is busy', code(-1, 'system error'), 'held:platform_busy', 0],
    ['wants the next minute', code(45011), 'held:awaiting_rate', 0],
    ['has no calls left today', code(45009), 'held:calls_used_up', 0],
    ['does not know the person', code(40003, 'invalid openid'), 'failed:refused_by_platform', 1],
    ['says they left', code(43004, 'require subscribe'), 'failed:not_following', 1],
    ['says the window is over', code(45015), 'failed:window_closed', 1],
    ['says the window is used up', code(45047), 'failed:window_used_up', 1],
    ['refuses the content', code(45002), 'failed:content_refused', 1],
    ['says something nobody knows', code(987654), 'unknown:unknown_code', 0],
    ['answers with a page', { raw: '<html>login</html>' }, 'unknown:answer_never_came', 0],
    ['answers with a list', { raw: '[]' }, 'unknown:answer_never_came', 0],
    ['answers with half an answer', { raw: '{"errcode":0' }, 'unknown:answer_never_came', 0],
    ['fails after the work', { raw: 'oops', status: 502, done: true }, 'unknown:answer_never_came', 0],
    ['breaks the connection after the work', { cut: true, done: true }, 'unknown:answer_never_came', 0],
  ] as const)('a platform that %s', async (_what, behaviour, state, attempts) => {
    const sendId = await begin({}, 4)
    world.recorder.behave = () => behaviour
    await world.pump([sendId])
    await expectOnce(sendId, { [state]: people() })
    const { rows } = await world.ctx.pool.query(
      'select distinct attempts from deliveries where send_id = $1',
      [sendId],
    )
    expect(rows).toEqual([{ attempts }])
  })

  test('what was put off is sent when its time has come, with nothing lost of the window', async () => {
    const sendId = await begin({}, 6)
    world.recorder.behave = () => code(-1)
    await world.pump([sendId])
    const { rows } = await world.ctx.pool.query(
      'select sum(used)::int as used from service_windows where account_id = $1',
      [account.id],
    )
    expect(rows).toEqual([{ used: 0 }])
    world.recorder.clear()
    await world.forward(new Date(world.ctx.clock.now().getTime() + 60_000))
    await world.pump([sendId])
    await expectOnce(sendId, { accepted: people() })
  })

  test('an account that WeChat has stopped is paused with the advice; its people wait, and go on once it is active', async () => {
    const sendId = await begin({}, 6)
    world.recorder.behave = () => code(48004, 'api forbidden')
    await world.pump([sendId]).catch(() => undefined)
    const paused = await world.ctx.pool.query('select state, pause_reason from accounts where id = $1', [
      account.id,
    ])
    expect(paused.rows).toEqual([{ state: 'paused', pause_reason: 'platform_refused' }])
    const waiting = await world.states(sendId)
    expect((waiting['held:account_paused'] ?? 0) + (waiting['planned'] ?? 0)).toBe(people())
    world.recorder.clear()
    await world.ctx.pool.query(`update accounts set state = 'active', pause_reason = null where id = $1`, [
      account.id,
    ])
    await world.pump([sendId])
    await expectOnce(sendId, { accepted: people() })
  }, 40_000)

  test('a content refused for one person of many fails for that one; refused for everybody it pauses the send', async () => {
    const one = await begin({}, 40)
    const odd = account.openids[7]
    world.recorder.behave = ({ openid }) => (openid === odd ? code(47001) : undefined)
    await world.pump([one])
    await expectOnce(one, { accepted: people() - 1, 'failed:internal_error': 1 })
    world.recorder.clear()
    const all = await begin({ ratePerMinute: 2_400 }, 80)
    world.recorder.behave = () => code(45002)
    await world.pump([all])
    const { rows } = await world.ctx.pool.query('select state, pause_reason from sends where id = $1', [all])
    expect(rows).toEqual([{ state: 'paused', pause_reason: 'content_refused' }])
    const { planned = 0 } = await world.states(all)
    expect(planned).toBeGreaterThan(0)
  })

  test('a delivery that can’t be worked on ends failed and visible; everybody else of its chunk gets theirs', async () => {
    const sendId = await begin({}, 12)
    // points at a version nobody wrote
    await world.ctx.pool.query('update deliveries set version = 99 where send_id = $1 and fan_id = $2', [
      sendId,
      account.fanIds[3],
    ])
    await world.pump([sendId])
    await expectOnce(sendId, { accepted: people() - 1, 'failed:internal_error': 1 })
    const { items } = await listDeliveries(world.ctx.db, { sendId, states: ['failed'], limit: 5 })
    expect(items).toMatchObject([{ fanId: account.fanIds[3], reason: 'internal_error' }])
  })
})

describe('G3: the platform is down', () => {
  test('for ten minutes: it is asked by calls that concern nobody, no attempt is burned, and it is not flooded when it is back', async () => {
    const sendId = await begin({}, 100)
    await world.recorder.shut()
    const stop = new AbortController()
    const { engineSweeps } = await import('../../src/modules/deliveries/engine/parts.ts')
    const { startSweep } = await import('../../src/worker/sweeps.ts')
    const loops = engineSweeps.map((sweep) => startSweep(world.ctx, sweep, stop.signal))
    try {
      await until(async () => {
        const states = await world.states(sendId)
        return (states['planned'] ?? 0) + (states['held:platform_busy'] ?? 0) === people()
      })
      await world.recorder.open()
      await world.forward(new Date(world.ctx.clock.now().getTime() + 600_000))
      await until(async () => (await world.states(sendId))['accepted'] === people())
    } finally {
      stop.abort()
      await Promise.all(loops)
    }
    await expectOnce(sendId, { accepted: people() })
    const { rows } = await world.ctx.pool.query(
      'select max(attempts)::int as most from deliveries where send_id = $1',
      [sendId],
    )
    expect(rows).toEqual([{ most: 1 }])
  }, 40_000)
})

test('F4: a message that is due at once passes a bulk send under way', async () => {
  const bulk = await begin({}, 300)
  await world.api('PUT', `/api/accounts/${account.id}/limits`, { customerServicePerMinute: 6_000 })
  const running = world.pump([bulk])
  await until(() => world.recorder.reached.length > 20)
  const quick = await world.send(account, { lane: 'immediate', content: textContent('刚刚') })
  const fan = account.openids[299] as string
  const began = performance.timeOrigin + performance.now()
  await world.plan(quick, account, [account.fanIds[299] as string])
  await world.pump([quick])
  const mine = world.recorder.reached.filter(({ openid, at }) => openid === fan && at > began)
  expect(mine[0]?.at ?? Number.POSITIVE_INFINITY).toBeLessThan(began + 500)
  expect((await world.states(bulk))['planned'] ?? 0).toBeGreaterThan(0)
  await inTransaction(world.ctx.db, (trx) => setSendState(world.ctx, trx, bulk, 'ended'))
  await running
})
