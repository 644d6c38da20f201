import { expect, test } from 'vitest'
import { choose } from './choose.ts'

const replies = (...weights: number[]) => weights.map((weight) => ({ weight, gone: false }))
const drawn = (mode: 'random' | 'weighted', some: ReturnType<typeof replies>) => {
  const counts = some.map(() => 0)
  for (let n = 0; n < 10_000; n += 1) {
    const [one] = choose({ mode, replies: some }, { key: `${n}`, rule: '7' })
    counts[one as number] = (counts[one as number] ?? 0) + 1
  }
  return counts
}

test('C4: all replies in their order, one by chance, or one by weight; the same push comes to the same', () => {
  expect(choose({ mode: 'all', replies: replies(1, 1, 1) }, { key: 'a', rule: '1' })).toEqual([0, 1, 2])
  for (const count of drawn('random', replies(1, 1_000))) expect(count).toBeGreaterThan(4_700)
  const [first, second] = drawn('weighted', replies(1, 3)) as [number, number]
  expect(second / first).toBeGreaterThan(2.7)
  expect(second / first).toBeLessThan(3.3)
  const again = () => choose({ mode: 'random', replies: replies(1, 1, 1, 1) }, { key: 'push', rule: '1' })
  expect(again()).toEqual(again())
})

test('D11: a reply whose material is gone is as if it weren’t there', () => {
  const some = [
    { weight: 1, gone: true },
    { weight: 1, gone: false },
    { weight: 1, gone: false },
  ]
  expect(choose({ mode: 'all', replies: some }, { key: 'a', rule: '1' })).toEqual([1, 2])
  expect(drawn('random', some)[0]).toBe(0)
  expect(choose({ mode: 'random', replies: some.slice(0, 1) }, { key: 'a', rule: '1' })).toEqual([])
})
