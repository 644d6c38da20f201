import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { beijing, createLedgerWorld, type Fan, type LedgerWorld } from './world.ts'

let world: LedgerWorld
let accountId: string
const NOW = beijing('2026-11-21T12:00:00')
const PEOPLE = 10

beforeAll(async () => {
  world = await createLedgerWorld()
  accountId = await world.account()
})
beforeEach(async () => {
  await world.ctx.pool.query('delete from frequency_caps')
})
afterAll(() => world?.close())

const merge = (from: Fan, into: Fan) =>
  world.ctx.pool.query(
    `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 'x')`,
    [from.contactId, into.contactId],
  )
const sending = async (fans: readonly Fan[]) => {
  const { rows } = await world.ctx.pool.query<{ n: number }>(
    `select count(*)::int as n from deliveries where state = 'sending' and contact_id = any($1)`,
    [fans.map(({ contactId }) => contactId)],
  )
  return rows[0]?.n
}

test('A2: two processes that hold the two messages of one person at the same time send one of them', async () => {
  const other = await world.another()
  for (let round = 0; round < 5; round += 1) {
    const sendId = await world.send(accountId, { channel: 'template' })
    const pairs = await Promise.all(
      Array.from(
        { length: PEOPLE },
        async () => [await world.fan(accountId), await world.fan(accountId)] as const,
      ),
    )
    const ids: [string[], string[]] = [[], []]
    for (const [one, another] of pairs) {
      ids[0].push(await world.delivery(sendId, one))
      ids[1].push(await world.delivery(sendId, another))
      await merge(another, one)
    }
    // each has some of those that were planned first
    const [a, b] = [0, 1].map((n) => pairs.map((_, index) => ids[(index + n) % 2]?.[index] as string)) as [
      string[],
      string[],
    ]
    await Promise.all([
      world.intend({ accountId, deliveryIds: a, now: NOW }),
      world.intend({ accountId, deliveryIds: b, now: NOW }, other),
    ])
    for (const pair of pairs) expect(await sending(pair)).toBe(1)
  }
})

test('F4: a cap over all accounts holds for two connections that send for one account each', async () => {
  await world.one(
    `insert into frequency_caps (purpose, most, window_amount, window_unit, action, created_at)
     values ('marketing', 1, 1, 'day', 'drop', now()) returning id`,
  )
  const second = await world.account()
  const other = await world.another()
  for (let round = 0; round < 5; round += 1) {
    const people = await Promise.all(
      Array.from({ length: PEOPLE }, async () => {
        const here = await world.fan(accountId)
        return [here, await world.fan(second, { contactId: here.contactId })] as const
      }),
    )
    const plan = async (of: string, n: 0 | 1) => {
      const sendId = await world.send(of, { channel: 'template' })
      return Promise.all(people.map((pair) => world.delivery(sendId, pair[n])))
    }
    const [a, b] = [await plan(accountId, 0), await plan(second, 1)]
    await Promise.all([
      world.intend({ accountId, deliveryIds: a, now: NOW }),
      world.intend({ accountId: second, deliveryIds: b, now: NOW }, other),
    ])
    for (const [one] of people) expect(await sending([one])).toBe(1)
  }
})
