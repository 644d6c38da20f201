import { expect, test } from 'vitest'
import { randomOf } from '../../../../tests/support/random.ts'
import { newcombe, probabilitiesBest, type Sample, sampleSizeFor, wilson } from './statistics.ts'

const sample = (did: number, people: number): Sample => ({ people, did })

test('G6: intervals of a rate as the literature gives them', () => {
  // Newcombe 1998, table I, method 3
  for (const [did, people, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    const found = wilson(sample(did, people))
    expect([found.low, found.high].map((one) => Number(one.toFixed(4)))).toEqual([low, high])
  }
  expect(wilson(sample(20, 20)).high).toBe(1)
  expect(wilson(sample(0, 0))).toEqual({ low: 0, high: 1 })
})

test('G6: intervals of a difference as the literature gives them', () => {
  // Newcombe 1998, table II, method 10
  for (const [a, b, low, high] of [
    [sample(56, 70), sample(48, 80), 0.0524, 0.3339],
    [sample(9, 10), sample(3, 10), 0.1705, 0.809],
    [sample(10, 10), sample(0, 20), 0.6791, 1],
  ] as const) {
    const found = newcombe(a, b)
    expect([found.low, found.high].map((one) => Number(one.toFixed(4)))).toEqual([low, high])
  }
})

/** P(a > b) for whole Beta parameters, term by term (E. Miller, "Formulas for Bayesian A/B testing"). */
function exactly(a: Sample, b: Sample): number {
  const logs = [0, 0]
  for (let n = 2; n <= a.people + b.people + 5; n += 1) logs.push((logs[n - 1] ?? 0) + Math.log(n - 1))
  const logBeta = (x: number, y: number) => (logs[x] ?? 0) + (logs[y] ?? 0) - (logs[x + y] ?? 0)
  const [aA, bA, aB, bB] = [a.did + 1, a.people - a.did + 1, b.did + 1, b.people - b.did + 1]
  let sum = 0
  for (let i = 0; i < aA; i += 1)
    sum += Math.exp(logBeta(aB + i, bA + bB) - Math.log(bA + i) - logBeta(1 + i, bA) - logBeta(aB, bB))
  return sum
}

test('G6: the probability to be the best of two is the closed form’s', () => {
  for (const [a, b] of [
    [sample(3, 10), sample(5, 12)],
    [sample(80, 1_000), sample(100, 1_000)],
    [sample(0, 50), sample(0, 40)],
    [sample(50, 50), sample(49, 50)],
    [sample(800, 10_000), sample(812, 10_000)],
  ] as const) {
    const [found] = probabilitiesBest([a, b])
    expect(found).toBeCloseTo(exactly(a, b), 4)
  }
})

test('G6: probabilities add up to one, equal figures are equally likely, more is likelier, and order changes nothing', () => {
  const some = [sample(40, 500), sample(55, 500), sample(40, 500), sample(3, 40)]
  const found = probabilitiesBest(some)
  expect(found.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12)
  expect(found[0]).toBeCloseTo(found[2] ?? 0, 10)
  expect(found[1]).toBeGreaterThan(found[0] ?? 1)
  const turned = probabilitiesBest(some.toReversed()).toReversed()
  for (const [index, one] of turned.entries()) expect(one).toBeCloseTo(found[index] ?? 0, 10)
  expect(probabilitiesBest(some)).toEqual(found)
  const many = probabilitiesBest(Array.from({ length: 10 }, (_, n) => sample(80_000 + n * 30, 1_000_000)))
  expect(many.every((one) => one >= 0 && one <= 1)).toBe(true)
  expect(probabilitiesBest([])).toEqual([])
})

test('G6: drawing from the posteriors says the same of three', () => {
  const random = randomOf(7)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  /** Marsaglia and Tsang. */
  const gamma = (shape: number): number => {
    const d = shape - 1 / 3
    for (;;) {
      const x = normal()
      const v = (1 + x / Math.sqrt(9 * d)) ** 3
      if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
    }
  }
  const some = [sample(12, 100), sample(15, 110), sample(9, 60)]
  const wins = some.map(() => 0)
  const DRAWS = 40_000
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const rates = some.map(({ people, did }) => {
      const x = gamma(did + 1)
      return x / (x + gamma(people - did + 1))
    })
    const best = rates.indexOf(Math.max(...rates))
    wins[best] = (wins[best] ?? 0) + 1
  }
  for (const [index, one] of probabilitiesBest(some).entries())
    expect(Math.abs(one - (wins[index] ?? 0) / DRAWS)).toBeLessThan(0.01)
})

test('G6: as many people as a difference needs', () => {
  // (1.960 + 0.842)² · (p₁q₁ + p₂q₂) / (p₁ − p₂)²
  expect(sampleSizeFor(0.08, 0.1)).toBe(3_211)
  expect(sampleSizeFor(0.1, 0.08)).toBe(3_211)
  expect(sampleSizeFor(0.1, 0.2)).toBe(197)
})
