import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Executor } from '../../src/infra/transaction.ts'
import {
  bookMass,
  dischargeOutside,
  noteOutsideFans,
  reserveMass,
} from '../../src/modules/deliveries/index.ts'
import { createLedgerWorld, type LedgerWorld } from './world.ts'

let world: LedgerWorld
let accountId: string

beforeAll(async () => {
  world = await createLedgerWorld()
  accountId = await world.account()
})
afterAll(() => world?.close())

class Undo extends Error {}

const row = fc.option(
  fc.record({ used: fc.integer({ min: 0, max: 5 }), booked: fc.integer({ min: 0, max: 2 }) }),
)
const ledger = fc.record({
  // of each fan, what November and December hold; none has a row of either
  fans: fc.array(fc.record({ now: row, next: row, wanted: fc.boolean() }), { maxLength: 20, size: 'max' }),
  months: fc.constantFrom<string[]>(['2026-11'], ['2026-11', '2026-12']),
  limit: fc.option(fc.integer({ min: 1, max: 5 })),
})
type Ledger = typeof ledger extends fc.Arbitrary<infer T> ? T : never
const DAYS = { now: '2026-11-01', next: '2026-12-01' } as const

/** What the ledger says and how many were booked, after booking on what is given; nothing of it stays. */
async function booked({ fans, months, limit }: Ledger) {
  let found: { count: number; rows: unknown[] } | undefined
  const take = async (trx: Executor) => {
    for (const [index, fan] of fans.entries())
      for (const name of ['now', 'next'] as const) {
        const { used, booked: held } = fan[name] ?? { used: null, booked: null }
        if (used !== null)
          await sql`insert into mass_allowances (account_id, month, fan_id, used, booked)
            values (${accountId}::bigint, ${DAYS[name]}::date, ${index + 1}, ${used}, ${held})`.execute(trx)
      }
    const wanted = fans.flatMap((fan, index) => (fan.wanted ? [index + 1] : []))
    const count = await bookMass(trx, {
      accountId,
      months,
      limit,
      fans: sql`select unnest(${wanted}::bigint[]) as fan_id`,
    })
    const { rows } =
      await sql`select to_char(month, 'YYYY-MM') as month, fan_id, used, booked from mass_allowances
      where account_id = ${accountId}::bigint order by 1, 2`.execute(trx)
    found = { count, rows }
    throw new Undo()
  }
  await world.ctx.db
    .transaction()
    .execute(take)
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error
    })
  return found
}

const MONTHS = { now: '2026-11', next: '2026-12' } as const

/** The same worked out place by place. */
function worked({ fans, months, limit }: Ledger) {
  const rows: { month: string; fan_id: string; used: number; booked: number }[] = []
  let count = 0
  for (const name of ['now', 'next'] as const)
    for (const [index, fan] of fans.entries()) {
      const place = fan[name]
      const { used, booked } = place ?? { used: 0, booked: 0 }
      const books = fan.wanted && months.includes(MONTHS[name]) && (limit === null || used + booked < limit)
      if (books) count += 1
      if (books || place !== null)
        rows.push({ month: MONTHS[name], fan_id: String(index + 1), used, booked: booked + (books ? 1 : 0) })
    }
  return { count, rows }
}

test('G4: whoever has room is booked, in each month, once; no row at all is room', async () => {
  await fc.assert(
    fc.asyncProperty(ledger, async (given) => {
      expect(await booked(given)).toEqual(worked(given))
    }),
    { numRuns: 60 },
  )
})

test('G4: of an outside send that was charged in part, only those who were charged get their place back', async () => {
  const { db } = world.ctx
  const sendId = await world.one(
    `insert into outside_sends (account_id, source, at, created_at) values ($1, 'hand', now(), now()) returning id`,
    accountId,
  )
  const charge = { id: sendId, accountId, month: '2027-01' }
  const fans = sql<{ fan_id: string; openid: string; following: boolean }>`
    select g as fan_id, g::text as openid, true as following from generate_series(1, 5) g`
  await noteOutsideFans(db, sendId, fans)
  // each has had another send; the outside one was charged to the first three
  await reserveMass(db, { accountId, months: ['2027-01'], fans })
  await reserveMass(db, {
    accountId,
    months: ['2027-01'],
    fans: sql`select g as fan_id from generate_series(1, 3) g`,
  })
  expect(await dischargeOutside(db, charge, '3')).toEqual({ through: '3', fans: 3 })
  expect(await dischargeOutside(db, charge, '3')).toEqual({ through: null, fans: 0 })
  const { rows } = await sql<{ used: number }>`select used from mass_allowances
    where account_id = ${accountId}::bigint and month = '2027-01-01' order by fan_id`.execute(db)
  expect(rows.map(({ used }) => used)).toEqual([1, 1, 1, 1, 1])
})
