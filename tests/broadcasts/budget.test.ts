import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareNext } from '../../src/modules/broadcasts/prepare.ts'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import { type Bound, createSendingWorld, nextMonth, type SendingWorld } from '../support/sending.ts'
import { expectBalanced, expectLedger } from '../support/sums.ts'

let world: SendingWorld
const HOUR = 3_600_000
const DAY = 24 * HOUR

beforeAll(async () => {
  world = await createSendingWorld()
  // to the middle of a month: no case may stumble over the edge of the machine's own
  await world.forward(new Date(nextMonth(world.ctx.clock.now()).getTime() + 10 * DAY))
})
afterAll(() => world?.close())

const now = () => world.ctx.clock.now()
const ahead = (ms: number) => new Date(now().getTime() + ms)
const url = ({ accountId, id }: Broadcast, rest: string) =>
  `/api/accounts/${accountId}/broadcasts/${id}/${rest}`

const draftAt = (account: Bound, at: Date | null, fanIds = account.fanIds) =>
  world.draft(account, {
    audience: { kind: 'fans', fanIds },
    timing: at === null ? { kind: 'now' } : { kind: 'at', at: at.toISOString() },
  })
async function scheduled(account: Bound, at: Date | null, fanIds = account.fanIds): Promise<Broadcast> {
  const broadcast = await draftAt(account, at, fanIds)
  await world.confirm(broadcast)
  await world.drain()
  return world.read(broadcast)
}
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
/** As if so many had been sent: by batches, as the sums are counted by them. */
async function spend(account: Bound, times: number, fanIds = account.fanIds) {
  for (let n = 0; n < times; n += 1) await scheduled(account, null, fanIds)
}
const monthOf = (at: Date) => new Date(at.getTime() + 8 * HOUR).toISOString().slice(0, 7)

test('G4: a scheduled send holds its places: a send at once doesn’t take them, cancelling gives them back', async () => {
  const account = await world.bind({ fans: 4 })
  await spend(account, 3)
  const first = await scheduled(account, ahead(3 * HOUR))
  expect(first).toMatchObject({ state: 'scheduled', label: 'queued' })
  expect(await ledger(account)).toEqual([{ month: monthOf(now()), used: 3, booked: 1, fans: 4 }])
  const second = await draftAt(account, null)
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
  const broadcast = await scheduled(account, ahead(2 * HOUR))
  await expectBalanced(world, broadcast)
  await world.forward(ahead(2 * HOUR))
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({ label: 'sent', totals: { delivered: 4 } })
  expect(await ledger(account)).toEqual([{ month: monthOf(now()), used: 1, booked: 0, fans: 4 }])
  await expectBalanced(world, broadcast)
})

test('G4: back to a draft, deleted groups and those left alone give their places back', async () => {
  const account = await world.bind({ fans: 5 })
  const broadcast = await scheduled(account, ahead(2 * HOUR))
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
    await scheduled(account, new Date(turn.getTime() + n * HOUR), [first, second])
  const broadcast = await scheduled(account, ahead(2 * HOUR))
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
  const broadcast = await scheduled(account, new Date(turn.getTime() - 20 * 60_000))
  const both = [monthOf(now()), monthOf(turn)].map((month) => ({ month, used: 0, booked: 1, fans: 3 }))
  expect(await ledger(account)).toEqual(both)
  await retime(broadcast, ahead(HOUR))
  await world.drain()
  expect(await ledger(account)).toEqual(both.slice(0, 1))
  await expectLedger(world.ctx, account.id)
})

test('G4: two that choose the same last place at once: one books it, the other reports', async () => {
  const account = await world.bind({ fans: 4 })
  await spend(account, 3)
  const drafts = [await draftAt(account, ahead(2 * HOUR)), await draftAt(account, ahead(2 * HOUR))]
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
