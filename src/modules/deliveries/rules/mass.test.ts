import { expect, test } from 'vitest'
import { DELIVERY_STATES, REASONS } from '../schema.ts'
import { decideMassRecipient, type MassFacts, massVerdicts } from './mass.ts'

const facts = (following: boolean, ...usedByMonth: number[]): MassFacts => ({
  following,
  months: usedByMonth.map((used) => ({ used, booked: 0, own: false })),
})
/** [used, booked, whether the send itself is among those booked] */
const booked = (...months: readonly (readonly [number, number, boolean])[]): MassFacts => ({
  following: true,
  months: months.map(([used, count, own]) => ({ used, booked: count, own })),
})

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
  // a place that another has booked is not taken, one that is left is
  [booked([3, 1, false]), 'month_booked'],
  [booked([2, 1, false]), null],
  [booked([0, 4, false]), 'month_booked'],
  // what is used up is told first
  [booked([4, 1, false]), 'month_used_up'],
  // a send's own booking doesn't refuse it, not even where another booked the same last place
  [booked([3, 1, true]), null],
  [booked([3, 2, true]), null],
  [booked([4, 1, true]), 'month_used_up'],
  // booked in one month, looked at in two
  [booked([3, 1, true], [3, 1, false]), 'month_booked'],
  [booked([3, 1, true], [2, 1, false]), null],
  [booked([3, 1, false], [4, 0, false]), 'month_used_up'],
] as const)('G4: of %j the reason is %s', (given, reason) => {
  expect(decideMassRecipient(given, 4)).toEqual(reason === null ? { send: true } : { send: false, reason })
  expect(decideMassRecipient(given, null)).toEqual({ send: true })
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
  const counts = (limit ?? 0) + 1
  expect(verdicts).toHaveLength(counts * (counts + 1))
  for (const { following, used, taken, verdict } of verdicts)
    expect(verdict).toEqual(decideMassRecipient({ ...booked([used, taken - used, false]), following }, limit))
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
