import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepareNext } from '../../src/modules/broadcasts/prepare.ts'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import { sendNextBatch } from '../../src/modules/broadcasts/send.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { closeBalanced } from '../support/sums.ts'
import { until } from '../support/until.ts'

let world: SendingWorld
const never = new AbortController().signal
const SIZES = [3, 4, 5]
const PEOPLE = 12
const CALL = '/cgi-bin/message/mass/send'

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => closeBalanced(world))

/** How many were handed over when this many batches were. */
const sum = (batches: number) => SIZES.slice(0, batches).reduce((total, size) => total + size, 0)
const firstOnce = (account: Bound, count: number) =>
  new Map(account.openids.slice(0, count).map((openid) => [openid, 1]))

/** Everything up to an enumerated point; `sent` is how many batches were handed over there. */
const points = [
  { at: 'before the audience is frozen', sent: 0, frozen: false },
  { at: 'before the first batch', sent: 0, frozen: true },
  { at: 'after the first batch', sent: 1, frozen: true },
  { at: 'after the second batch', sent: 2, frozen: true },
  { at: 'after the last batch', sent: 3, frozen: true },
]
type Point = (typeof points)[number]

async function reach(point: Point): Promise<{ account: Bound; broadcast: Broadcast }> {
  const account = await world.bind({ fans: PEOPLE })
  if (!point.frozen) {
    const broadcast = await world.draft(account, { audience: { kind: 'all' } })
    await world.confirm(broadcast)
    return { account, broadcast }
  }
  const broadcast = await world.frozen(account, SIZES)
  for (let sent = 0; sent < point.sent; sent += 1) await sendNextBatch(world.ctx, never)
  return { account, broadcast }
}

describe('D6, G3: pause and resume', () => {
  test.each(points)('$at: nothing more goes out while paused, then exactly the remainder', async (point) => {
    const { account, broadcast } = await reach(point)
    const paused = await world.act(broadcast, 'pause')
    expect(paused.body).toMatchObject({ state: 'paused', pauseReason: 'by_operator', label: 'paused' })
    expect((await world.act(broadcast, 'pause')).status).toBe(409)
    await world.drain()
    expect(await world.received(account)).toEqual(firstOnce(account, sum(point.sent)))
    expect((await world.read(broadcast)).state).toBe('paused')
    expect((await world.act(broadcast, 'resume')).status).toBe(200)
    await world.drain()
    expect(await world.received(account)).toEqual(firstOnce(account, PEOPLE))
    expect(await world.read(broadcast)).toMatchObject({
      label: 'sent',
      totals: { planned: PEOPLE, delivered: PEOPLE, waiting: 0 },
    })
  })

  test('in the middle of a call: the call gets its answer, nothing follows, the remainder goes later', async () => {
    const account = await world.bind({ fans: PEOPLE })
    const broadcast = await world.frozen(account, SIZES)
    await world.fault({ match: { path: CALL, appid: account.appid }, kind: 'latency', ms: 250 })
    const sending = sendNextBatch(world.ctx, never)
    await until(async () => (await world.batches(broadcast))[0]?.state === 'sending')
    await world.act(broadcast, 'pause')
    await sending
    await world.fault()
    await world.drain()
    expect(await world.received(account)).toEqual(firstOnce(account, sum(1)))
    await world.act(broadcast, 'resume')
    await world.drain()
    expect(await world.received(account)).toEqual(firstOnce(account, PEOPLE))
  })

  test('while a batch waits for its turn: it is not sent when its turn comes', async () => {
    const account = await world.bind({ fans: PEOPLE })
    const broadcast = await world.frozen(account, SIZES)
    await world.api('PUT', `/api/accounts/${account.id}/limits`, { massPerMinuteByOpenid: 360 })
    await sendNextBatch(world.ctx, never)
    const waiting = sendNextBatch(world.ctx, never)
    await until(async () => (await lease(broadcast.id)) !== null)
    await world.act(broadcast, 'pause')
    await waiting
    expect((await world.batches(broadcast)).map((batch) => batch.state)).toEqual([
      'accepted',
      'planned',
      'planned',
    ])
    await world.act(broadcast, 'resume')
    await world.drain()
    expect(await world.received(account)).toEqual(firstOnce(account, PEOPLE))
  })

  test('pausing and going on again and again loses nobody and repeats nobody', async () => {
    const account = await world.bind({ fans: 20 })
    const broadcast = await world.frozen(account, [2, 2, 2, 2, 2, 2, 2, 2, 2, 2])
    for (let n = 0; n < 10; n += 1) {
      await Promise.all([sendNextBatch(world.ctx, never), world.act(broadcast, 'pause')])
      await Promise.all([sendNextBatch(world.ctx, never), world.act(broadcast, 'resume')])
    }
    await world.drain()
    expect(await world.received(account)).toEqual(firstOnce(account, 20))
  })
})

