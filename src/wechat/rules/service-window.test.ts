import { expect, test } from 'vitest'
import { WINDOW_KINDS, WINDOW_TABLES, windowRule, windowTableAt } from './service-window.ts'

const off = { paymentSends: 0 }
const now = new Date('2026-11-21T12:00:00+08:00')
const HOUR = 3_600_000

test.each([
  ['message', 5, 48 * HOUR],
  ['menu', 3, 60_000],
  ['follow', 3, 60_000],
  ['scan', 3, 60_000],
] as const)('today a %s allows %s messages for %s ms', (kind, sends, lengthMs) => {
  expect(windowRule(kind, now, off)).toEqual({ sends, lengthMs })
})

test('a payment opens nothing unless the account is set so', () => {
  expect(windowRule('payment', now, off)).toBeUndefined()
  expect(windowRule('payment', now, { paymentSends: 20 })).toEqual({ sends: 20, lengthMs: 48 * HOUR })
})

test('the table of 2023 holds from its first Beijing midnight on', () => {
  expect(windowTableAt(new Date('2023-06-12T00:00:00+08:00')).from).toBe('2023-06-12')
  expect(windowTableAt(new Date('2023-06-11T23:59:59.999+08:00')).from).toBe('2021-06-01')
  expect(windowRule('message', new Date('2023-06-11T23:59:59+08:00'), off)?.sends).toBe(20)
})

test('every table says where it comes from and from when it holds, the older first', () => {
  expect(WINDOW_TABLES.map(({ from }) => from)).toEqual(WINDOW_TABLES.map(({ from }) => from).toSorted())
  for (const { source, rules } of WINDOW_TABLES) {
    expect(source).not.toBe('')
    expect(Object.keys(rules).every((kind) => (WINDOW_KINDS as readonly string[]).includes(kind))).toBe(true)
  }
})
