import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareNext } from '../../src/modules/broadcasts/prepare.ts'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import { type Bound, createSendingWorld, nextMonth, type SendingWorld } from '../support/sending.ts'
import { seed, sized } from '../support/size.ts'
import { closeBalanced, expectBalanced, expectLedger } from '../support/sums.ts'
import { budgetSteps, DAY, HOUR, monthOf } from './budget-steps.ts'

let world: SendingWorld
let steps: ReturnType<typeof budgetSteps>

beforeAll(async () => {
  world = await createSendingWorld()
  steps = budgetSteps(world)
  await steps.toMiddleOfMonth()
})
afterAll(() => closeBalanced(world))

const now = () => world.ctx.clock.now()
const ahead = (ms: number) => new Date(now().getTime() + ms)
const url = ({ accountId, id }: Broadcast, rest: string) =>
  `/api/accounts/${accountId}/broadcasts/${id}/${rest}`

const retime = (broadcast: Broadcast, at: Date | null) =>
  world.api<Broadcast>('PUT', url(broadcast, 'groups/0/time'), { sendAt: at?.toISOString() ?? null })

/** How many fans have used and booked how many, by month; where both are 0 not at all. */
async function ledger({ id }: Bound) {
  const { rows } = await world.ctx.pool.query(
    `select to_char(month, 'YYYY-MM') as month, used, booked, count(*)::int as fans from mass_allowances
     where account_id = $1 and used + booked > 0 group by 1, 2, 3 order by 1, 2, 3`,
    [id],
  )
  return rows
}

test('G4: a scheduled send holds its places: a send at once doesn’t take them, cancelling gives them back', async () => {
  const account = await world.bind({ fans: 4 })
  await steps.spend(account, 3)
  const first = await steps.scheduled(account, ahead(3 * HOUR))
  expect(first).toMatchObject({ state: 'scheduled', label: 'queued' })
  expect(await ledger(account)).toEqual([{ month: monthOf(now()), used: 3, booked: 1, fans: 4 }])
  const second = await steps.draftAt(account, null)
  expect(await world.preflight(second)).toMatchObject({
    reached: 0,
    notReached: [{ reason: 'month_booked', count: 4 }],
  })
  await world.act(first, 'cancel')
  await world.drain()
  expect(await ledger(account)).toEqual([{ month: monthOf(now()), used: 3, booked: 0, fans: 4 }])
  expect((await world.preflight(second)).reached).toBe(4)
  await expectBalanced(world, first)
})

test('G4: at its time a booking becomes a use', async () => {
  const account = await world.bind({ fans: 4 })
  const broadcast = await steps.scheduled(account, ahead(2 * HOUR))
  await expectBalanced(world, broadcast)
  await world.forward(ahead(2 * HOUR))
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({ label: 'sent', totals: { delivered: 4 } })
  expect(await ledger(account)).toEqual([{ month: monthOf(now()), used: 1, booked: 0, fans: 4 }])
  await expectBalanced(world, broadcast)
})

test('G4: back to a draft, deleted groups and those left alone give their places back', async () => {
  const account = await world.bind({ fans: 5 })
  const broadcast = await steps.scheduled(account, ahead(2 * HOUR))
  const { body: draft } = await world.act(broadcast, 'unschedule')
  expect(await ledger(account)).toEqual([])
  await world.confirm(draft)
  await world.drain()
  expect(await ledger(account)).toEqual([{ month: monthOf(now()), used: 0, booked: 1, fans: 5 }])
  // all but one leave: who is left alone can't be sent to by list
  await world.ctx.pool.query('update fans set following = false where id = any($1::bigint[])', [
    account.fanIds.slice(1),
  ])
  await world.forward(ahead(2 * HOUR))
  await world.drain()
  expect(await world.people(broadcast)).toEqual({ 'skipped:not_following': 4, 'skipped:below_two': 1 })
  expect(await ledger(account)).toEqual([])
  await expectBalanced(world, await world.read(broadcast))
})

test('G4: re-timed into another month it books there and is free here; who has no place there is left out', async () => {
  const account = await world.bind({ fans: 4 })
  const turn = nextMonth(now())
  const [first = '', second = '', ...others] = account.fanIds
  // the next month is full for two of them
  for (let n = 0; n < 4; n += 1)
    await steps.scheduled(account, new Date(turn.getTime() + n * HOUR), [first, second])
  const broadcast = await steps.scheduled(account, ahead(2 * HOUR))
  expect((await retime(broadcast, new Date(turn.getTime() + DAY))).status).toBe(200)
  await world.drain()
  expect(await ledger(account)).toEqual([
    { month: monthOf(turn), used: 0, booked: 1, fans: others.length },
    { month: monthOf(turn), used: 0, booked: 4, fans: 2 },
  ])
  expect(await world.people(broadcast)).toEqual({ planned: 2, 'skipped:month_booked': 2 })
  await expectBalanced(world, await world.read(broadcast))
})

