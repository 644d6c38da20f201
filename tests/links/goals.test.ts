import { afterAll, beforeAll, expect, test } from 'vitest'
import { figuresOf, totalsOf } from '../../src/modules/goals/index.ts'
import { at, click, createGoalWorld, type Event, type GoalWorld, goal } from './goal-world.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

let world: GoalWorld
beforeAll(async () => {
  world = await createGoalWorld()
})
afterAll(() => world?.close())

test('F6: an event counts for the last message before it, within the window, both ends of it, and once', async () => {
  const who = await world.person()
  const [first, second] = [await world.sendWith(goal()), await world.sendWith(goal())]
  const early = await world.deliver({ sendId: first, ...who, intentAt: at(0) })
  const late = await world.deliver({ sendId: second, ...who, intentAt: at(60) })
  const order = (minutes: number, amount: unknown = 10, ms = 0): Event => ({
    contactId: who.contactId,
    name: 'order',
    at: new Date(at(minutes).getTime() + ms),
    properties: { amount },
  })
  const ids = await world.tell([
    order(0), // at the same instant: not later
    order(0, 10, 1),
    order(60), // the first still is the last before it
    order(60, 10, 1),
    order(180, '12.5'), // the second’s window ends here
    order(180, 10, 1),
    { ...order(61), name: 'visit' },
  ])
  await world.follow()
  const counted = await world.countedFor(ids)
  expect(ids.map((id) => counted.get(id)?.delivery_id)).toEqual([
    undefined,
    early,
    early,
    late,
    late,
    undefined,
    undefined,
  ])
  const figures = await figuresOf(world.ctx.db, second)
  expect(figures.total).toEqual({
    sent: 1,
    delivered: 0,
    clicked: 0,
    converted: 1,
    conversions: 2,
    value: 22.5,
  })
})

test('F6: filters, accounts and values of the goal decide; a message that was refused, or left out, is no touch', async () => {
  const who = await world.person()
  const big = { property: 'amount', type: 'number' as const, test: { op: 'gte' as const, value: 100 } }
  const sendId = await world.sendWith(goal({ event: { event: 'order', where: [big] }, value: null }))
  const refused = await world.sendWith(goal({ value: null }))
  const sent = await world.deliver({ sendId, ...who, intentAt: at(0) })
  for (const state of ['failed', 'skipped', 'planned'])
    await world.deliver({
      sendId: refused,
      ...who,
      state,
      occurrence: ['failed', 'skipped', 'planned'].indexOf(state) + 1,
      intentAt: at(5),
    })
  const orders = [99, 100, 'much', undefined]
  const ids = await world.tell(
    orders.map((amount) => ({ contactId: who.contactId, name: 'order', at: at(10), properties: { amount } })),
  )
  await world.follow()
  const counted = await world.countedFor(ids)
  expect(ids.map((id) => counted.get(id)?.delivery_id)).toEqual([undefined, sent, undefined, undefined])
  expect((await figuresOf(world.ctx.db, sendId)).total.value).toBeNull()
})

test('F6: after a click: the last click before the event counts; an event that came before its click was known is looked at again', async () => {
  const who = await world.person()
  const sendId = await world.sendWith(goal({ from: 'clicked' }))
  const delivery = await world.deliver({ sendId, ...who, intentAt: at(0) })
  const order = (minutes: number): Event => ({ contactId: who.contactId, name: 'order', at: at(minutes) })
  const ids = await world.tell([order(30), order(61)])
  await world.follow()
  expect((await world.countedFor(ids)).size).toBe(0)
  await world.tell([click(who.contactId, delivery, at(31)), click(who.contactId, delivery, at(60))])
  await world.follow()
  expect([...(await world.countedFor(ids)).keys()]).toEqual([ids[1]])
  // two hours after the second click
  const later = await world.tell([order(180), order(181)])
  await world.follow()
  expect([...(await world.countedFor(later)).keys()]).toEqual([later[0]])
})

test('F6: what a page says of itself is no click: only our own redirect is', async () => {
  const who = await world.person()
  const sendId = await world.sendWith(goal({ from: 'clicked' }))
  const delivery = await world.deliver({ sendId, ...who, intentAt: at(0) })
  await world.tell([{ ...click(who.contactId, delivery, at(1)), sourceId: '1' }])
  await world.follow()
  expect((await totalsOf(world.ctx.db, [sendId])).get(sendId)?.clicked).toBe(0)
})

test('F6: people who became one are one: their messages and their events meet', async () => {
  const [one, other] = [await world.person(), await world.person()]
  const sendId = await world.sendWith(goal())
  const delivery = await world.deliver({ sendId, ...one, intentAt: at(0) })
  await world.merge(one.contactId, other.contactId)
  const ids = await world.tell([
    { contactId: one.contactId, name: 'order', at: at(1) },
    { contactId: other.contactId, name: 'order', at: at(2) },
  ])
  await world.follow()
  const counted = await world.countedFor(ids)
  expect(ids.map((id) => counted.get(id)?.delivery_id)).toEqual([delivery, delivery])
  expect((await figuresOf(world.ctx.db, sendId)).people).toMatchObject({ sent: 1, converted: 1 })
})

test('F6: figures by version and by day add up to the whole; people are counted once', async () => {
  const sendId = await world.sendWith(goal())
  const [one, other] = [await world.person(), await world.person()]
  const message = (
    who: typeof one,
    version: number,
    occurrence: number,
    intentAt: Date,
    state = 'accepted',
  ) =>
    world.deliver({
      sendId,
      ...who,
      version,
      occurrence,
      intentAt,
      state,
      reason: state === 'failed' ? 'receipt_blocked' : null,
    })
  await message(one, 1, 1, at(0), 'delivered')
  const second = await message(one, 2, 2, at(DAY / MINUTE))
  await message(other, 2, 3, at(DAY / MINUTE), 'failed')
  await world.tell([
    { contactId: one.contactId, name: 'order', at: at(1), properties: { amount: 5 } },
    click(one.contactId, second, at(DAY / MINUTE + 1)),
    { contactId: one.contactId, name: 'order', at: at(DAY / MINUTE + 2), properties: { amount: 7.25 } },
  ])
  await world.follow()
  const figures = await figuresOf(world.ctx.db, sendId)
  expect(figures).toEqual({
    total: { sent: 3, delivered: 1, clicked: 1, converted: 2, conversions: 2, value: 12.25 },
    people: { sent: 2, delivered: 1, clicked: 1, converted: 1 },
    versions: [
      { version: 2, sent: 2, delivered: 0, clicked: 1, converted: 1, conversions: 1, value: 7.25 },
      { version: 1, sent: 1, delivered: 1, clicked: 0, converted: 1, conversions: 1, value: 5 },
    ],
    days: [
      { day: '2026-11-10', sent: 1, delivered: 1, clicked: 0, converted: 1, conversions: 1, value: 5 },
      { day: '2026-11-11', sent: 2, delivered: 0, clicked: 1, converted: 1, conversions: 1, value: 7.25 },
    ],
  })
})
