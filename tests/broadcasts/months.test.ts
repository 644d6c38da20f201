import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareNext } from '../../src/modules/broadcasts/prepare.ts'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import { sendNextBatch } from '../../src/modules/broadcasts/send.ts'
import {
  type Bound,
  createSendingWorld,
  freshText,
  nextMonth,
  type SendingWorld,
} from '../support/sending.ts'
import { closeBalanced } from '../support/sums.ts'

let world: SendingWorld
const never = new AbortController().signal

beforeAll(async () => {
  world = await createSendingWorld()
  // to the middle of a month: no case may stumble over the edge of the machine's own
  await world.forward(new Date(nextMonth(world.ctx.clock.now()).getTime() + 10 * 86_400_000))
})
afterAll(() => closeBalanced(world))

const send = async (account: Bound, fanIds: string[]) => {
  const broadcast = await world.draft(account, { audience: { kind: 'fans', fanIds }, content: freshText() })
  const shown = await world.confirm(broadcast)
  await world.drain()
  return { broadcast, shown }
}
type Month = {
  month: { month: string; used: number; limit: number }
  items: { state: string; reason: string }[]
}
const monthOf = async (account: Bound, fanId: string) =>
  (await world.api<Month>('GET', `/api/accounts/${account.id}/fans/${fanId}/broadcasts`)).body

test('D4: a fan at 4 this month is left out and counted; at Beijing midnight of the 1st let in again', async () => {
  const account = await world.bind({ fans: 6 })
  const [first = '', ...others] = account.fanIds
  for (let n = 1; n <= 4; n += 1) await send(account, [first, others[n] as string])
  expect((await monthOf(account, first)).month).toMatchObject({ used: 4, limit: 4 })

  const fifth = await send(account, account.fanIds)
  expect(fifth.shown).toMatchObject({
    total: 6,
    reached: 5,
    notReached: [{ reason: 'month_used_up', count: 1 }],
    monthLeftAfter: [
      { left: 3, fans: 1 },
      { left: 2, fans: 4 },
    ],
  })
  expect(await world.people(fifth.broadcast)).toEqual({ delivered: 5, 'skipped:month_used_up': 1 })
  expect((await world.received(account)).get(account.openids[0] as string)).toBe(4)
  expect((await monthOf(account, first)).items[0]).toMatchObject({
    state: 'skipped',
    reason: 'month_used_up',
  })

  const midnight = nextMonth(world.ctx.clock.now())
  await world.forward(new Date(midnight.getTime() - 40_000))
  const before = await world.draft(account, { audience: { kind: 'all' } })
  expect((await world.preflight(before)).notReached).toContainEqual({ reason: 'month_used_up', count: 1 })
  await world.forward(midnight)
  const { shown } = await send(account, account.fanIds)
  expect(shown).toMatchObject({ reached: 6, notReached: [] })
  expect((await world.received(account)).get(account.openids[0] as string)).toBe(5)
  expect((await monthOf(account, first)).month).toMatchObject({ used: 1 })
})

test('D4: within 30 minutes of the month’s end a send takes a place in both months, before that in one', async () => {
  const account = await world.bind({ fans: 4 })
  const end = nextMonth(world.ctx.clock.now())
  const ledger = async () =>
    (
      await world.ctx.pool.query<{ month: string; used: number }>(
        'select distinct month, used from mass_allowances where account_id = $1 order by month',
        [account.id],
      )
    ).rows.map((row) => row.used)
  await world.forward(new Date(end.getTime() - 31 * 60_000))
  await send(account, account.fanIds)
  expect(await ledger()).toEqual([1])
  await world.forward(new Date(end.getTime() - 29 * 60_000))
  await send(account, account.fanIds)
  expect(await ledger()).toEqual([2, 1])
  await world.forward(end)
  expect(await world.preflight(await world.draft(account))).toMatchObject({
    monthLeftAfter: [{ left: 2, fans: 4 }],
  })
})

test('D4, G3: eight sends at once to the same fans at their last place: one gets it, the others leave them out', async () => {
  const account = await world.bind({ fans: 6 })
  for (let n = 1; n <= 3; n += 1) await send(account, account.fanIds)
  // all are shown six, since none has taken anything yet
  const broadcasts: Broadcast[] = []
  for (let n = 1; n <= 8; n += 1) broadcasts.push(await world.draft(account))
  for (const broadcast of broadcasts) expect((await world.confirm(broadcast)).reached).toBe(6)
  for (const _ of broadcasts) await prepareNext(world.ctx)
  const other = await world.another()
  await Promise.all(broadcasts.map((_, n) => sendNextBatch(n % 2 ? world.ctx : other, never)))
  await world.drain()
  const ends = await Promise.all(broadcasts.map(world.people))
  expect(ends.filter((end) => end['delivered'] === 6)).toHaveLength(1)
  expect(ends.filter((end) => end['skipped:month_used_up'] === 6)).toHaveLength(7)
  expect([...(await world.received(account)).values()]).toEqual(Array(6).fill(4))
  expect((await monthOf(account, account.fanIds[0] as string)).month.used).toBe(4)
})

test('D4: a platform failure gives the month back; a success keeps it', async () => {
  const account = await world.bind({ fans: 4, settings: { nextMass: [{ status: 'send fail' }] } })
  const { broadcast } = await send(account, account.fanIds)
  expect(await world.read(broadcast)).toMatchObject({
    state: 'failed',
    label: 'failed',
    totals: { failed: 4 },
  })
  expect(await world.people(broadcast)).toEqual({ 'failed:send_fail': 4 })
  expect((await monthOf(account, account.fanIds[0] as string)).month.used).toBe(0)
  await send(account, account.fanIds)
  expect((await monthOf(account, account.fanIds[0] as string)).month.used).toBe(1)
})

test('D4: the day’s recipients are an adjustable limit: what passes it waits for the next day', async () => {
  const account = await world.bind({ fans: 10 })
  await world.api('PUT', `/api/accounts/${account.id}/limits`, { massRecipientsPerDay: 12 })
  await send(account, account.fanIds)
  const { broadcast, shown } = await send(account, account.fanIds.slice(0, 3))
  expect(shown.warnings).toMatchObject([{ reason: 'recipients_day_used', detail: { people: 3, left: 2 } }])
  expect(await world.batches(broadcast)).toMatchObject([{ state: 'held', reason: 'recipients_day_used' }])
  const { dueAt } = (await world.batches(broadcast))[0] as { dueAt: string }
  await world.forward(new Date(dueAt))
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({ label: 'sent' })
})