describe('D6, G3: cancel', () => {
  test.each(points)('$at: what was not handed over is never sent', async (point) => {
    const { account, broadcast } = await reach(point)
    expect((await world.act(broadcast, 'cancel')).body).toMatchObject({ state: 'cancelled' })
    expect((await world.act(broadcast, 'resume')).status).toBe(409)
    await world.drain()
    const handed = sum(point.sent)
    expect(await world.received(account)).toEqual(firstOnce(account, handed))
    const cancelled = point.frozen ? PEOPLE - handed : 0
    expect(await world.read(broadcast)).toMatchObject({
      label: 'cancelled',
      totals: { planned: handed, submitted: handed, delivered: handed, skipped: cancelled, waiting: 0 },
      skippedByReason: cancelled > 0 ? [{ reason: 'cancelled', count: cancelled }] : [],
    })
    expect(await world.people(broadcast)).toEqual({
      ...(handed > 0 && { delivered: handed }),
      ...(cancelled > 0 && { 'skipped:cancelled': cancelled }),
    })
  })

  test('E7: a cancelled send took no month from those it never reached', async () => {
    const { account, broadcast } = await reach(points[2] as Point)
    await world.act(broadcast, 'cancel')
    await world.drain()
    const { rows } = await world.ctx.pool.query('select fan_id from mass_allowances where account_id = $1', [
      account.id,
    ])
    expect(rows).toHaveLength(SIZES[0] as number)
  })

  test('while batches are being handed over by two processes: either sent or cancelled, never both', async () => {
    const account = await world.bind({ fans: 20 })
    const broadcast = await world.frozen(account, Array(10).fill(2))
    const other = await world.another()
    const working = Promise.all(
      [world.ctx, other].map(async (ctx) => {
        for (let n = 0; n < 10; n += 1) await sendNextBatch(ctx, never)
      }),
    )
    await until(async () => (await world.batches(broadcast)).some((batch) => batch.state === 'accepted'))
    expect((await world.act(broadcast, 'cancel')).status).toBe(200)
    await working
    await world.drain()
    const { delivered = 0, 'skipped:cancelled': cancelled = 0, ...rest } = await world.people(broadcast)
    expect([delivered + cancelled, rest]).toEqual([20, {}])
    const received = await world.received(account)
    expect([received.size, new Set(received.values())]).toEqual([delivered, new Set([1])])
    expect((await world.read(broadcast)).totals).toMatchObject({ planned: delivered, skipped: cancelled })
  })
})

describe('E7: drafts', () => {
  test('a draft is deleted; what was confirmed stays in the record and can be copied', async () => {
    const account = await world.bind({ fans: 5 })
    const draft = await world.draft(account)
    const url = (broadcast: Broadcast) => `/api/accounts/${account.id}/broadcasts/${broadcast.id}`
    expect((await world.api('DELETE', url(draft))).status).toBe(200)
    expect((await world.api('GET', url(draft))).status).toBe(404)
    const sent = await world.draft(account)
    await world.confirm(sent)
    expect((await world.api('DELETE', url(sent))).status).toBe(409)
    await world.drain()
    const copy = (await world.act(sent, 'copy')).body
    expect(copy).toMatchObject({
      state: 'draft',
      groups: [{ audience: sent.groups[0]?.audience, arms: [{ content: sent.groups[0]?.arms[0]?.content }] }],
    })
  })

  test('a test send reaches the named followers as previews, costs no quota and says who could not be reached', async () => {
    const account = await world.bind({ fans: 5 })
    const broadcast = await world.draft(account)
    const [one = '', two = ''] = account.openids
    const { body } = await world.act(broadcast, 'test-send', {
      openids: [one, two, one],
      wechatIds: ['nobody-of-this-name'],
    })
    expect((body as unknown as { results: object[] }).results).toMatchObject([
      { target: 'nobody-of-this-name', ok: false, errcode: 40132 },
      { target: one, ok: true },
      { target: two, ok: true },
    ])
    const { items } = await world.control<{ items: { openid: string; kind: string }[] }>(
      'GET',
      `/ledger?appid=${account.appid}`,
    )
    expect(items.map((item) => [item.openid, item.kind])).toEqual([
      [one, 'preview'],
      [two, 'preview'],
    ])
    expect((await world.preflight(broadcast)).monthLeftAfter).toEqual([{ left: 3, fans: 5 }])
  })
})

test('G3: a worker that is told to stop while it waits for its turn lets go, and another sends it once', async () => {
  const account = await world.bind({ fans: 6 })
  const broadcast = await world.frozen(account, [3, 3])
  await world.api('PUT', `/api/accounts/${account.id}/limits`, { massPerMinuteByOpenid: 3 })
  await sendNextBatch(world.ctx, never)
  const stop = new AbortController()
  const waiting = sendNextBatch(world.ctx, stop.signal)
  await until(async () => (await lease(broadcast.id)) !== null)
  stop.abort()
  await waiting
  expect(await world.batches(broadcast)).toMatchObject([{ state: 'accepted' }, { state: 'planned' }])
  expect(await lease(broadcast.id)).toBeNull()
  await world.api('PUT', `/api/accounts/${account.id}/limits`, { massPerMinuteByOpenid: 10_000_000 })
  await world.ctx.pool.query('delete from rate_buckets')
  await world.drain()
  expect(await world.received(account)).toEqual(firstOnce(account, 6))
})

const lease = async (broadcastId: string) =>
  (
    await world.ctx.pool.query<{ lease_until: Date | null }>(
      'select lease_until from broadcast_batches where broadcast_id = $1 and seq = 1',
      [broadcastId],
    )
  ).rows[0]?.lease_until

test('E8: the three lists show a broadcast where an operator looks for it', async () => {
  const account = await world.bind({ fans: 5 })
  const [draft, queued, sent] = [
    await world.draft(account),
    await world.draft(account),
    await world.draft(account),
  ]
  await world.confirm(sent)
  await world.drain()
  await world.confirm(queued)
  await prepareNext(world.ctx)
  const ids = async (view: string) =>
    (
      await world.api<{ items: { id: string }[] }>(
        'GET',
        `/api/accounts/${account.id}/broadcasts?view=${view}`,
      )
    ).body.items.map((item) => item.id)
  expect(await ids('all')).toEqual([sent.id, queued.id, draft.id])
  expect(await ids('queue')).toEqual([queued.id])
  expect(await ids('records')).toEqual([sent.id, queued.id])
  expect(await ids('all&label=sent')).toEqual([sent.id])
  await world.drain()
})
