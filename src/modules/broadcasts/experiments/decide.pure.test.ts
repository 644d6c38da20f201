import { expect, test } from 'vitest'
import { randomOf } from '../../../../tests/support/random.ts'
import type { TestPlan } from '../schema.ts'
import { type Counted, decide, judge, type Variant } from './decide.ts'
import { absentIsZeroFrom, decidesAt, givesUpAt, statDayOf } from './times.ts'

const at = (text: string) => new Date(`2026-12-${text}:00+08:00`)
const LOOK = { at: at('02T10:00'), statDay: '2026-12-01' }
const counted = (readers: number, messageReaders: number | null = readers): Counted => ({
  state: 'counted',
  readers,
  messageReaders,
})
const variant = (number: number, delivered: number, ...batches: Counted[]): Variant => ({
  number,
  label: 'ABC'[number] ?? '',
  state: 'ended',
  delivered,
  batches,
})
const out = (number: number): Variant => ({ ...variant(number, 0), state: 'out' })
const PLAN: TestPlan = {
  restAt: at('02T10:00').toISOString(),
  unsure: null,
  missing: { afterHours: 3, do: 'ask' },
}
const CASE = { plan: PLAN, givesUpAt: at('02T13:00'), now: at('02T10:00'), chosen: null }
const decided = (
  variants: Variant[],
  given: Partial<Omit<typeof CASE, 'chosen'>> & { chosen?: number | null } = {},
) => decide(judge(variants, LOOK), { ...CASE, ...given })

test('E4: the higher read rate wins, however many read; of equal ones the earlier', () => {
  expect(decided([variant(0, 1_000, counted(90)), variant(1, 500, counted(50))])).toMatchObject({
    do: 'open',
    variant: 1,
    verdict: { why: 'figures', arms: [{ rate: 0.09 }, { rate: 0.1 }] },
  })
  expect(decided([variant(0, 100, counted(10)), variant(1, 200, counted(20))])).toMatchObject({ variant: 0 })
})

test('E4: batches of a variant are added up; more readers than people are not believed', () => {
  const { arms } = judge([variant(0, 300, counted(40), counted(20)), variant(1, 10, counted(25))], LOOK)
  expect(arms).toMatchObject([
    { readers: 60, rate: 0.2 },
    { readers: 10, rate: 1 },
  ])
})

test('E4: like is compared with like: all readers where WeChat doesn’t split those of one variant', () => {
  const split = judge([variant(0, 100, counted(20, 10)), variant(1, 100, counted(19, 15))], LOOK)
  expect(split).toMatchObject({ byMessage: true, leader: 1, arms: [{ readers: 10 }, { readers: 15 }] })
  const unsplit = judge([variant(0, 100, counted(20, 10)), variant(1, 100, counted(19, null))], LOOK)
  expect(unsplit).toMatchObject({ byMessage: false, leader: 0, arms: [{ readers: 20 }, { readers: 19 }] })
})

test.each([['late'], ['missing']] as const)(
  'E4: one variant whose figures are %s is waited for until the hours are over, then the policy holds',
  (state) => {
    const variants = [variant(0, 100, counted(90)), variant(1, 100, counted(5), { state })]
    expect(decided(variants)).toEqual({ do: 'wait' })
    expect(decided(variants, { now: at('02T12:59') })).toEqual({ do: 'wait' })
    const late = (policy: TestPlan['missing']['do']) =>
      decided(variants, { now: at('02T13:00'), plan: { ...PLAN, missing: { afterHours: 3, do: policy } } })
    expect(late('ask')).toMatchObject({ do: 'ask', reason: 'figures_missing' })
    expect(late('first')).toMatchObject({ do: 'open', variant: 0, verdict: { why: 'first' } })
    expect(late('dont-send')).toMatchObject({ do: 'drop' })
  },
)

test('E4: a variant that is still on its way is waited for; where nothing went out yet, the first is no answer', () => {
  const open = (number: number): Variant => ({ ...variant(number, 0), state: 'open' })
  expect(decided([open(0), variant(1, 10, counted(3))])).toEqual({ do: 'wait' })
  const plan = { ...PLAN, missing: { afterHours: 3, do: 'first' as const } }
  const given = { now: at('02T13:00'), plan }
  expect(decided([open(0), variant(1, 10, counted(3))], given)).toMatchObject({ do: 'open', variant: 1 })
  expect(decided([open(0), open(1)], given)).toMatchObject({ do: 'ask', reason: 'figures_missing' })
})

