import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchOf, planBatches } from './broadcast-batches.ts'

test.each([
  [2, [2]],
  [3, [3]],
  [9_999, [9_999]],
  [10_000, [10_000]],
  [10_001, [9_999, 2]],
  [10_002, [10_000, 2]],
  [20_000, [10_000, 10_000]],
  [20_001, [10_000, 9_999, 2]],
  [1_000_000, Array(100).fill(10_000)],
])('D4: %i recipients go in batches of %j', (recipients, sizes) => {
  expect(planBatches(recipients)).toEqual({ ok: true, sizes })
})

test('D4: one alone is refused, and so is nobody', () => {
  expect(planBatches(1)).toEqual({ ok: false, reason: 'below_two' })
  expect(planBatches(0)).toEqual({ ok: false, reason: 'nobody' })
})

/** The obvious way: deal out one after the other, then mend a lonely last one. */
function dealt(recipients: number, largest: number): number[][] {
  const batches: number[][] = []
  for (let place = 0; place < recipients; place++) {
    if (place % largest === 0) batches.push([])
    batches.at(-1)!.push(place)
  }
  if (batches.at(-1)!.length === 1) batches.at(-1)!.unshift(batches.at(-2)!.pop()!)
  return batches
}

test('D4: any number of recipients is split as by hand, each in exactly one batch of 2 to the largest', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 400 }), fc.integer({ min: 3, max: 50 }), (recipients, largest) => {
      const expected = dealt(recipients, largest)
      const plan = planBatches(recipients, largest)
      expect(plan).toEqual({ ok: true, sizes: expected.map((batch) => batch.length) })
      for (const [index, batch] of expected.entries())
        for (const place of batch) expect(batchOf(place, recipients, largest)).toBe(index)
    }),
  )
})
