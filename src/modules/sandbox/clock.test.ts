import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../tests/support/index.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../../../tests/support/sending.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import type { OwnedCtx } from '../../context.ts'
import { type RunningWorker, startWorker } from '../../worker/index.ts'
import { alignClocks, forwardClock } from './clock.ts'
import type { ClockState } from './schema.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

let world: SendingWorld
let account: Bound
let worker: RunningWorker | undefined

beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 6 })
})
afterAll(() => world?.close())
afterEach(async () => {
  await worker?.close()
  worker = undefined
})

type Refusal = { error: { code: string; reason: string } }
const clock = async () => (await world.api<ClockState>('GET', '/api/sandbox/clock')).body
const simulated = () => world.control<{ now: string; offsetMs: number }>('GET', '/clock')
const forward = (to: Date, how: 'jump' | 'fast') =>
  world.api<ClockState & Refusal>('POST', '/api/sandbox/clock', { to: to.toISOString(), how })
const nowPlus = async (ms: number) => new Date(new Date((await clock()).now).getTime() + ms)
const offset = async () => (await clock()).offsetSeconds
/** Until the driver has looked a few times. */
const looks = async (times = 3) => world.ctx.pool.query(`select pg_sleep($1)`, [times * 0.55])
const lastAudit = async () =>
  (
    await world.ctx.pool.query<{ action: string; detail: Record<string, string> }>(
      `select action, detail from audit_entries where action like 'sandbox.%' order by id desc limit 1`,
    )
  ).rows[0]

describe('D6: a jump', () => {
  test('moves the simulator and every process, and is in the audit log', async () => {
    const other: OwnedCtx = await world.another()
    const to = await nowPlus(3 * HOUR)
    const answer = await forward(to, 'jump')
    expect(answer.status).toBe(200)
    expect(new Date(answer.body.now).getTime()).toBeGreaterThanOrEqual(to.getTime())
    expect(new Date(answer.body.now).getTime()).toBeLessThan(to.getTime() + 5_000)
    const theirs = new Date((await simulated()).now).getTime()
    expect(theirs).toBeGreaterThanOrEqual(to.getTime())
    await until(() => [world.ctx, other].every((ctx) => ctx.clock.now() >= to), { timeoutMs: 3_000 })
    expect(await lastAudit()).toEqual({
      action: 'sandbox.clock_moved',
      detail: { to: to.toISOString(), how: 'jump' },
    })
  })

  test.each([
    ['an hour back', -HOUR],
    ['to this instant', 0],
  ])('%s is refused, whichever way', async (_what, ms) => {
    const before = await offset()
    for (const how of ['jump', 'fast'] as const) {
      const answer = await forward(await nowPlus(ms), how)
      expect(answer).toMatchObject({ status: 409, body: { error: { reason: 'clock_only_forward' } } })
    }
    expect(await offset()).toBe(before)
    expect((await clock()).fastUntil).toBeNull()
  })

  test('by a process that has not heard of the last one is judged by the real clock', async () => {
    const other = await world.another()
    const stale = { ...other, clock: { ...other.clock, now: () => new Date() } }
    await expect(forwardClock(stale, await nowPlus(-HOUR), 'jump')).rejects.toMatchObject({
      reason: 'clock_only_forward',
    })
  })

  test('that the audit log doesn’t take leaves our clock where it was', async () => {
    await world.ctx.pool.query(`alter table audit_entries add constraint full_disk check (false) not valid`)
    const before = await offset()
    for (const how of ['jump', 'fast'] as const)
      expect((await forward(await nowPlus(HOUR), how)).status).toBe(500)
    await world.ctx.pool.query(`alter table audit_entries drop constraint full_disk`)
    expect(await offset()).toBe(before)
    expect((await clock()).fastUntil).toBeNull()
  })

  test('where the simulator is not there, moves nothing', async () => {
    const before = await offset()
    const ctx = {
      ...world.ctx,
      config: {
        ...world.ctx.config,
        simulator: { ...world.ctx.config.simulator, url: 'http://127.0.0.1:9' },
      },
    }
    await expect(forwardClock(ctx, await nowPlus(HOUR), 'jump')).rejects.toMatchObject({
      code: 'unavailable',
      reason: 'simulator_unreachable',
    })
    expect(await offset()).toBe(before)
  })

  test('reaches 400 days and no further', async () => {
    const empty = await createTestWorld()
    try {
      const now = Date.now()
      await expect(forwardClock(empty.ctx, new Date(now + 400 * DAY + 60_000), 'jump')).rejects.toMatchObject(
        { reason: 'clock_too_far' },
      )
      const state = await forwardClock(empty.ctx, new Date(now + 400 * DAY - 60_000), 'jump')
      expect(state.offsetSeconds).toBeGreaterThan(399 * 86_400)
    } finally {
      await empty.close()
    }
  })
})

