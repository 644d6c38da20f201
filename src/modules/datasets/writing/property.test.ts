import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareWorld, createBareWorld } from '../../../../tests/security/world.ts'
import { declareDataset } from '../commands.ts'
import { type Dataset, declareDatasetBody, type LooseRow } from '../schema.ts'
import { writeRows } from './write.ts'

let world: BareWorld
let dataset: Dataset

beforeAll(async () => {
  world = await createBareWorld('sandbox')
  dataset = await declareDataset(
    world.ctx,
    declareDatasetBody.parse({
      key: 'orders',
      name: '订单',
      fields: [{ key: 'amount', name: '金额', type: 'number' }],
      lineFields: [{ key: 'price', name: '价格', type: 'number' }],
    }),
  )
})
afterAll(() => world?.close())

const START = Date.parse('2026-06-01T00:00:00Z')
const tick = (n: number) => new Date(START + n * 60_000)
const ORIGIN = { accounts: null, accountId: null }

type Op = { key: number; deleted: boolean; amount: number; prices: number[]; version: number | null }
const op: fc.Arbitrary<Op> = fc.record({
  key: fc.integer({ min: 0, max: 3 }),
  deleted: fc.boolean(),
  amount: fc.integer({ min: 0, max: 1 }),
  prices: fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 2 }),
  version: fc.option(fc.integer({ min: 0, max: 6 }), { nil: null }),
})
/** Batches, each so many minutes after the one before: none at all is the same instant. */
const history = fc.array(
  fc.record({ wait: fc.integer({ min: 0, max: 1 }), ops: fc.array(op, { minLength: 1, maxLength: 6 }) }),
  { minLength: 1, maxLength: 8 },
)

const toRow = (prefix: string, one: Op): LooseRow => ({
  key: `${prefix}${one.key}`,
  ...(one.version !== null && { updatedAt: tick(one.version).toISOString() }),
  ...(one.deleted
    ? { deleted: true }
    : {
        at: tick(0).toISOString(),
        fields: { amount: one.amount },
        lines: one.prices.map((price) => ({ price })),
      }),
})

type State = { amount: number; prices: number[] } | null

/** Slow and obvious: after each batch, every key is looked at and written down whole. */
function reference(batches: readonly { wait: number; ops: readonly Op[] }[]): Map<number, State>[] {
  const now = new Map<number, State>()
  const newest = new Map<number, number>()
  const atTick: Map<number, State>[] = []
  let minute = 0
  for (const { wait, ops } of batches) {
    minute += wait
    for (const { key, deleted, amount, prices, version } of ops) {
      const known = newest.get(key)
      if (version !== null && known !== undefined && version < known) continue
      if (version !== null) newest.set(key, version)
      now.set(key, deleted ? null : { amount, prices })
    }
    atTick[minute] = new Map(now)
  }
  return atTick
}

async function asOf(prefix: string, instant: Date): Promise<Map<number, State>> {
  const { rows } = await world.ctx.pool.query<{ key: string; amount: number; prices: number[] }>(
    `select r.key, r.f1 as amount, array(select l.f2 from details.d${dataset.id}_lines l
       where l.key = r.key and l.since <= $2 and l.until > $2 order by l.line) as prices
     from details.d${dataset.id} r where starts_with(r.key, $1) and r.since <= $2 and r.until > $2`,
    [prefix, instant],
  )
  const found = new Map(
    rows.map(({ key, amount, prices }) => [Number(key.slice(prefix.length)), { amount, prices }]),
  )
  expect(found.size, 'one version of a key at a time').toBe(rows.length)
  return found
}

const holding = (states: ReadonlyMap<number, State> | undefined) =>
  [...(states ?? [])].filter(([, state]) => state !== null).sort(([a], [b]) => a - b)

test('B4: any sequence of writes and deletions, out of order or at once, leaves at every instant what was known then', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (batches) => {
      const prefix = `${randomUUID()}/`
      let minute = 0
      for (const { wait, ops } of batches) {
        minute += wait
        await writeRows(world.ctx, {
          datasetId: dataset.id,
          rows: ops.map((one) => toRow(prefix, one)),
          origin: ORIGIN,
          now: tick(minute),
        })
      }
      for (const [n, states] of reference(batches).entries())
        if (states !== undefined) expect(holding(await asOf(prefix, tick(n)))).toEqual(holding(states))
    }),
    { numRuns: 120 },
  )
})

test('B4: versions of a row follow one another: none overlaps, lines live exactly as long as their row', async () => {
  const overlapping = await world.ctx.pool.query(
    `select from details.d${dataset.id} a join details.d${dataset.id} b on a.key = b.key and a.ctid <> b.ctid
     where a.since < b.until and b.since < a.until and a.since < a.until and b.since < b.until`,
  )
  expect(overlapping.rowCount).toBe(0)
  const orphans = await world.ctx.pool.query(
    `select from details.d${dataset.id}_lines l where not exists (
       select from details.d${dataset.id} r where r.key = l.key and r.since = l.since and r.until = l.until)`,
  )
  expect(orphans.rowCount).toBe(0)
  const { rows } = await world.ctx.pool.query(`select count(*)::int as n from details.d${dataset.id}_lines`)
  expect(rows[0].n).toBeGreaterThan(100)
})

test('B4: many writers of one key at once: each is told one of two things, and one version holds', async () => {
  const key = randomUUID()
  const write = (n: number) =>
    writeRows(world.ctx, {
      datasetId: dataset.id,
      rows: [
        {
          key,
          at: tick(0).toISOString(),
          updatedAt: tick(n).toISOString(),
          fields: { amount: n },
          lines: [{ price: n }],
          person: { user: `writer-${n % 3}` },
        },
      ],
      origin: ORIGIN,
      now: tick(n),
    })
  const turns = Array.from({ length: 30 }, (_, n) => n).sort((a, b) => ((a * 7) % 30) - ((b * 7) % 30))
  const results = (await Promise.all(turns.map(write))).flat()
  expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(1)
  expect(results.every(({ outcome }) => ['created', 'updated', 'stale'].includes(outcome))).toBe(true)
  expect(await asOf(key, tick(1_000)).then((found) => [...found.values()])).toEqual([
    { amount: 29, prices: [29] },
  ])
})

test('B4: batches that name the same keys and people in opposite orders both end', async () => {
  const keys = Array.from({ length: 100 }, (_, n) => `ring-${n}`)
  const batch = (order: readonly string[], amount: number) =>
    writeRows(world.ctx, {
      datasetId: dataset.id,
      rows: order.map((key) => ({
        key,
        at: tick(0).toISOString(),
        fields: { amount },
        person: { user: key },
      })),
      origin: ORIGIN,
      now: tick(amount),
    })
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, n) => batch(n % 2 === 0 ? keys : keys.toReversed(), n)),
  )
  expect(all.flat().filter(({ outcome }) => outcome === 'created')).toHaveLength(100)
  expect(all.flat().filter(({ outcome }) => outcome === 'refused')).toEqual([])
  const found = await world.ctx.pool.query(
    `select count(distinct contact_id)::int as people, count(*)::int as rows
     from details.d${dataset.id} where starts_with(key, 'ring-') and until = 'infinity'`,
  )
  expect(found.rows).toEqual([{ people: 100, rows: 100 }])
})
