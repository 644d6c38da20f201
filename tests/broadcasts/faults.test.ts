import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Ctx } from '../../src/context.ts'
import { sendNextBatch } from '../../src/modules/broadcasts/send.ts'
import { atBeijing, type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { closeBalanced, expectBalanced } from '../support/sums.ts'
import { until } from '../support/until.ts'
import { HOUR, incidents, MINUTE, PEOPLE } from './incident.ts'

let world: SendingWorld
const never = new AbortController().signal
const { everyone, expectAllOnce, later, make, used, work } = incidents(() => world)

beforeAll(async () => {
  world = await createSendingWorld()
  await world.forward(atBeijing(world.ctx.clock.now(), 1, '02:00'))
})
afterAll(() => closeBalanced(world))
afterEach(() => world.fault())

describe('G3: the call', () => {
  test.each(['token-expired', 'token-revoked'])(
    '%s in mid-send: renewed once, everybody once',
    async (kind) => {
      const { account, on, broadcast } = await make()
      await sendNextBatch(world.ctx, never)
      await world.fault(on({ kind, remaining: 1 }))
      await sendNextBatch(world.ctx, never)
      expect((await world.batches(broadcast)).map((batch) => batch.state)).toEqual(['accepted', 'accepted'])
      await world.drain()
      await expectAllOnce(account, broadcast)
    },
  )

  test('the platform is down for ten minutes and comes back: everybody once', async () => {
    const { account, on, broadcast } = await make()
    await world.fault(on({ kind: 'down' }, '/cgi-bin'))
    for (let minute = 0; minute < 10; minute += 1) {
      await work()
      expect((await world.batches(broadcast)).map((batch) => [batch.state, batch.reason])).toEqual([
        ['sending', 'no_answer'],
        ['sending', 'no_answer'],
      ])
      await later(61_000)
    }
    await world.fault()
    await world.drain()
    await expectAllOnce(account, broadcast)
  })

  test('45028 in the middle: that batch and those behind it fail, give back and can be sent again', async () => {
    const { account, on, broadcast } = await make([3, 3, 3])
    await sendNextBatch(world.ctx, never)
    await world.fault(on({ kind: 'error', errcode: 45028, remaining: 1 }))
    await world.drain()
    expect(await world.people(broadcast)).toEqual({ delivered: 3, 'failed:no_mass_quota': 6 })
    expect((await world.received(account)).size).toBe(3)
    expect(await used(account)).toBe(3)
    const read = await world.read(broadcast)
    expect(read).toMatchObject({ label: 'partly_failed', groups: [{ arms: [{ state: 'ended' }] }] })
    await expectBalanced(world, read)
    for (const seq of [1, 2]) await world.act(broadcast, `batches/${seq}/retry`)
    await world.drain()
    await expectAllOnce(account, broadcast)
  })

  test('the work was done and the answer lost: the same key brings back the one job', async () => {
    const { account, on, broadcast } = await make([PEOPLE])
    await world.fault(on({ kind: 'timeout-after-work', ms: 10, remaining: 1 }))
    await sendNextBatch(world.ctx, never)
    expect(await world.batches(broadcast)).toMatchObject([
      { state: 'sending', reason: 'no_answer', msgId: null },
    ])
    // asked too early, as by a second worker: 45066 says nothing
    await world.ctx.pool.query('update broadcast_batches set due_at = now() where broadcast_id = $1', [
      broadcast.id,
    ])
    await sendNextBatch(world.ctx, never)
    expect(await world.batches(broadcast)).toMatchObject([
      { state: 'sending', reason: 'platform_busy', detail: { errcode: 45066 } },
    ])
    await later(61_000)
    await sendNextBatch(world.ctx, never)
    expect(await world.batches(broadcast)).toMatchObject([{ state: 'accepted', detail: { repeated: true } }])
    await world.drain()
    await expectAllOnce(account, broadcast)
  })

  test.each([
    ['http-500', 'no_answer'],
    ['busy', 'platform_busy'],
  ])('%s is asked again under the same key', async (kind, reason) => {
    const { account, on, broadcast } = await make()
    await world.fault(on({ kind, remaining: 1 }))
    await sendNextBatch(world.ctx, never)
    expect(await world.batches(broadcast)).toMatchObject([{ state: 'sending', reason }, { state: 'planned' }])
    await world.drain()
    await expectAllOnce(account, broadcast)
  })

  test('the day’s calls are used up: the rest waits for Beijing midnight and gives its place back', async () => {
    const { account, on, broadcast } = await make()
    await sendNextBatch(world.ctx, never)
    await world.fault(on({ kind: 'error', errcode: 45009, remaining: 1 }))
    await sendNextBatch(world.ctx, never)
    const [, held] = await world.batches(broadcast)
    expect(held).toMatchObject({ state: 'held', reason: 'calls_used_up' })
    expect(held?.dueAt).toBe(atBeijing(world.ctx.clock.now(), 1, '00:00').toISOString())
    expect(await used(account)).toBe(4)
    await world.forward(new Date(held?.dueAt as string))
    await world.drain()
    await expectAllOnce(account, broadcast)
  })

  test('an account that WeChat stopped is paused; what was not sent goes on when it may send again', async () => {
    const { account, on, broadcast } = await make()
    await world.fault(on({ kind: 'error', errcode: 48004, remaining: 1 }))
    await world.drain()
    expect(await world.batches(broadcast)).toMatchObject([
      { state: 'held', reason: 'account_paused' },
      { state: 'planned' },
    ])
    expect(await used(account)).toBe(0)
    const { body } = await world.api<{ state: string }>('GET', `/api/accounts/${account.id}`)
    expect(body.state).toBe('paused')
    await world.api('POST', `/api/accounts/${account.id}/resume`, {})
    await world.drain()
    await expectAllOnce(account, broadcast)
  })
})

describe('G3: a repeat that is refused proves nothing about the first call', () => {
  const lost = async () => {
    const made = await make([PEOPLE])
    await world.fault(made.on({ kind: 'timeout-after-work', ms: 10, remaining: 1 }))
    await sendNextBatch(world.ctx, never)
    await later(61_000)
    return made
  }

  test('by the content check: unknown, not failed, nothing given back and no retry', async () => {
    const { account, on, broadcast } = await lost()
    await world.fault(on({ kind: 'error', errcode: 40007, remaining: 1 }))
    await world.drain()
    expect(await world.batches(broadcast)).toMatchObject([
      { state: 'unknown', reason: 'repeat_refused', canRetry: false, canResolve: true },
    ])
    expect(await used(account)).toBe(PEOPLE)
    expect((await world.read(broadcast)).label).toBe('unresolved')
    expect((await world.act(broadcast, 'batches/0/retry')).status).toBe(409)
    expect(await world.received(account)).toEqual(everyone(account))
  })

  test('by the day’s calls: asked again the next day under the same key, still reserved', async () => {
    await world.forward(atBeijing(world.ctx.clock.now(), 1, '02:00'))
    const { account, on, broadcast } = await lost()
    await world.fault(on({ kind: 'error', errcode: 45009, remaining: 1 }))
    await world.drain()
    expect(await world.batches(broadcast)).toMatchObject([{ state: 'sending', reason: 'calls_used_up' }])
    expect(await used(account)).toBe(PEOPLE)
    await world.forward(atBeijing(world.ctx.clock.now(), 1, '00:00'))
    await world.drain()
    await expectAllOnce(account, broadcast)
  })

  test.each([
    ['within the memory of keys', 2 * HOUR, { delivered: PEOPLE }],
    ['after it', 25 * HOUR, { 'unknown:answer_never_came': PEOPLE }],
  ])('by a stop of the account that ends %s: never sent twice', async (_when, after, people) => {
    const { account, on, broadcast } = await lost()
    await world.fault(on({ kind: 'error', errcode: 48004, remaining: 1 }))
    await world.drain()
    expect(await world.batches(broadcast)).toMatchObject([{ state: 'sending', reason: 'account_paused' }])
    await later(after)
    await world.api('POST', `/api/accounts/${account.id}/resume`, {})
    await world.drain()
    expect(await world.people(broadcast)).toEqual(people)
    expect(await world.received(account)).toEqual(everyone(account))
  })

  test('one that certainly never arrived is refused like a first call', async () => {
    const { account, on, broadcast } = await make([PEOPLE])
    await world.fault(on({ kind: 'error', errcode: 45011, remaining: 1 }))
    await sendNextBatch(world.ctx, never)
    await later(61_000)
    await world.fault(on({ kind: 'error', errcode: 40007, remaining: 1 }))
    await world.drain()
    expect(await world.people(broadcast)).toEqual({ 'failed:refused_by_platform': PEOPLE })
    expect(await used(account)).toBe(0)
  })

  test.each([
    ['22:59', 22 * HOUR + 59 * MINUTE, { delivered: PEOPLE }],
    ['23:01', 23 * HOUR + MINUTE, { 'unknown:answer_never_came': PEOPLE }],
  ])('a key is asked about until 23 hours are over: at %s h', async (_when, after, people) => {
    const { account, broadcast } = await lost()
    await later(after - 61_000)
    await world.fault()
    await world.drain()
    expect(await world.people(broadcast)).toEqual(people)
    expect(await world.received(account)).toEqual(everyone(account))
  })
})

describe('G3: a worker that wakes up late', () => {
  /** A process that hears its answer only when it is let. */
  const sleepy = () => {
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>()
    const { channels } = world.ctx
    const where: Ctx = {
      ...world.ctx,
      channels: {
        ...channels,
        officialAccount: (options) => {
          const client = channels.officialAccount(options)
          return { ...client, call: (api, input) => client.call(api, input).finally(() => woken) }
        },
      },
    }
    return { where, wake }
  }
  /** The platform has the call: as a job, or as a refusal that was used up. */
  const isCalled = async ({ appid }: Bound, refused: boolean) => {
    const { rows } = await world.ctx.pool.query<{ called: boolean }>(
      refused
        ? `select not exists (select 1 from simulator.fault
             where remaining > 0 and spec->'match'->>'appid' = $1) as called`
        : `select exists (select 1 from simulator.mass_job j join simulator.account a on a.id = j.account_id
             where a.appid = $1) as called`,
      [appid],
    )
    return rows[0]?.called === true
  }

  test.each([
    ['that it was taken', undefined],
    ['that it was refused', { kind: 'error', errcode: 40007, remaining: 1 }],
  ])('and hears %s after another finished its batch writes nothing', async (_what, refusal) => {
    const { account, on, broadcast } = await make([PEOPLE])
    if (refusal !== undefined) await world.fault(on(refusal))
    const { where, wake } = sleepy()
    const late = sendNextBatch(where, never)
    await until(() => isCalled(account, refusal !== undefined))
    await world.ctx.pool.query('update broadcast_batches set lease_until = null where broadcast_id = $1', [
      broadcast.id,
    ])
    await later(61_000)
    await world.drain()
    await expectAllOnce(account, broadcast)
    const before = await world.batches(broadcast)
    wake()
    await late
    expect(await world.batches(broadcast)).toEqual(before)
    expect(await used(account)).toBe(PEOPLE)
  })
})
