import { expect, test } from 'vitest'
import { MAX_CONDITIONS, MAX_DEPTH, type Rule, ruleSchema } from './rule.ts'

const leaf: Rule = { kind: 'fan', test: { fact: 'follows' } }
const nested = (depth: number): Rule =>
  depth === 0
    ? leaf
    : depth % 2 === 0
      ? { kind: 'not', of: nested(depth - 1) }
      : { kind: 'or', of: [nested(depth - 1)] }
const wide = (count: number): Rule => ({ kind: 'and', of: Array.from({ length: count }, () => leaf) })

test.each([
  [nested(MAX_DEPTH), true],
  [nested(MAX_DEPTH + 1), false],
  [nested(60), false],
  [wide(MAX_CONDITIONS), true],
  [wide(MAX_CONDITIONS + 1), false],
  [{ kind: 'and', of: [wide(MAX_CONDITIONS - 1), leaf, leaf] } as Rule, false],
  [{ kind: 'and', of: [] } as Rule, false],
])('F3: a rule is taken up to its depth and number of conditions (%#)', (rule, taken) => {
  expect(ruleSchema.safeParse(rule).success).toBe(taken)
})

test.each([
  [{ kind: 'ever' }, true],
  [{ kind: 'last', length: { amount: 3_650, unit: 'day' } }, true],
  [{ kind: 'last', length: { amount: 3_651, unit: 'day' } }, false],
  [{ kind: 'last', length: { amount: 0, unit: 'day' } }, false],
  [{ kind: 'between', from: '2026-11-21', to: '2026-11-21' }, true],
  [{ kind: 'between', from: '2026-11-22', to: '2026-11-21' }, false],
  [{ kind: 'between', from: '2026-02-30', to: '2026-11-21' }, false],
])('F3: a window %j is taken: %s', (window, taken) => {
  expect(ruleSchema.safeParse({ kind: 'behaviour', event: 'view', window }).success).toBe(taken)
})

test('F3: something nested thousands deep is refused without being read', () => {
  const json = `${'{"kind":"not","of":'.repeat(5_000)}1${'}'.repeat(5_000)}`
  expect(ruleSchema.safeParse(JSON.parse(json)).success).toBe(false)
})

test('E11: nobody can ask who read', () => {
  const rule = { kind: 'send', what: 'read', broadcast: 'any' }
  expect(ruleSchema.safeParse(rule).success).toBe(false)
})
