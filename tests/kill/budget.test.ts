import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSendingWorld, nextMonth, type SendingWorld } from '../support/sending.ts'
import { expectBalanced } from '../support/sums.ts'
import { endLeases, forkWorker, type WorkerProcess } from '../support/workers.ts'

let world: SendingWorld
let worker: WorkerProcess | undefined
const PEOPLE = 6
const DAY = 86_400_000

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => world?.close())
afterEach(() => worker?.kill())

/** Two groups in two months: they are booked one after the other. */
async function inTwoMonths() {
  const account = await world.bind({ fans: PEOPLE })
  const turn = nextMonth(world.ctx.clock.now()).getTime()
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds.slice(0, 4) },
    timing: { kind: 'each' },
    sendAt: new Date(turn + DAY).toISOString(),
    missed: 'send',
    comparisons: [
      {
        audience: { kind: 'remaining' },
        sendAt: new Date(nextMonth(new Date(turn)).getTime() + DAY).toISOString(),
        missed: 'send',
      },
    ],
  })
  await world.confirm(broadcast)
  return { account, broadcast }
}
const SETTLED = 'set booked_months = months_to_book'

test.each([
  ['before the first booking is committed', 'before', 1],
  ['between two bookings', 'after', 1],
  ['after the last booking', 'after', 2],
] as const)('G4, G3: a worker killed %s: everybody is booked once', async (_name, when, nth) => {
  const { account, broadcast } = await inTwoMonths()
  worker = forkWorker(world, { at: 'commit', what: SETTLED, when, nth })
  expect(await worker.ended).toBe('SIGKILL')
  expect(await world.read(broadcast)).toMatchObject({ state: 'preparing', label: 'preparing' })
  await expectBalanced(world, broadcast)
  await endLeases(world)
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({ state: 'scheduled', totals: { planned: PEOPLE } })
  const { rows } = await world.ctx.pool.query(
    'select used, booked, count(*)::int as fans from mass_allowances where account_id = $1 group by 1, 2',
    [account.id],
  )
  expect(rows).toEqual([{ used: 0, booked: 1, fans: PEOPLE }])
  await expectBalanced(world, broadcast)
})

test('G4, G3: a worker killed as a booking becomes a use: taken once', async () => {
  const { account, broadcast } = await inTwoMonths()
  await world.drain()
  await world.forward(new Date(nextMonth(world.ctx.clock.now()).getTime() + DAY))
  worker = forkWorker(world, { at: 'commit', what: 'set booked = m.booked - 1', when: 'before', nth: 1 })
  expect(await worker.ended).toBe('SIGKILL')
  await expectBalanced(world, broadcast)
  await endLeases(world)
  await world.drain()
  expect((await world.received(account)).size).toBe(4)
  await expectBalanced(world, broadcast)
})
