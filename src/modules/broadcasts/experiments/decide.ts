import { probabilitiesBest, rateOf, wilson } from '../rules/statistics.ts'
import type { Evidence, TestPlan, Verdict } from '../schema.ts'

/** What is known of one variant: how it stands, and for each of its delivered batches whether its first article was counted. */
export type Variant = {
  number: number
  label: string
  state: 'open' | 'ended' | 'out'
  delivered: number
  batches: readonly Counted[]
}
export type Counted =
  | { state: 'counted'; readers: number; messageReaders: number | null }
  | { state: 'missing' }
  | { state: 'late' }

type Look = { at: Date; statDay: string }

/**
 * The figures of a test as they are: read rate, interval and probability of each variant. Readers by the message are
 * counted where WeChat splits them for every variant, else all of them, so that like is compared with like.
 */
export function judge(variants: readonly Variant[], { at, statDay }: Look): Verdict {
  const counted = variants.flatMap(({ batches }) => batches.filter((one) => one.state === 'counted'))
  const byMessage = counted.length > 0 && counted.every(({ messageReaders }) => messageReaders !== null)
  const arms = variants.map((variant) => evidenceOf(variant, byMessage))
  const measured = arms.filter(({ standing }) => standing === 'counted')
  const chances = probabilitiesBest(measured.map(sampleOf))
  const found = measured.map((arm, index) => ({ ...arm, best: chances[index] ?? null }))
  // the earlier of equal ones: sorting is stable and they are in order
  const [leader] = found.toSorted((a, b) => (b.rate ?? 0) - (a.rate ?? 0))
  const isWhole = arms.every(({ standing }) => standing === 'counted' || standing === 'out')
  return {
    at: at.toISOString(),
    statDay,
    byMessage,
    arms: arms.map((arm) => found.find(({ number }) => number === arm.number) ?? arm),
    leader: isWhole ? (leader?.number ?? null) : null,
    why: null,
  }
}

const sampleOf = ({ delivered, readers }: Evidence) => ({ people: delivered, did: readers ?? 0 })

function evidenceOf({ number, label, state, delivered, batches }: Variant, byMessage: boolean): Evidence {
  const nothing = { number, label, delivered, readers: null, rate: null, low: null, high: null, best: null }
  if (state !== 'ended') return { ...nothing, standing: state }
  if (delivered === 0) return { ...nothing, standing: 'out' }
  const open = batches.find((one) => one.state !== 'counted')
  if (open !== undefined) return { ...nothing, standing: open.state }
  const sum = batches.reduce((all, one) => {
    if (one.state !== 'counted') return all
    return all + (byMessage ? (one.messageReaders ?? 0) : one.readers)
  }, 0)
  const readers = Math.min(sum, delivered)
  const sample = { people: delivered, did: readers }
  return { ...nothing, standing: 'counted', readers, rate: rateOf(sample), ...wilson(sample) }
}

export type AskReason = 'figures_missing' | 'unsure' | 'test_failed'
export type Decision =
  | { do: 'wait' }
  | { do: 'open'; variant: number; verdict: Verdict }
  | { do: 'ask'; reason: AskReason; verdict: Verdict }
  | { do: 'drop'; verdict: Verdict }

type Case = { plan: TestPlan; givesUpAt: Date; now: Date; chosen: number | null }

/**
 * What becomes of the rest of a test. An operator's choice holds; figures decide once every variant that reached
 * anybody has whole ones; variants that failed are out, and one that is left over wins untested.
 */
export function decide(verdict: Verdict, { plan, givesUpAt, now, chosen }: Case): Decision {
  const open = (variant: number, why: Verdict['why']): Decision => ({
    do: 'open',
    variant,
    verdict: { ...verdict, why },
  })
  if (chosen !== null) return open(chosen, 'operator')
  const left = verdict.arms.filter(({ standing }) => standing !== 'out')
  const [first] = left
  if (first === undefined) return { do: 'ask', reason: 'test_failed', verdict }
  if (left.length === 1 && first.standing !== 'open') return open(first.number, 'untested')
  const leader = left.find(({ number }) => number === verdict.leader)
  if (leader === undefined) return now < givesUpAt ? { do: 'wait' } : giveUp(plan, verdict)
  if (plan.unsure?.do === 'ask' && (leader.best ?? 0) < plan.unsure.below)
    return { do: 'ask', reason: 'unsure', verdict }
  return open(leader.number, 'figures')
}

function giveUp({ missing }: TestPlan, verdict: Verdict): Decision {
  const first = verdict.arms.find(({ standing, delivered }) => standing !== 'out' && delivered > 0)
  if (missing.do === 'dont-send') return { do: 'drop', verdict }
  if (missing.do === 'ask' || first === undefined) return { do: 'ask', reason: 'figures_missing', verdict }
  return { do: 'open', variant: first.number, verdict: { ...verdict, why: 'first' } }
}
