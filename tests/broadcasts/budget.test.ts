import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareNext } from '../../src/modules/broadcasts/prepare.ts'
import type { Broadcast, BudgetAnswer, MassBudget, Saturation } from '../../src/modules/broadcasts/schema.ts'
import {
  atBeijing,
  type Bound,
  createSendingWorld,
  expectedIn,
  nextMonth,
  type SendingWorld,
} from '../support/sending.ts'
import { seed, sized } from '../support/size.ts'
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

const budget = async ({ id }: Bound, month?: string) =>
  (await world.api<MassBudget>('GET', `/api/accounts/${id}/mass-budget${month ? `?month=${month}` : ''}`))
    .body
const ask = async ({ id }: Bound, body: object) =>
  (await world.api<{ answers: BudgetAnswer[] }>('POST', `/api/accounts/${id}/mass-budget/ask`, body)).body
    .answers
const dayOf = (at: Date) => new Date(at.getTime() + 8 * HOUR).toISOString().slice(0, 10)

test('G4: the calendar shows what was done, what waits and what is left, now and after it', async () => {
  const account = await world.bind({ fans: 6 })
  const sent = await scheduled(account, null, account.fanIds.slice(0, 2))
  const tomorrow = ahead(DAY)
  const waiting = await scheduled(account, tomorrow, account.fanIds.slice(1, 4))
  const calendar = await budget(account)
  expect(calendar).toMatchObject({ month: monthOf(now()), today: dayOf(now()), perFan: 4 })
  expect(calendar.left).toEqual({ now: [0, 0, 0, 2, 4], planned: [0, 0, 1, 3, 2] })
  const on = (at: Date) => calendar.days.find(({ day }) => day === dayOf(at))
  expect(on(now())).toMatchObject({
    done: { sends: 1, calls: 1, recipients: 2 },
    planned: { sends: 0, calls: 0, recipients: 0 },
    entries: [{ kind: 'done', broadcastId: sent.id, people: 2, isEstimate: false }],
  })
  expect(on(tomorrow)).toMatchObject({
    planned: { sends: 1, calls: 1, recipients: 3 },
    entries: [{ kind: 'waiting', broadcastId: waiting.id, at: tomorrow.toISOString(), people: 3 }],
  })
  // a month that nothing is planned in is whole
  const later = await budget(account, monthOf(nextMonth(nextMonth(now()))))
  expect(later.left).toEqual({ now: [0, 0, 0, 0, 6], planned: [0, 0, 0, 0, 6] })
  expect(later.days.flatMap(({ entries }) => entries)).toEqual([])
})

test('G4: any audience at any time: what it has left, and what it costs each other send of that month', async () => {
  const account = await world.bind({ fans: 6 })
  const { fanIds } = account
  await spend(account, 2, fanIds.slice(0, 3))
  const other = await scheduled(account, ahead(DAY), fanIds.slice(2, 5))
  await scheduled(account, nextMonth(now()), fanIds)
  const audience = { kind: 'fans', fanIds: fanIds.slice(0, 4) }
  const at = ahead(2 * DAY).toISOString()
  const [answer] = await ask(account, { audience, at })
  expect(answer).toMatchObject({
    month: monthOf(now()),
    at,
    people: 4,
    reached: 4,
    left: { now: [0, 0, 3, 0, 1], planned: [0, 1, 2, 1, 0], after: [1, 2, 1, 0, 0] },
    others: [{ broadcastId: other.id, people: 3, shared: 2, emptied: 1 }],
    day: { day: dayOf(new Date(at)), planned: { sends: 1, calls: 1, recipients: 4 }, moved: 0 },
  })
  // of a draft, each group at its own time
  const draft = await world.draft(account, {
    audience: { kind: 'fans', fanIds: fanIds.slice(0, 2) },
    timing: { kind: 'each' },
    sendAt: at,
    comparisons: [
      { audience: { kind: 'remaining' }, sendAt: new Date(nextMonth(now()).getTime() + DAY).toISOString() },
    ],
  })
  expect(await ask(account, { broadcastId: draft.id })).toMatchObject([
    { place: 0, people: 2, month: monthOf(now()), others: [] },
    { place: 1, people: 4, month: monthOf(nextMonth(now())), others: [{ shared: 4, emptied: 0 }] },
  ])
})

