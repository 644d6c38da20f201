import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { figuresOf, setGoal, totalsOf } from '../../src/modules/goals/index.ts'
import { goalsModule } from '../../src/modules/goals/module.ts'
import type { Goal } from '../../src/modules/goals/schema.ts'
import { createReactionSweeps } from '../../src/modules/ingest/index.ts'
import { saveLinks } from '../../src/modules/links/index.ts'
import { type BareWorld, createBareWorld } from '../security/world.ts'
import { sized } from '../support/size.ts'
import { insertAccount, insertDelivery, insertPeople, insertSend } from './world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NEVER = new AbortController().signal
const START = Date.parse('2026-11-10T02:00:00Z')
const at = (minutes: number) => new Date(START + minutes * MINUTE)

let world: BareWorld
let accountId: string
beforeAll(async () => {
  world = await createBareWorld('production')
  accountId = await insertAccount(world.ctx)
})
afterAll(() => world?.close())

const follow = async () => {
  for (const sweep of createReactionSweeps(goalsModule.reactions ?? []))
    while ((await sweep.run(world.ctx, NEVER)) > 0);
}
type Event = { contactId: string; name: string; at: Date; properties?: object; sourceId?: string | null }
const tell = async (events: readonly Event[]): Promise<string[]> => {
  const ids: string[] = []
  for (const { contactId, name, at: when, properties = {}, sourceId = null } of events) {
    const { rows } = await sql<{ id: string }>`
      insert into events (account_id, contact_id, name, at, received_at, source_id, properties)
      values (${accountId}::bigint, ${contactId}::bigint, ${name}, ${when}, now(), ${sourceId}::bigint, ${JSON.stringify(properties)}::jsonb)
      returning id`.execute(world.ctx.db)
    ids.push(rows[0]?.id as string)
  }
  return ids
}
const goal = (changed: Partial<Goal> = {}): Goal => ({
  event: { event: 'order', where: [] },
  within: { amount: 2, unit: 'hour' },
  from: 'sent',
  value: 'amount',
  ...changed,
})
const sendWith = async (given: Goal | null, links = 1) => {
  const sendId = await insertSend(world.ctx, { accountId, version: 2 })
  for (const version of [1, 2])
    await saveLinks(
      world.ctx.db,
      { sendId, version },
      Array.from({ length: links }, (_, index) => ({
        index,
        kind: 'web',
        url: 'https://brand.example.com/',
      })),
    )
  await setGoal(world.ctx.db, sendId, given, at(0))
  return sendId
}
const person = async () => {
  const { contactIds, fanIds } = await insertPeople(world.ctx, accountId, 1)
  return { contactId: contactIds[0] as string, fanId: fanIds[0] as string }
}
const merge = (contactId: string, into: string) =>
  sql`insert into contact_aliases (contact_id, merged_into, merged_at, cause) values (${contactId}::bigint, ${into}::bigint, now(), '{}')`.execute(
    world.ctx.db,
  )
const click = (contactId: string, delivery: string, when: Date): Event => ({
  contactId,
  name: 'weida.link_click',
  at: when,
  properties: { delivery, link: 0 },
})
const countedFor = async (eventIds: readonly string[]) => {
  const { rows } = await sql<{ event_id: string; delivery_id: string; value: string | null }>`
    select event_id, delivery_id, value from conversions where event_id = any(${[...eventIds]}::bigint[])`.execute(
    world.ctx.db,
  )
  return new Map(rows.map((row) => [row.event_id, row]))
}

