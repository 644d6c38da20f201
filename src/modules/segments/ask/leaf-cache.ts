import { type Bits, bytesOf } from './bits.ts'

/** Leaves of rules being edited; what doesn't fit any more is asked again. */
const MAX_BYTES = 64 * 1024 * 1024
/** Real time. What was erased or merged meanwhile must not be shown for longer. */
const KEPT_MS = 5 * 60_000

/** Of one condition: those of whom it is true or, negated, those of whom it is not. */
export type Answer = { bits: Bits; negated: boolean }
type Entry = { answer: Answer; bytes: number; until: number }

/** Answers of single conditions at one instant: whoever edits a rule changes one condition and waits for that one only. */
export class LeafCache {
  readonly #entries = new Map<string, Entry>()
  #bytes = 0

  find(key: string): Answer | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#drop(key, entry)
    if (entry.until < performance.now()) return undefined
    this.#entries.set(key, entry)
    this.#bytes += entry.bytes
    return entry.answer
  }

  keep(key: string, answer: Answer): void {
    const existing = this.#entries.get(key)
    if (existing !== undefined) this.#drop(key, existing)
    const bytes = bytesOf(answer.bits) + 200
    if (bytes > MAX_BYTES / 4) return
    this.#entries.set(key, { answer, bytes, until: performance.now() + KEPT_MS })
    this.#bytes += bytes
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= MAX_BYTES) break
      this.#drop(oldest, entry)
    }
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }

  #drop(key: string, entry: Entry): void {
    this.#entries.delete(key)
    this.#bytes -= entry.bytes
  }
}
