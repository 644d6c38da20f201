import fc from 'fast-check'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, seed, type TestDatabase } from '../../tests/support/index.ts'
import { createPool } from './postgres/connect.ts'
import { type Block, createRates, type Rates } from './rates.ts'

let database: TestDatabase
let pools: Pool[]
/** Two processes that share nothing but the database. */
let processes: [Rates, Rates]

beforeAll(async () => {
  database = await createTestDatabase()
  pools = [1, 2].map(() => createPool({ databaseUrl: database.url, max: 5 }))
  processes = pools.map(createRates) as [Rates, Rates]
})
afterAll(async () => {
  for (const pool of pools) await pool.end()
  await database.drop()
})

let keys = 0
const newKey = () => {
  keys += 1
  return `key-${keys}`
}
/** Microseconds, as the database counts. */
const endOf = ({ endsAt }: Block): number => {
  const [, instant, fraction = ''] = /^(.*?:\d\d)(?:\.(\d+))?[+-]\d\d/.exec(endsAt) ?? []
  return Date.parse(`${instant?.replace(' ', 'T')}Z`) * 1_000 + Number(fraction.padEnd(6, '0'))
}
const spanOf = (block: Block) => Math.round(block.spanMs * 1_000)

function expectApart(blocks: Block[]): void {
  const inOrder = blocks
    .map((one) => ({ from: endOf(one) - spanOf(one), to: endOf(one) }))
    .toSorted((a, b) => a.from - b.from)
  for (const [at, one] of inOrder.entries()) {
    const next = inOrder[at + 1]
    // a microsecond for rounding
    if (next) expect(next.from - one.to).toBeGreaterThanOrEqual(-1)
  }
}

test('two processes at the same time: blocks follow each other, so the sum never exceeds the rate', async () => {
  const key = newKey()
  const booked = await Promise.all(
    Array.from({ length: 60 }, (_, at) => processes[at % 2 ? 1 : 0].lease(key, 500, 6_000_000)),
  )
  expectApart(booked)
  const ends = booked.map(endOf)
  // 60 × 500 at 100 a millisecond
  expect(
    Math.max(...ends) - Math.min(...ends.map((end, at) => end - spanOf(booked[at]!))),
  ).toBeGreaterThanOrEqual(300_000 - 60)
})

test('the wait is until the blocks before are over; a free bucket waits for nothing', async () => {
  const key = newKey()
  expect((await processes[0].lease(key, 100, 60_000)).waitMs).toBe(0)
  const second = await processes[1].lease(key, 100, 60_000)
  expect(second.waitMs).toBeGreaterThan(50)
  expect(second.waitMs).toBeLessThanOrEqual(100)
})

test('idle time is not saved up: after a pause no more than the rate goes out', async () => {
  const key = newKey()
  await processes[0].lease(key, 10, 60_000)
  await pools[0]?.query(
    `update rate_buckets set next_at = clock_timestamp() - interval '1 hour' where key = $1`,
    [key],
  )
  const booked = [await processes[0].lease(key, 100, 60_000), await processes[1].lease(key, 100, 60_000)]
  expect(booked[0]?.waitMs).toBe(0)
  expect(booked[1]?.waitMs).toBeGreaterThan(50)
})

test('keys don’t wait for each other', async () => {
  await processes[0].lease(newKey(), 1_000_000, 60)
  expect((await processes[0].lease(newKey(), 1, 60)).waitMs).toBe(0)
})

test('a block given back is booked again by the next', async () => {
  const key = newKey()
  const first = await processes[0].lease(key, 1_000, 60_000)
  const second = await processes[0].lease(key, 1_000, 60_000)
  await processes[0].release(second)
  const again = await processes[1].lease(key, 1_000, 60_000)
  expectApart([first, again])
  expect(Math.abs(endOf(again) - endOf(second))).toBeLessThanOrEqual(1)
})

test('a block with others after it keeps its place: giving it back must not double theirs', async () => {
  const key = newKey()
  const first = await processes[0].lease(key, 1_000, 60_000)
  const second = await processes[1].lease(key, 1_000, 60_000)
  await processes[0].release(first)
  expectApart([second, await processes[0].lease(key, 1_000, 60_000)])
})

test('a block given back twice counts once', async () => {
  const key = newKey()
  const kept = await processes[0].lease(key, 1_000, 60_000)
  const block = await processes[0].lease(key, 1_000, 60_000)
  await processes[0].release(block)
  await processes[0].release(block)
  expectApart([kept, await processes[0].lease(key, 1_000, 60_000)])
})

test('whatever is booked and given back by whom and when, blocks in use never overlap', async () => {
  const step = fc.record({
    who: fc.constantFrom(0 as const, 1 as const),
    cost: fc.integer({ min: 1, max: 5_000 }),
    together: fc.integer({ min: 1, max: 4 }),
    giveBack: fc.option(fc.nat({ max: 20 })),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const key = newKey()
      const inUse: Block[] = []
      for (const { who, cost, together, giveBack } of steps) {
        const booking = Array.from({ length: together }, (_, at) =>
          processes[((who + at) % 2) as 0 | 1].lease(key, cost, 300_000),
        )
        const back = giveBack === null ? [] : inUse.splice(giveBack, 1)
        const [booked] = await Promise.all([
          Promise.all(booking),
          ...back.map((block) => processes[who].release(block)),
        ])
        inUse.push(...booked)
      }
      expectApart(inUse)
    }),
    { numRuns: 40, seed },
  )
})