test('F6: an event counts for the last message before it, within the window, both ends of it, and once', async () => {
  const who = await person()
  const [first, second] = [await sendWith(goal()), await sendWith(goal())]
  const early = await insertDelivery(world.ctx, { sendId: first, accountId, ...who, intentAt: at(0) })
  const late = await insertDelivery(world.ctx, { sendId: second, accountId, ...who, intentAt: at(60) })
  const order = (minutes: number, amount: unknown = 10, ms = 0): Event => ({
    contactId: who.contactId,
    name: 'order',
    at: new Date(at(minutes).getTime() + ms),
    properties: { amount },
  })
  const ids = await tell([
    order(0), // at the same instant: not later
    order(0, 10, 1),
    order(60), // the first still is the last before it
    order(60, 10, 1),
    order(180, '12.5'), // the second’s window ends here
    order(180, 10, 1),
    { ...order(61), name: 'visit' },
  ])
  await follow()
  const counted = await countedFor(ids)
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
  const who = await person()
  const big = { property: 'amount', type: 'number' as const, test: { op: 'gte' as const, value: 100 } }
  const sendId = await sendWith(goal({ event: { event: 'order', where: [big] }, value: null }))
  const refused = await sendWith(goal({ value: null }))
  const sent = await insertDelivery(world.ctx, { sendId, accountId, ...who, intentAt: at(0) })
  for (const state of ['failed', 'skipped', 'planned'])
    await insertDelivery(world.ctx, {
      sendId: refused,
      accountId,
      ...who,
      state,
      occurrence: ['failed', 'skipped', 'planned'].indexOf(state) + 1,
      intentAt: at(5),
    })
  const orders = [99, 100, 'much', undefined]
  const ids = await tell(
    orders.map((amount) => ({ contactId: who.contactId, name: 'order', at: at(10), properties: { amount } })),
  )
  await follow()
  const counted = await countedFor(ids)
  expect(ids.map((id) => counted.get(id)?.delivery_id)).toEqual([undefined, sent, undefined, undefined])
  expect((await figuresOf(world.ctx.db, sendId)).total.value).toBeNull()
})

test('F6: after a click: the last click before the event counts; an event that came before its click was known is looked at again', async () => {
  const who = await person()
  const sendId = await sendWith(goal({ from: 'clicked' }))
  const delivery = await insertDelivery(world.ctx, { sendId, accountId, ...who, intentAt: at(0) })
  const order = (minutes: number): Event => ({ contactId: who.contactId, name: 'order', at: at(minutes) })
  const ids = await tell([order(30), order(61)])
  await follow()
  expect((await countedFor(ids)).size).toBe(0)
  await tell([click(who.contactId, delivery, at(31)), click(who.contactId, delivery, at(60))])
  await follow()
  expect([...(await countedFor(ids)).keys()]).toEqual([ids[1]])
  // two hours after the second click
  const later = await tell([order(180), order(181)])
  await follow()
  expect([...(await countedFor(later)).keys()]).toEqual([later[0]])
})

test('F6: what a page says of itself is no click: only our own redirect is', async () => {
  const who = await person()
  const sendId = await sendWith(goal({ from: 'clicked' }))
  const delivery = await insertDelivery(world.ctx, { sendId, accountId, ...who, intentAt: at(0) })
  await tell([{ ...click(who.contactId, delivery, at(1)), sourceId: '1' }])
  await follow()
  expect((await totalsOf(world.ctx.db, [sendId])).get(sendId)?.clicked).toBe(0)
})

test('F6: people who became one are one: their messages and their events meet', async () => {
  const [one, other] = [await person(), await person()]
  const sendId = await sendWith(goal())
  const delivery = await insertDelivery(world.ctx, { sendId, accountId, ...one, intentAt: at(0) })
  await merge(one.contactId, other.contactId)
  const ids = await tell([
    { contactId: one.contactId, name: 'order', at: at(1) },
    { contactId: other.contactId, name: 'order', at: at(2) },
  ])
  await follow()
  const counted = await countedFor(ids)
  expect(ids.map((id) => counted.get(id)?.delivery_id)).toEqual([delivery, delivery])
  expect((await figuresOf(world.ctx.db, sendId)).people).toMatchObject({ sent: 1, converted: 1 })
})

