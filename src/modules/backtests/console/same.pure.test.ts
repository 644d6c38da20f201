import { expect, test } from 'vitest'
import type { BacktestVariant } from '../schema.ts'
import { isSame } from './same.ts'

const rule = (minutes: number): BacktestVariant => ({
  kind: 'recall',
  rule: {
    minutes,
    reading: 'before-end',
    include: [],
    exclude: [],
    limits: { caps: 'inherit', quiet: 'inherit' },
  },
})

test('G5: what a form holds is the same as what was stored of it, whatever the order of its fields', () => {
  const stored = JSON.parse(
    '{"rule":{"limits":{"quiet":"inherit","caps":"inherit"},"reading":"before-end","minutes":20},"kind":"recall"}',
  )
  expect(isSame(rule(20), stored)).toBe(true)
  expect(isSame(rule(21), stored)).toBe(false)
})
