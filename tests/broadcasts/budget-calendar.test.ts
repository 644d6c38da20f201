import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BudgetAnswer, MassBudget, Saturation } from '../../src/modules/broadcasts/schema.ts'
import {
  atBeijing,
  type Bound,
  createSendingWorld,
  expectedIn,
  nextMonth,
  type SendingWorld,
} from '../support/sending.ts'
import { closeBalanced } from '../support/sums.ts'
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

const budget = async ({ id }: Bound, month?: string) =>
  (await world.api<MassBudget>('GET', `/api/accounts/${id}/mass-budget${month ? `?month=${month}` : ''}`))
    .body
const ask = async ({ id }: Bound, body: object) =>
  (await world.api<{ answers: BudgetAnswer[] }>('POST', `/api/accounts/${id}/mass-budget/ask`, body)).body
    .answers
const dayOf = (at: Date) => new Date(at.getTime() + 8 * HOUR).toISOString().slice(0, 10)

test('G4: the calendar shows what was done, what waits and what is left, now and after it', async () => {
  const account = await world.bind({ fans: 6 })
  const sent = await steps.scheduled(account, null, account.fanIds.slice(0, 2))
  const tomorrow = ahead(DAY)
  const waiting = await steps.scheduled(account, tomorrow, account.fanIds.slice(1, 4))
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
  await steps.spend(account, 2, fanIds.slice(0, 3))
  const other = await steps.scheduled(account, ahead(DAY), fanIds.slice(2, 5))
  await steps.scheduled(account, nextMonth(now()), fanIds)
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

test('G4: however many sends wait, each is told what of it the audience shares', async () => {
  const account = await world.bind({ fans: 8 })
  const { fanIds } = account
  const all = []
  for (let place = 0; place < 7; place += 1)
    all.push(await steps.scheduled(account, ahead(DAY + place * HOUR), fanIds.slice(place, place + 2)))
  const audience = { kind: 'fans', fanIds: fanIds.slice(0, 6) }
  const [answer] = await ask(account, { audience, at: ahead(2 * DAY).toISOString() })
  expect(answer?.left).toMatchObject({ planned: [0, 0, 5, 1, 0] })
  // the last has nobody of them
  const shared = answer?.others.map((one) => [one.broadcastId, one.shared])
  expect(shared).toEqual(all.slice(0, 6).map(({ id }, place) => [id, place < 5 ? 2 : 1]))
})

test('G4: saturation: the day as it began is written down once, days to come follow the plan', async () => {
  const account = await world.bind({ fans: 4 })
  const { fanIds } = account
  await steps.spend(account, 1, fanIds.slice(0, 3))
  await world.forward(atBeijing(now(), 1, '00:09'))
  await world.drain()
  await steps.spend(account, 1, fanIds.slice(0, 2))
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
  await steps.scheduled(account, ahead(DAY), fanIds.slice(0, 3))
  await steps.scheduled(account, ahead(3 * DAY), fanIds.slice(2, 4))
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
  await steps.scheduled(account, at)
  const draft = await steps.draftAt(account, new Date(at.getTime() + HOUR), account.fanIds.slice(0, 5))
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
