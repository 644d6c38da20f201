import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Goal } from '../../src/modules/goals/schema.ts'
import { sized } from '../support/size.ts'
import { at, click, createGoalWorld, type GoalWorld } from './goal-world.ts'

let world: GoalWorld
beforeAll(async () => {
  world = await createGoalWorld()
})
afterAll(() => world?.close())

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
      const people = await Promise.all(Array.from({ length: PEOPLE }, world.person))
      const sends: string[] = []
      for (const one of given.goals) sends.push(await world.sendWith(one))
      for (const [from, into] of given.merges)
        await world.merge(people[from]?.contactId as string, people[into]?.contactId as string)
      const deliveries: string[] = []
      for (const [n, message] of given.messages.entries())
        deliveries.push(
          await world.deliver({
            sendId: sends[message.send % sends.length] as string,
            ...(people[message.person] as Awaited<ReturnType<typeof world.person>>),
            occurrence: n + 1,
            intentAt: at(message.minute),
          }),
        )
      const idOf = new Map<number, string>()
      for (const chunk of [0, 1, 2]) {
        const due = [...given.orders.entries()].filter(([, order]) => order.chunk === chunk)
        const ids = await world.tell(
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
          await world.tell(
            given.clicks.map((one) => {
              const n = one.message % given.messages.length
              const message = given.messages[n] as Case['messages'][number]
              const { contactId } = people[message.person] as { contactId: string }
              return click(contactId, deliveries[n] as string, at(message.minute + one.after))
            }),
          )
        await world.follow()
      }
      const counted = await world.countedFor([...idOf.values()])
      const got = given.orders.map((_, n) => {
        const row = counted.get(idOf.get(n) as string)
        return row === undefined ? null : deliveries.indexOf(row.delivery_id)
      })
      expect(got).toEqual(slowly(given))
    }),
    { numRuns: sized(40, 400) },
  )
})
