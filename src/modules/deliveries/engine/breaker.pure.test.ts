import { expect, test } from 'vitest'
import { createBreaker } from './breaker.ts'

const fail = (breaker: ReturnType<typeof createBreaker>, times: number, at: number) => {
  for (let n = 0; n < times; n += 1) breaker.answered('down', at)
}

test('twenty failures in a row open it; nineteen, or one success among them, don’t', () => {
  const breaker = createBreaker()
  fail(breaker, 19, 0)
  expect(breaker.allowed(0)).toBe(Number.POSITIVE_INFINITY)
  breaker.answered('well', 0)
  fail(breaker, 19, 0)
  expect(breaker.allowed(0)).toBe(Number.POSITIVE_INFINITY)
  fail(breaker, 1, 0)
  expect(breaker.allowed(0)).toBe(0)
})

test('one at a time asks whether the platform is back, after rests that double up to half a minute', () => {
  const breaker = createBreaker()
  fail(breaker, 20, 0)
  const rests: number[] = []
  let now = 0
  for (let times = 0; times < 8; times += 1) {
    const opens = breaker.restsUntil()
    rests.push(opens - now)
    expect(breaker.mayProbe(opens - 1)).toBe(false)
    expect(breaker.mayProbe(opens)).toBe(true)
    expect(breaker.mayProbe(opens)).toBe(false)
    now = opens
    breaker.probed(false, now)
  }
  expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
})

test('once it is back, few at first, one more with every answer; a relapse rests longer than before', () => {
  const breaker = createBreaker()
  fail(breaker, 20, 0)
  expect(breaker.mayProbe(1_000)).toBe(true)
  breaker.probed(true, 1_000)
  expect(breaker.allowed(1_000)).toBe(8)
  breaker.answered('well', 1_000)
  expect(breaker.allowed(1_000)).toBe(9)
  fail(breaker, 8, 1_500)
  expect(breaker.allowed(1_500)).toBe(0)
  expect(breaker.restsUntil()).toBe(3_500)
  expect(breaker.mayProbe(3_500)).toBe(true)
  breaker.probed(true, 3_500)
  for (let n = 0; n < 400; n += 1) breaker.answered('well', 4_000)
  expect(breaker.allowed(4_000)).toBe(Number.POSITIVE_INFINITY)
})

test('answers that were under way when it opened change nothing', () => {
  const breaker = createBreaker()
  fail(breaker, 20, 0)
  const until = breaker.restsUntil()
  fail(breaker, 50, 10)
  breaker.answered('well', 10)
  expect(breaker.restsUntil()).toBe(until)
  expect(breaker.allowed(10)).toBe(0)
})