test('E4: failed variants are out; who is left over wins untested; with none left an operator is asked', () => {
  expect(decided([out(0), variant(1, 10, { state: 'missing' })])).toMatchObject({
    do: 'open',
    variant: 1,
    verdict: { why: 'untested' },
  })
  expect(decided([out(0), variant(1, 0)])).toMatchObject({ do: 'ask', reason: 'test_failed' })
  expect(decided([out(0), variant(1, 99, counted(9)), variant(2, 99, counted(30))])).toMatchObject({
    variant: 2,
  })
})

test('G6: too near to tell is asked about only where that was chosen', () => {
  const near = [variant(0, 1_000, counted(100)), variant(1, 1_000, counted(104))]
  const clear = [variant(0, 1_000, counted(100)), variant(1, 1_000, counted(180))]
  const unsure = (policy: 'ask' | 'best') => ({ plan: { ...PLAN, unsure: { below: 0.9, do: policy } } })
  expect(decided(near)).toMatchObject({ do: 'open', variant: 1 })
  expect(decided(near, unsure('best'))).toMatchObject({ do: 'open', variant: 1 })
  expect(decided(near, unsure('ask'))).toMatchObject({ do: 'ask', reason: 'unsure' })
  expect(decided(clear, unsure('ask'))).toMatchObject({ do: 'open', variant: 1 })
})

test('E4: an operator’s word goes before any figures', () => {
  const variants = [variant(0, 10, counted(9)), variant(1, 10, { state: 'late' })]
  expect(decided(variants, { chosen: 1 })).toMatchObject({
    do: 'open',
    variant: 1,
    verdict: { why: 'operator' },
  })
})

test('E4: a variant that went out late moves the rest to 10:00 of the day after; figures end with the day before', () => {
  const planned = at('02T10:00')
  expect(decidesAt(planned, [])).toEqual(planned)
  expect(decidesAt(planned, [at('01T11:00'), at('01T23:59')])).toEqual(planned)
  const moved = decidesAt(planned, [at('01T11:00'), at('02T00:00')])
  expect(moved).toEqual(at('03T10:00'))
  expect(statDayOf(planned, [at('01T11:00')])).toBe('2026-12-01')
  expect(statDayOf(moved, [at('01T11:00'), at('02T00:00')])).toBe('2026-12-02')
  // WeChat's counts are read for seven days
  expect(statDayOf(at('20T10:00'), [at('01T11:00'), at('03T11:00')])).toBe('2026-12-07')
  expect(givesUpAt(planned, PLAN)).toEqual(at('02T13:00'))
  expect(absentIsZeroFrom('2026-12-01')).toEqual(at('02T12:00'))
})

/** How often of so many tests the better of 0.08 and 0.10 is chosen, the wrong one, or neither. */
function tried(people: number, plan: TestPlan, seeds = 300) {
  const counts = { right: 0, wrong: 0, asked: 0 }
  for (let seed = 1; seed <= seeds; seed += 1) {
    const random = randomOf(seed)
    const read = (rate: number) => {
      let readers = 0
      for (let n = 0; n < people; n += 1) if (random() < rate) readers += 1
      return readers
    }
    const found = decided([variant(0, people, counted(read(0.08))), variant(1, people, counted(read(0.1)))], {
      plan,
    })
    if (found.do !== 'open') counts.asked += 1
    else if (found.variant === 1) counts.right += 1
    else counts.wrong += 1
  }
  return { right: counts.right / seeds, wrong: counts.wrong / seeds, asked: counts.asked / seeds }
}

test('G6: with 0.08 against 0.10 the better is chosen as often as chance allows, and hardly ever the wrong one where it asks', () => {
  // of two samples of 1,000 the better has the higher rate in 94 of 100, of 1,200 in 95.5 of 100, by the normal distribution
  const [small, large] = [tried(1_000, PLAN), tried(1_200, PLAN)]
  expect(small.right).toBeGreaterThan(0.9)
  expect(large.right).toBeGreaterThan(0.93)
  const careful = tried(1_000, { ...PLAN, unsure: { below: 0.95, do: 'ask' } })
  expect(careful.wrong).toBeLessThan(0.015)
  expect(careful.right / (careful.right + careful.wrong)).toBeGreaterThan(0.98)
})