describe('D6: a fast run', () => {
  beforeEach(async () => {
    worker = await startWorker(world.ctx)
  })

  test('jumps to what is due, waits until it is done, and stops at its target', async () => {
    await worker?.close()
    const broadcast = await world.frozen(account, [4])
    const dueAt = await nowPlus(20 * HOUR)
    await world.ctx.pool.query(
      `update broadcast_batches set state = 'held', reason = 'account_day_used', due_at = $2 where broadcast_id = $1`,
      [broadcast.id, dueAt],
    )
    worker = await startWorker(world.ctx)
    await until(async () => (await clock()).nextDueAt === dueAt.toISOString(), { what: 'the next due' })
    const target = await nowPlus(26 * HOUR)
    expect((await forward(target, 'fast')).body.fastUntil).toBe(target.toISOString())
    await until(async () => (await clock()).fastUntil === null, { timeoutMs: 20_000, what: 'the target' })

    const { now } = await clock()
    expect(new Date(now).getTime()).toBeGreaterThanOrEqual(target.getTime())
    expect(new Date(now).getTime()).toBeLessThan(target.getTime() + 10_000)
    expect((await world.read(broadcast)).label).toBe('sent')
    expect([...(await world.received(account)).values()]).toEqual([1, 1, 1, 1])
    const { rows } = await world.ctx.pool.query<{ first: Date; last: Date }>(
      `select min(received_at) as first, max(received_at) as last from simulator.receipt where kind = 'mass'`,
    )
    expect(rows[0]?.first.getTime()).toBeGreaterThanOrEqual(dueAt.getTime())
    // business time stood with the machine while the send was in flight
    expect(rows[0]?.last.getTime()).toBeLessThan(dueAt.getTime() + HOUR)
    expect(new Date((await simulated()).now).getTime()).toBeGreaterThanOrEqual(target.getTime())
  })

  test('stays while something is in flight, and goes on after it', async () => {
    const { rows } = await world.ctx.pool.query<{ id: string }>(
      `insert into background_runs (account_id, kind, state, created_at, lease_until)
       values ($1, 'test.in-flight', 'running', now(), clock_timestamp() + interval '1 hour') returning id`,
      [account.id],
    )
    await until(async () => (await clock()).busy)
    const before = await offset()
    const target = await nowPlus(5 * HOUR)
    await forward(target, 'fast')
    await looks()
    expect(await offset()).toBe(before)
    expect((await clock()).fastUntil).toBe(target.toISOString())
    await world.ctx.pool.query(
      `update background_runs set state = 'done', finished_at = now() where id = $1`,
      [rows[0]?.id],
    )
    await until(async () => (await clock()).fastUntil === null)
    expect(await offset()).toBeGreaterThanOrEqual(before + 5 * 3_600 - 10)
  })

  test('can be stopped where it is', async () => {
    await world.ctx.pool.query(
      `insert into background_runs (account_id, kind, state, created_at, lease_until)
       values ($1, 'test.stopped', 'running', now(), clock_timestamp() + interval '1 hour')`,
      [account.id],
    )
    await until(async () => (await clock()).busy)
    const before = await offset()
    await forward(await nowPlus(5 * HOUR), 'fast')
    expect((await world.api<ClockState>('DELETE', '/api/sandbox/clock/fast')).body.fastUntil).toBeNull()
    await world.ctx.pool.query(`update background_runs set state = 'done' where kind = 'test.stopped'`)
    await looks()
    expect(await offset()).toBe(before)
  })

  test('outlives its worker: the next one goes on', async () => {
    await worker?.close()
    const target = await nowPlus(2 * HOUR)
    await forward(target, 'fast')
    worker = await startWorker(world.ctx)
    await until(async () => (await clock()).fastUntil === null)
    expect(new Date((await clock()).now).getTime()).toBeGreaterThanOrEqual(target.getTime())
  })
})

