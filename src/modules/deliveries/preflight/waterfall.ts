import type { Release } from '../rules/index.ts'
import type { Reason } from '../schema.ts'
import { hourOf, type Outcome } from './outcome.ts'

export type FieldExample = { reason: string; field: string; rule: string; count: number }

/** Sums up outcomes; of the same reason and hour, or the same field, only the number is kept. */
export class Waterfall {
  total = 0
  unreachable = 0
  now = 0
  readonly #skipped = new Map<string, number>()
  readonly #held = new Map<string, { reason: Reason; until: number; count: number }>()
  readonly #fields = new Map<string, FieldExample>()

  add(outcome: Outcome, count: number): void {
    this.total += count
    if (outcome.kind === 'skip') {
      this.#skipped.set(outcome.reason, (this.#skipped.get(outcome.reason) ?? 0) + count)
      if (outcome.detail?.['field'] !== undefined) this.#addField(outcome.reason, outcome.detail, count)
      return
    }
    if (outcome.because === null) {
      this.now += count
      return
    }
    const until = hourOf(outcome.at)
    const key = `${outcome.because}:${until}`
    const known = this.#held.get(key)
    if (known === undefined) this.#held.set(key, { reason: outcome.because, until, count })
    else known.count += count
  }

  #addField(reason: string, detail: Record<string, unknown>, count: number): void {
    const field = String(detail['field'])
    const rule = String(detail['rule'] ?? '')
    const key = `${reason}:${field}:${rule}`
    const known = this.#fields.get(key)
    if (known === undefined) this.#fields.set(key, { reason, field, rule, count })
    else known.count += count
  }

  get notReached(): { reason: string; count: number }[] {
    return [...this.#skipped].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count)
  }

  get held(): { reason: Reason; count: number; until: Date }[] {
    return [...this.#held.values()]
      .map(({ until, ...one }) => ({ ...one, until: new Date(until) }))
      .sort((a, b) => a.until.getTime() - b.until.getTime())
  }

  get fieldExamples(): FieldExample[] {
    return [...this.#fields.values()].sort((a, b) => b.count - a.count).slice(0, 20)
  }

  get reached(): number {
    return this.now + this.held.reduce((sum, one) => sum + one.count, 0)
  }

  releases(at: Date): Release[] {
    return [{ at, count: this.now }, ...this.held.map(({ until, count }) => ({ at: until, count }))]
  }
}