test('G4: within 30 minutes of a month’s end it is booked in both, and frees the one it didn’t need', async () => {
  const account = await world.bind({ fans: 3 })
  const turn = nextMonth(now())
  const broadcast = await steps.scheduled(account, new Date(turn.getTime() - 20 * 60_000))
  const both = [monthOf(now()), monthOf(turn)].map((month) => ({ month, used: 0, booked: 1, fans: 3 }))
  expect(await ledger(account)).toEqual(both)
  await retime(broadcast, ahead(HOUR))
  await world.drain()
  expect(await ledger(account)).toEqual(both.slice(0, 1))
  await expectLedger(world.ctx, account.id)
})

test('G4, D4: what a day puts off into the next month is booked and used there', async () => {
  const account = await world.bind({ fans: 5 })
  await world.api('PUT', `/api/accounts/${account.id}/limits`, { massRecipientsPerDay: 3 })
  const turn = nextMonth(now())
  const at = new Date(turn.getTime() - 5 * HOUR)
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds.slice(0, 3) },
    timing: { kind: 'at', at: at.toISOString() },
    comparisons: [{ audience: { kind: 'remaining' } }],
  })
  await world.confirm(broadcast)
  await world.drain()
  await world.forward(at)
  await world.drain()
  expect(await ledger(account)).toEqual([
    { month: monthOf(at), used: 1, booked: 0, fans: 3 },
    { month: monthOf(turn), used: 0, booked: 1, fans: 2 },
  ])
  await world.forward(turn)
  await world.drain()
  expect(await ledger(account)).toEqual([
    { month: monthOf(at), used: 1, booked: 0, fans: 3 },
    { month: monthOf(turn), used: 1, booked: 0, fans: 2 },
  ])
  await expectBalanced(world, await world.read(broadcast))
})

test('G4: two that choose the same last place at once: one books it, the other reports', async () => {
  const account = await world.bind({ fans: 4 })
  await steps.spend(account, 3)
  const drafts = [
    await steps.draftAt(account, ahead(2 * HOUR)),
    await steps.draftAt(account, ahead(2 * HOUR)),
  ]
  for (const draft of drafts) expect((await world.confirm(draft)).reached).toBe(4)
  const other = await world.another()
  await Promise.all([prepareNext(world.ctx), prepareNext(other)])
  await world.forward(ahead(2 * HOUR))
  await world.drain()
  const ends = await Promise.all(drafts.map(world.people))
  expect(ends).toContainEqual({ delivered: 4 })
  expect(ends).toContainEqual({ 'skipped:month_booked': 4 })
  expect([...(await world.received(account)).values()]).toEqual(Array(4).fill(4))
  for (const draft of drafts) await expectBalanced(world, await world.read(draft))
})

type Step =
  | { do: 'schedule'; days: number; from: number; to: number }
  | { do: 'send'; from: number; to: number }
  | { do: 'cancel' | 'unschedule' | 'pause' | 'resume'; which: number }
  | { do: 'retime'; which: number; days: number | null }
  | { do: 'forward'; days: number }
const which = fc.nat(5)
const range = { from: fc.integer({ min: 0, max: 3 }), to: fc.integer({ min: 5, max: 8 }) }
const days = fc.integer({ min: 1, max: 40 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('schedule' as const), days, ...range }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('send' as const), ...range }) },
  fc.record({ do: fc.constantFrom('cancel', 'unschedule', 'pause', 'resume'), which }),
  fc.record({ do: fc.constant('retime' as const), which, days: fc.option(days, { freq: 4 }) }),
  fc.record({ do: fc.constant('forward' as const), days: fc.integer({ min: 1, max: 12 }) }),
)

test('G4: whatever is scheduled, sent, cancelled and re-timed: used and booked are what the batches hold', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 8 }), async (steps) => {
      const account = await world.bind({ fans: 8 })
      const sends: Broadcast[] = []
      for (const one of steps) {
        await take(account, sends, one)
        await world.drain()
        await expectLedger(world.ctx, account.id)
        // nothing is ever promised twice
        expect(
          (await ledger(account)).filter(({ used, booked }) => used + booked > 4),
          JSON.stringify(steps),
        ).toEqual([])
      }
      for (const send of sends) {
        await world.act(send, 'resume')
        await world.act(send, 'cancel')
      }
      await world.drain()
      await expectLedger(world.ctx, account.id)
      expect((await ledger(account)).filter(({ booked }) => booked > 0)).toEqual([])
    }),
    { numRuns: sized(3, 60), seed },
  )
})

async function take(account: Bound, sends: Broadcast[], one: Step): Promise<void> {
  if (one.do === 'forward') return world.forward(ahead(one.days * DAY))
  if (one.do === 'schedule' || one.do === 'send') {
    const at = one.do === 'send' ? null : ahead(one.days * DAY)
    const draft = await steps.draftAt(account, at, account.fanIds.slice(one.from, one.to))
    if ((await world.preflight(draft)).blockers.length > 0) return
    await world.confirm(draft)
    sends.push(draft)
    return
  }
  const send = sends[one.which]
  // what makes no sense now is refused
  if (send === undefined) return
  if (one.do === 'retime') await retime(send, one.days === null ? null : ahead(one.days * DAY))
  else await world.act(send, one.do)
}