test('F6: figures by version and by day add up to the whole; people are counted once', async () => {
  const sendId = await sendWith(goal())
  const [one, other] = [await person(), await person()]
  const message = (
    who: typeof one,
    version: number,
    occurrence: number,
    intentAt: Date,
    state = 'accepted',
  ) =>
    insertDelivery(world.ctx, {
      sendId,
      accountId,
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
  await tell([
    { contactId: one.contactId, name: 'order', at: at(1), properties: { amount: 5 } },
    click(one.contactId, second, at(DAY / MINUTE + 1)),
    { contactId: one.contactId, name: 'order', at: at(DAY / MINUTE + 2), properties: { amount: 7.25 } },
  ])
  await follow()
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

// --- against a slow reading of the rule: one event at a time, over plain lists

type Case = {
  goals: Goal[]
  /** Person, send, minute. */
  messages: { person: number; send: number; minute: number }[]
  clicks: { message: number; after: number }[]
  orders: { person: number; minute: number; amount: number; chunk: number }[]
  merges: [number, number][]
}
const PEOPLE = 4
const goals = fc.array(
  fc.record({
    from: fc.constantFrom('sent' as const, 'clicked' as const),
    within: fc.record({ amount: fc.integer({ min: 1, max: 90 }), unit: fc.constant('minute' as const) }),
    least: fc.option(fc.integer({ min: 0, max: 20 })),
    value: fc.constantFrom('amount', null),
  }),
  { minLength: 1, maxLength: 4 },
)
const minute = fc.integer({ min: 0, max: 120 })
const someone = fc.nat(PEOPLE - 1)
const cases: fc.Arbitrary<Case> = fc
  .record({
    goals,
    messages: fc.array(fc.record({ person: someone, send: fc.nat(3), minute }), {
      minLength: 1,
      maxLength: 8,
    }),
    clicks: fc.array(fc.record({ message: fc.nat(7), after: fc.integer({ min: 0, max: 40 }) }), {
      maxLength: 6,
    }),
    orders: fc.array(
      fc.record({ person: someone, minute, amount: fc.integer({ min: 0, max: 20 }), chunk: fc.nat(2) }),
      { minLength: 1, maxLength: 12 },
    ),
    merges: fc.constantFrom<[number, number][]>(
      [],
      [[0, 1]],
      [
        [0, 1],
        [2, 3],
      ],
      [
        [0, 3],
        [1, 3],
      ],
    ),
  })
  .map(({ goals: given, ...rest }) => ({
    ...rest,
    goals: given.map(({ least, ...one }) => ({
      ...one,
      event: {
        event: 'order',
        where:
          least === null
            ? []
            : [{ property: 'amount', type: 'number' as const, test: { op: 'gte' as const, value: least } }],
      },
    })),
  }))

function slowly(given: Case): (number | null)[] {
  const become = (n: number) => given.merges.find(([from]) => from === n)?.[1] ?? n
  const { messages } = given
  return given.orders.map((order) => {
    const touches = messages.flatMap((message, n) => {
      const wanted = given.goals[message.send % given.goals.length] as Goal
      if (become(message.person) !== become(order.person)) return []
      const [filter] = wanted.event.where
      if (filter !== undefined && order.amount < (filter.test as { value: number }).value) return []
      const times =
        wanted.from === 'sent'
          ? [message.minute]
          : given.clicks.flatMap((one) =>
              one.message % messages.length === n ? [message.minute + one.after] : [],
            )
      const before = times.filter((time) => time < order.minute).toSorted((a, b) => b - a)[0]
      return before !== undefined && before >= order.minute - wanted.within.amount
        ? [{ n, time: before }]
        : []
    })
    const last = touches.toSorted((a, b) => b.time - a.time || b.n - a.n)[0]
    return last?.n ?? null
  })
}

test('F6: a random log, told in any order and in several pieces, counts as a slow reading of it does', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      await sql`delete from send_goals`.execute(world.ctx.db)
      const people = await Promise.all(Array.from({ length: PEOPLE }, person))
      const sends: string[] = []
      for (const one of given.goals) sends.push(await sendWith(one))
      for (const [from, into] of given.merges)
        await merge(people[from]?.contactId as string, people[into]?.contactId as string)
      const deliveries: string[] = []
      for (const [n, message] of given.messages.entries())
        deliveries.push(
          await insertDelivery(world.ctx, {
            sendId: sends[message.send % sends.length] as string,
            accountId,
            ...(people[message.person] as Awaited<ReturnType<typeof person>>),
            occurrence: n + 1,
            intentAt: at(message.minute),
          }),
        )
      const idOf = new Map<number, string>()
      for (const chunk of [0, 1, 2]) {
        const due = [...given.orders.entries()].filter(([, order]) => order.chunk === chunk)
        const ids = await tell(
          due.map(([, { person: n, minute: when, amount }]) => ({
            contactId: people[n]?.contactId as string,
            name: 'order',
            at: at(when),
            properties: { amount },
          })),
        )
        for (const [place, [n]] of due.entries()) idOf.set(n, ids[place] as string)
        // clicks are known after the first piece
        if (chunk === 0)
          await tell(
            given.clicks.map((one) => {
              const n = one.message % given.messages.length
              const message = given.messages[n] as Case['messages'][number]
              const { contactId } = people[message.person] as { contactId: string }
              return click(contactId, deliveries[n] as string, at(message.minute + one.after))
            }),
          )
        await follow()
      }
      const counted = await countedFor([...idOf.values()])
      const got = given.orders.map((_, n) => {
        const row = counted.get(idOf.get(n) as string)
        return row === undefined ? null : deliveries.indexOf(row.delivery_id)
      })
      expect(got).toEqual(slowly(given))
    }),
    { numRuns: sized(40, 400) },
  )
}, 60_000)
