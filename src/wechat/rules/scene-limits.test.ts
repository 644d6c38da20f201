import { expect, test } from 'vitest'
import { checkScene, isLifeSeconds } from './scene-limits.ts'

test.each([
  ['', false, 'permanent', 'empty'],
  ['a'.repeat(64), false, 'permanent', undefined],
  ['a'.repeat(65), false, 'permanent', 'too_long'],
  ['a b', false, 'temporary', 'not_printable'],
  ['门店', false, 'temporary', 'not_printable'],
  ['0', true, 'permanent', 'out_of_range'],
  ['1', true, 'permanent', undefined],
  ['01', true, 'permanent', 'not_a_number'],
  ['1.5', true, 'temporary', 'not_a_number'],
  ['100000', true, 'permanent', undefined],
  ['100001', true, 'permanent', 'out_of_range'],
  ['100001', true, 'temporary', undefined],
  ['4294967295', true, 'temporary', undefined],
  ['4294967296', true, 'temporary', 'out_of_range'],
  ['99999999999999999999', true, 'temporary', 'out_of_range'],
  ['100001', false, 'permanent', undefined],
] as const)('D12: scene "%s" (number: %s) of a %s code: %s', (text, isNumber, life, problem) => {
  expect(checkScene({ text, isNumber }, life)).toBe(problem)
})

test.each([
  [59, false],
  [60, true],
  [2_592_000, true],
  [2_592_001, false],
  [60.5, false],
])('D12: a temporary code of %s seconds: %s', (seconds, can) => {
  expect(isLifeSeconds(seconds)).toBe(can)
})
