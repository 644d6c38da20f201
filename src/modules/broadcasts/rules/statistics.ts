/** Of `people`, `did` did it. */
export type Sample = { people: number; did: number }
export type Interval = { low: number; high: number }

/** The two-sided 95 % quantile of the normal distribution. */
const Z = 1.959963984540054

export const rateOf = ({ people, did }: Sample): number => (people === 0 ? 0 : did / people)

/** 95 % interval of a rate by Wilson's score: holds for small samples and rates near 0, never leaves 0…1. */
export function wilson({ people, did }: Sample): Interval {
  if (people === 0) return { low: 0, high: 1 }
  const rate = did / people
  const z2 = (Z * Z) / people
  const centre = rate + z2 / 2
  const reach = Z * Math.sqrt((rate * (1 - rate)) / people + z2 / (4 * people))
  return {
    low: did === 0 ? 0 : Math.max(0, (centre - reach) / (1 + z2)),
    high: did === people ? 1 : Math.min(1, (centre + reach) / (1 + z2)),
  }
}

/** 95 % interval of rate(a) − rate(b) by Newcombe's hybrid score (method 10). */
export function newcombe(a: Sample, b: Sample): Interval {
  const [pa, pb] = [rateOf(a), rateOf(b)]
  const [wa, wb] = [wilson(a), wilson(b)]
  return {
    low: pa - pb - Math.hypot(pa - wa.low, wb.high - pb),
    high: pa - pb + Math.hypot(wa.high - pa, pb - wb.low),
  }
}

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
]

function logGamma(x: number): number {
  const sum = LANCZOS.reduce((all, part, index) => all + part / (x + index), 0.9999999999998099)
  const t = x + LANCZOS.length - 1.5
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}

const STEPS = 4_000
/** Beyond so many standard deviations nothing of a posterior is left that a probability would show. */
const REACH = 8

type Posterior = { a: number; b: number; mean: number; sd: number; log: number }

/** The Beta posterior of a rate after a uniform prior. */
function posteriorOf({ people, did }: Sample): Posterior {
  const a = did + 1
  const b = people - did + 1
  const mean = a / (a + b)
  const sd = Math.sqrt((mean * (1 - mean)) / (a + b + 1))
  return { a, b, mean, sd, log: logGamma(a + b) - logGamma(a) - logGamma(b) }
}

/**
 * The probability of each sample's rate being the highest of all, each by its Beta posterior. Integrated over one grid of
 * midpoints, so the same figures give the same answer everywhere. The sum is 1.
 */
export function probabilitiesBest(samples: readonly Sample[]): number[] {
  const posteriors = samples.map(posteriorOf)
  const from = Math.max(0, Math.min(...posteriors.map(({ mean, sd }) => mean - REACH * sd)))
  const to = Math.min(1, Math.max(...posteriors.map(({ mean, sd }) => mean + REACH * sd)))
  const width = (to - from) / STEPS
  const below = samples.map(() => 0)
  const best = samples.map(() => 0)
  for (let step = 0; step < STEPS; step += 1) {
    const x = from + (step + 0.5) * width
    const masses = posteriors.map(
      ({ a, b, log }) => width * Math.exp(log + (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x)),
    )
    const middles = masses.map((mass, index) => (below[index] ?? 0) + mass / 2)
    masses.forEach((mass, index) => {
      const others = middles.reduce((all, one, other) => (other === index ? all : all * one), 1)
      best[index] = (best[index] ?? 0) + mass * others
      below[index] = (below[index] ?? 0) + mass
    })
  }
  const sum = best.reduce((all, one) => all + one, 0)
  return best.map((one) => one / sum)
}

/** The one-sided 80 % quantile. */
const Z_POWER = 0.8416212335729143

/** How many people each variant needs so that a difference between two rates is found four times in five, at 95 %. */
export function sampleSizeFor(rate: number, other: number): number {
  const spread = rate * (1 - rate) + other * (1 - other)
  return Math.ceil(((Z + Z_POWER) ** 2 * spread) / (rate - other) ** 2)
}
