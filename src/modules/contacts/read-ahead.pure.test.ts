import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { readAhead } from './read-ahead.ts'

async function* numbers(count: number, closed?: () => void) {
  try {
    for (let n = 0; n < count; n += 1) yield n
  } finally {
    closed?.()
  }
}

test('results come in order, with so many under way and no more', async () => {
  let under = 0
  let most = 0
  const work = async (n: number) => {
    under += 1
    most = Math.max(most, under)
    for (let left = n % 3; left >= 0; left -= 1) await turn()
    under -= 1
    return n
  }
  expect(await Array.fromAsync(readAhead(numbers(20), 4, work))).toEqual([...Array(20).keys()])
  expect(most).toBe(4)
})

test('a failure comes out in its turn, ends the source and leaves nothing unhandled', async () => {
  let closed = false
  const seen: number[] = []
  const all = (async () => {
    const work = async (n: number) => {
      if (n >= 2) throw new Error(`no ${n}`)
      return n
    }
    for await (const n of readAhead(
      numbers(10, () => (closed = true)),
      3,
      work,
    ))
      seen.push(n)
  })()
  await expect(all).rejects.toThrow('no 2')
  expect(seen).toEqual([0, 1])
  expect(closed).toBe(true)
})
