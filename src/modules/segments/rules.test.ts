import fc from 'fast-check'
import { expect, test } from 'vitest'
import { intersectionsOf, nameOfPart, nextDaily, nextDue, partEnds } from './rules.ts'

test.each([
  // 09:00 in Beijing is 01:00 UTC
  ['2026-11-21T00:59:59Z', 540, '2026-11-21T01:00:00.000Z'],
  ['2026-11-21T01:00:00Z', 540, '2026-11-22T01:00:00.000Z'],
  // midnight in Beijing is 16:00 UTC of the day before
  ['2026-11-21T15:59:59.999Z', 0, '2026-11-21T16:00:00.000Z'],
  ['2026-11-21T16:00:00Z', 0, '2026-11-22T16:00:00.000Z'],
  ['2026-11-21T15:58:59Z', 1439, '2026-11-21T15:59:00.000Z'],
  ['2026-12-31T16:00:00Z', 0, '2027-01-01T16:00:00.000Z'],
])('B7: after %s, minute %d of the Beijing day comes at %s', (now, minute, next) => {
  expect(nextDaily(new Date(now), minute).toISOString()).toBe(next)
})

test('B7: only daily segments are due by themselves; live ones are counted at midnight', () => {
  const now = new Date('2026-11-21T03:00:00Z')
  expect(nextDue('daily', 540, now)?.toISOString()).toBe('2026-11-22T01:00:00.000Z')
  expect(nextDue('live', null, now)?.toISOString()).toBe('2026-11-21T16:00:00.000Z')
  for (const kind of ['on_demand', 'once', 'static'] as const) expect(nextDue(kind, 0, now)).toBeNull()
})

const parts = fc.integer({ min: 2, max: 20 })
test('E6: equal parts hold everybody and differ by at most one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 3_000_000 }), parts, (total, count) => {
      const ends = partEnds(total, count)
      const sizes = ends.map((end, index) => end - (ends[index - 1] ?? 0))
      expect(sizes).toHaveLength(count)
      expect(ends.at(-1)).toBe(total)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
  )
})

const shares = fc
  .array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 19 })
  .filter((some) => some.reduce((sum, share) => sum + share, 0) < 100)
  .map((some) => [...some, 100 - some.reduce((sum, share) => sum + share, 0)])
test('E6: shares in percent are met to within one person, and nobody is left over', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_000_000 }), shares, (total, some) => {
      const ends = partEnds(total, some.length, some)
      expect(ends.at(-1)).toBe(total)
      for (const [index, end] of ends.entries()) {
        const size = end - (ends[index - 1] ?? 0)
        expect(Math.abs(size - (total * (some[index] ?? 0)) / 100)).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('F3: intersections of any sets, from their disjoint regions', () => {
  const person = fc.integer({ min: 1, max: 63 })
  fc.assert(
    fc.property(fc.array(person, { maxLength: 60 }), (people) => {
      const masks = [...new Set(people)]
      const regions = masks.map((mask) => ({ mask, size: people.filter((one) => one === mask).length }))
      for (const { mask, size } of intersectionsOf(regions, 6))
        expect(size).toBe(people.filter((one) => (one & mask) === mask).length)
      expect(intersectionsOf(regions, 6)).toHaveLength(64 - 1 - 6)
    }),
  )
})

test('a part’s name keeps within 60 characters', () => {
  expect(nameOfPart('会员', 2)).toBe('会员 (2)')
  expect([...nameOfPart('员'.repeat(60), 12)]).toHaveLength(60)
  expect(nameOfPart('员'.repeat(60), 12).endsWith(' (12)')).toBe(true)
})