test('G4: saturation: the day as it began is written down once, days to come follow the plan', async () => {
  const account = await world.bind({ fans: 4 })
  const { fanIds } = account
  await spend(account, 1, fanIds.slice(0, 3))
  await world.forward(atBeijing(now(), 1, '00:09'))
  await world.drain()
  await spend(account, 1, fanIds.slice(0, 2))
  const read = async () =>
    (await world.api<Saturation>('GET', `/api/accounts/${account.id}/mass-budget/saturation`)).body
  const written = () =>
    world.ctx.pool.query('select 1 from mass_month_days where account_id = $1 and day = $2', [
      account.id,
      dayOf(now()),
    ])
  expect((await written()).rowCount).toBe(0)
  await world.forward(atBeijing(now(), 0, '00:10'))
  await world.drain()
  expect((await written()).rowCount).toBe(1)
  const began = now()
  await world.forward(ahead(DAY))
  await scheduled(account, ahead(DAY), fanIds.slice(0, 3))
  await scheduled(account, ahead(3 * DAY), fanIds.slice(2, 4))
  const { days } = await read()
  const on = (at: Date) => days.find(({ day }) => day === dayOf(at))
  expect(on(began)).toEqual({ day: dayOf(began), kind: 'past', lefts: [0, 0, 2, 1, 1] })
  expect(on(now())).toMatchObject({ kind: 'today', lefts: [0, 0, 2, 1, 1] })
  expect(on(ahead(DAY))).toMatchObject({ kind: 'ahead', lefts: [0, 2, 1, 0, 1] })
  expect(on(ahead(2 * DAY))?.lefts).toEqual([0, 2, 1, 0, 1])
  expect(on(ahead(3 * DAY))?.lefts).toEqual([0, 3, 0, 1, 0])
  expect(on(new Date(began.getTime() - 7 * DAY))).toMatchObject({ kind: 'past', lefts: null })
})

test('D4: a day’s limits count over all sends: said at pre-flight, and the rest goes the next day', async () => {
  const account = await world.bind({ fans: 10 })
  await world.api('PUT', `/api/accounts/${account.id}/limits`, { massRecipientsPerDay: 12 })
  const at = ahead(DAY)
  await scheduled(account, at)
  const draft = await draftAt(account, new Date(at.getTime() + HOUR), account.fanIds.slice(0, 5))
  const shown = await world.preflight(draft)
  expect(shown.warnings).toMatchObject([
    { reason: 'recipients_day_used', detail: { people: 5, left: 2, day: dayOf(at) } },
  ])
  expect(shown.days).toMatchObject([
    { day: dayOf(at), planned: { recipients: 10 }, moved: 5 },
    { day: dayOf(new Date(at.getTime() + DAY)), planned: { recipients: 5 }, moved: 0 },
  ])
})

test('D4: two sends confirmed at once for a subscription account’s one of the day: one is', async () => {
  const account = await world.bind({ fans: 3, kind: 'subscription' })
  const at = ahead(DAY).toISOString()
  const drafts = [1, 2].map(() => world.draft(account, { path: 'all', timing: { kind: 'at', at } }))
  const shown = await Promise.all(
    (await Promise.all(drafts)).map(async (draft) => ({ draft, report: await world.preflight(draft) })),
  )
  const answers = await Promise.all(
    shown.map(({ draft, report }) =>
      world.act(draft, 'send', { version: draft.version, expected: expectedIn(report) }),
    ),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  expect((await ask(account, { audience: { kind: 'all' }, at, path: 'all' }))[0]).toMatchObject({
    left: null,
    taken: { name: '群发', at },
  })
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
    const draft = await draftAt(account, at, account.fanIds.slice(one.from, one.to))
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
