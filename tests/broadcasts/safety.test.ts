import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { prepareNext } from '../../src/modules/broadcasts/prepare.ts'
import { sendNextBatch } from '../../src/modules/broadcasts/send.ts'
import { atBeijing, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { closeBalanced } from '../support/sums.ts'
import { incidents, MINUTE, PEOPLE } from './incident.ts'

let world: SendingWorld
const never = new AbortController().signal
const { expectAllOnce, later, make } = incidents(() => world)

beforeAll(async () => {
  world = await createSendingWorld()
  await world.forward(atBeijing(world.ctx.clock.now(), 1, '02:00'))
})
afterAll(() => closeBalanced(world))
afterEach(() => world.fault())

test('design 8: after a restore nothing goes out until somebody confirmed', async () => {
  const { account, broadcast } = await make()
  await world.ctx.pool.query('update installation set sending_paused = true, restored_at = now()')
  await world.drain()
  expect((await world.batches(broadcast)).map((batch) => batch.state)).toEqual(['planned', 'planned'])
  const other = await world.draft(account)
  expect((await world.preflight(other)).blockers).toMatchObject([{ reason: 'sending_paused' }])
  expect(await world.received(account)).toEqual(new Map())
  const shown = await world.api<{ heldRecipients: number }>('GET', '/api/installation')
  expect(shown.body).toMatchObject({ sendingPaused: true, heldBatches: 2, heldRecipients: PEOPLE })
  expect((await world.api('POST', '/api/installation/confirm-restore', { understood: true })).status).toBe(
    200,
  )
  await world.drain()
  await expectAllOnce(account, broadcast)
})

test('design 8: a batch in flight at the moment of the backup is not repeated either before that', async () => {
  const { account, on, broadcast } = await make([PEOPLE])
  await world.fault(on({ kind: 'timeout-after-work', ms: 10, remaining: 1 }))
  await sendNextBatch(world.ctx, never)
  await world.ctx.pool.query('update installation set sending_paused = true')
  await later(2 * MINUTE)
  await world.drain()
  expect((await world.batches(broadcast))[0]).toMatchObject({ state: 'sending', reason: 'no_answer' })
  await world.api('POST', '/api/installation/confirm-restore', { understood: true })
  await world.drain()
  await expectAllOnce(account, broadcast)
})

test('design 4: a sandbox that is pointed at the real host refuses, and nothing leaves', async () => {
  const { account, broadcast } = await make([PEOPLE])
  const { channels } = world.ctx
  const real = {
    ...world.ctx,
    channels: {
      ...channels,
      officialAccount: (options: Parameters<typeof channels.officialAccount>[0]) =>
        channels.officialAccount({ ...options, baseUrl: 'https://api.weixin.qq.com' }),
    },
  }
  await expect(sendNextBatch(real, never)).rejects.toMatchObject({
    code: 'forbidden',
    reason: 'real_host_in_sandbox',
  })
  expect(await world.received(account)).toEqual(new Map())
  // the intent is there: whoever comes next asks under its key
  expect(await world.batches(broadcast)).toMatchObject([{ state: 'sending' }])
  await world.ctx.pool.query('update broadcast_batches set lease_until = null where broadcast_id = $1', [
    broadcast.id,
  ])
  await world.drain()
  await expectAllOnce(account, broadcast)
})

test('E7: freezing and copying are done by one of two processes, whoever comes first', async () => {
  const account = await world.bind({ fans: PEOPLE })
  const other = await world.another()
  const broadcast = await world.draft(account)
  await world.confirm(broadcast)
  await Promise.all([world.ctx, other, world.ctx, other].map((ctx) => prepareNext(ctx)))
  await world.drain()
  await expectAllOnce(account, broadcast)
})