describe('D6: to what is due next', () => {
  test('jumps to the instant; where nothing is, says so', async () => {
    await world.ctx.pool.query('update business_clock set next_due_at = null')
    const jump = () => world.api<ClockState & Refusal>('POST', '/api/sandbox/clock/next-due', {})
    expect(await jump()).toMatchObject({ status: 409, body: { error: { reason: 'nothing_due' } } })
    const dueAt = await nowPlus(HOUR)
    await world.ctx.pool.query('update business_clock set next_due_at = $1', [dueAt])
    const { body } = await jump()
    expect(new Date(body.now).getTime()).toBeGreaterThanOrEqual(dueAt.getTime())
    expect(await jump()).toMatchObject({ status: 409 })
  })
})

test('after a restart of either side the later clock holds', async () => {
  const ahead = await nowPlus(HOUR)
  await world.control('POST', '/clock', { now: ahead.toISOString() })
  await alignClocks(world.ctx)
  expect(new Date((await clock()).now).getTime()).toBeGreaterThanOrEqual(ahead.getTime())
  const further = await nowPlus(HOUR)
  await world.ctx.pool.query(
    `update business_clock set offset_ms = ceil(extract(epoch from $1::timestamptz - clock_timestamp()) * 1000)`,
    [further],
  )
  await world.ctx.clock.refresh()
  await alignClocks(world.ctx)
  expect(new Date((await simulated()).now).getTime()).toBeGreaterThanOrEqual(further.getTime() - 1_000)
})

describe('D6: a reset makes a new clock', () => {
  const renew = 'delete from business_clock; insert into business_clock default values'
  const aheadAtSimulator = async (of: TestWorld) =>
    (await of.control<{ offsetMs: number }>('GET', '/clock')).offsetMs

  test('a jump that waited for it does not follow', async () => {
    const empty = await createTestWorld()
    const client = await empty.ctx.pool.connect()
    try {
      await client.query('begin; select 1 from business_clock for update')
      const late = forwardClock(empty.ctx, new Date(Date.now() + DAY), 'jump').catch(
        (error: unknown) => error,
      )
      await until(
        async () =>
          (await empty.ctx.pool.query(`select 1 from pg_stat_activity where wait_event_type = 'Lock'`)).rows
            .length > 0,
      )
      await client.query(`${renew}; commit`)
      expect(await late).toMatchObject({ reason: 'clock_was_reset' })
      expect(await aheadAtSimulator(empty)).toBe(0)
    } finally {
      client.release()
      await empty.close()
    }
  })

  test('a process that has not heard of it does not take the simulator back into the future', async () => {
    const empty = await createTestWorld()
    try {
      await empty.ctx.pool.query(renew)
      const stale = { ...empty.ctx, clock: { ...empty.ctx.clock, now: () => new Date(Date.now() + DAY) } }
      await alignClocks(stale)
      expect(await aheadAtSimulator(empty)).toBeLessThan(2_000)
    } finally {
      await empty.close()
    }
  })
})
