import { expect, test } from 'vitest'
import { DELIVERY_STATES, REASONS } from '../schema.ts'
import { decideMassRecipient, type MassFacts, massVerdicts } from './mass.ts'

const facts = (following: boolean, ...usedByMonth: number[]): MassFacts => ({ following, usedByMonth })

test.each([
  [facts(true, 0), 4, { send: true }],
  [facts(true, 3), 4, { send: true }],
  [facts(true, 4), 4, { send: false, reason: 'month_used_up' }],
  [facts(true, 5), 4, { send: false, reason: 'month_used_up' }],
  [facts(true, 0), 0, { send: false, reason: 'month_used_up' }],
  [facts(false, 0), 4, { send: false, reason: 'not_following' }],
  // who left is told so first: the month alone would promise a 1st on which they can be reached
  [facts(false, 4), 4, { send: false, reason: 'not_following' }],
  [facts(true, 99), null, { send: true }],
  [facts(false, 0), null, { send: false, reason: 'not_following' }],
] as const)('D4: with %j and %s a month the decision is %j', (given, limit, verdict) => {
  expect(decideMassRecipient(given, limit)).toEqual(verdict)
})

test.each([
  [[3, 3], true],
  [[4, 0], false],
  [[0, 4], false],
])('D4: a job that may fall into either of two months (%j used) needs room in both: %s', (used, send) => {
  expect(decideMassRecipient(facts(true, ...used), 4).send).toBe(send)
})

test.each([4, 1, 0, null])('G1: the verdicts that SQL joins are the rule itself, limit %s', (limit) => {
  const verdicts = massVerdicts(limit)
  expect(verdicts).toHaveLength(2 * ((limit ?? 0) + 1))
  for (const { following, used, verdict } of verdicts)
    expect(verdict).toEqual(decideMassRecipient(facts(following, used), limit))
  // a count above the limit is read as the limit
  if (limit !== null)
    expect(decideMassRecipient(facts(true, limit), limit)).toEqual(
      decideMassRecipient(facts(true, limit + 9), limit),
    )
})

test('design 5: the states are the agreed ones, and every reason has its sentence in both languages', () => {
  expect(DELIVERY_STATES).toEqual([
    'planned',
    'held',
    'skipped',
    'sending',
    'accepted',
    'delivered',
    'failed',
    'unknown',
  ])
  for (const [code, reason] of Object.entries(REASONS)) {
    expect(code).toMatch(/^[a-z_]+$/)
    const sentences = 'advice' in reason ? [reason, reason.advice] : [reason]
    for (const { zh, en } of sentences) {
      expect(zh).toMatch(/\p{Script=Han}/u)
      expect(en).toMatch(/^[A-Z].*[a-z]/)
    }
  }
})
