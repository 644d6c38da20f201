import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { expectBalanced } from '../support/sums.ts'
import { endLeases, forkWorker, type WorkerProcess } from '../support/workers.ts'

let world: SendingWorld
let worker: WorkerProcess | undefined
const PEOPLE = 10

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => world?.close())
afterEach(() => worker?.kill())

/** Everybody, of three groups whose lists overlap. */
async function overlapping(account: Bound, sendAt: Date | null = null): Promise<Broadcast> {
  const named = (from: number, to: number) => ({
    kind: 'fans' as const,
    fanIds: account.fanIds.slice(from, to),
  })
  const at = sendAt?.toISOString() ?? null
  return world.draft(account, {
    audience: named(0, 4),
    timing: { kind: 'each' },
    sendAt: at,
    missed: 'send',
    comparisons: [
      { audience: named(2, 7), sendAt: at, missed: 'send' },
      { audience: { kind: 'remaining' }, sendAt: at, missed: 'send' },
    ],
  })
}

async function expectEverybodyOnce(account: Bound, broadcast: Broadcast) {
  expect(await world.received(account)).toEqual(new Map(account.openids.map((openid) => [openid, 1])))
  const ended = await world.read(broadcast)
  expect(ended).toMatchObject({ label: 'sent', totals: { planned: PEOPLE, delivered: PEOPLE, waiting: 0 } })
  expect(ended.groups.map(({ total, filtered }) => [total, filtered])).toEqual([
    [4, 0],
    [5, 2],
    [3, 0],
  ])
  await expectBalanced(world, ended)
}

test.each([
  ['before the commit of the freeze', 'insert into broadcast_recipients', 'before'],
  ['after the commit of the freeze', 'insert into broadcast_recipients', 'after'],
  ['before the end of the groups is written', 'update "broadcast_arms" set "state"', 'before'],
] as const)('E5, G3: a worker killed %s: everybody in one group, once', async (_name, what, when) => {
  const account = await world.bind({ fans: PEOPLE })
  const broadcast = await overlapping(account)
  await world.confirm(broadcast)
  worker = forkWorker(world, { at: 'commit', what, when, nth: 1 })
  expect(await worker.ended).toBe('SIGKILL')
  await endLeases(world)
  await world.drain()
  await expectEverybodyOnce(account, broadcast)
})

test.each(['before', 'after'] as const)(
  'E7, G3: a worker killed %s a group is let go at its time: once',
  async (when) => {
    const account = await world.bind({ fans: PEOPLE })
    const at = new Date(world.ctx.clock.now().getTime() + 3_600_000)
    const broadcast = await overlapping(account, at)
    await world.confirm(broadcast)
    await world.drain()
    expect((await world.read(broadcast)).state).toBe('scheduled')
    await world.forward(at)
    worker = forkWorker(world, { at: 'commit', what: 'update broadcast_batches set due_at', when, nth: 2 })
    expect(await worker.ended).toBe('SIGKILL')
    await endLeases(world)
    await world.drain()
    await expectEverybodyOnce(account, broadcast)
  },
)
