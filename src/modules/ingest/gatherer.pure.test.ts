import { expect, test } from 'vitest'
import { createGatherer } from './gatherer.ts'

test('what comes in while batches are being committed shares the next commits, none larger than allowed', async () => {
  const batches: number[][] = []
  const open: (() => void)[] = []
  const gatherer = createGatherer<number, number>({
    most: 4,
    lanes: 1,
    commit: async (items) => {
      batches.push([...items])
      await new Promise<void>((resolve) => open.push(resolve))
      return items.map((item) => item * 10)
    },
  })
  const first = gatherer.add(1)
  await expect.poll(() => batches.length).toBe(1)
  const later = [2, 3, 4, 5, 6].map((item) => gatherer.add(item))
  open.shift()?.()
  expect(await first).toBe(10)
  await expect.poll(() => batches.length).toBe(2)
  open.shift()?.()
  await expect.poll(() => batches.length).toBe(3)
  open.shift()?.()
  expect(await Promise.all(later)).toEqual([20, 30, 40, 50, 60])
  expect(batches).toEqual([[1], [2, 3, 4, 5], [6]])
})

test('an item’s own error reaches it alone; a failed commit reaches all of its batch and no other', async () => {
  let turn = 0
  const gatherer = createGatherer<string, string>({
    most: 10,
    lanes: 1,
    commit: async (items) => {
      turn += 1
      if (turn === 2) throw new Error('no database')
      return items.map((item) => (item === 'bad' ? new Error('bad item') : item))
    },
  })
  const settle = (items: string[]) => Promise.allSettled(items.map((item) => gatherer.add(item)))
  expect((await settle(['a', 'bad', 'b'])).map((result) => result.status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect((await settle(['c', 'd'])).map((result) => result.status)).toEqual(['rejected', 'rejected'])
  expect((await settle(['e'])).map((result) => result.status)).toEqual(['fulfilled'])
})

test('beyond 10,000 waiting, a request is refused at once', async () => {
  const gatherer = createGatherer<number, number>({ most: 1, lanes: 0, commit: async () => [] })
  for (let n = 0; n < 10_000; n += 1) void gatherer.add(n)
  await expect(gatherer.add(10_001)).rejects.toMatchObject({ reason: 'too_busy' })
})

test('items that weigh more share a commit up to its weight; one that alone weighs more goes alone', async () => {
  const batches: number[][] = []
  const gatherer = createGatherer<number, number>({
    most: 10,
    lanes: 1,
    weigh: (item) => item,
    commit: async (items) => {
      batches.push([...items])
      return items
    },
  })
  const items = [4, 6, 1, 25, 3, 8]
  expect(await Promise.all(items.map((item) => gatherer.add(item)))).toEqual(items)
  expect(batches).toEqual([[4, 6], [1], [25], [3], [8]])
})

test('what waits is bounded by weight, and there is room again once it is taken', async () => {
  const gatherer = createGatherer<number, number>({
    most: 10,
    mostWaiting: 20,
    lanes: 1,
    weigh: (item) => item,
    commit: async (items) => items,
  })
  const waiting = [12, 12].map((item) => gatherer.add(item))
  await expect(gatherer.add(1)).rejects.toMatchObject({ reason: 'too_busy' })
  await Promise.all(waiting)
  expect(await gatherer.add(5)).toBe(5)
})
