import { unavailable } from '../../kernel/errors.ts'

/** Waiting for a shared commit, by weight. Beyond this many, a new one is refused at once. */
const MOST_WAITING = 10_000

export type Gatherer<T, R> = {
  /** Resolves when the batch that holds the item is committed; rejects when it could not be stored. */
  add(item: T): Promise<R>
}

type Waiting<T, R> = { item: T; resolve(result: R): void; reject(error: unknown): void }

type Options<T, R> = {
  /** Weight in one commit; a single item that weighs more goes alone. */
  most: number
  lanes: number
  /** 1 where left out. */
  weigh?(item: T): number
  mostWaiting?: number
  commit(items: readonly T[]): Promise<readonly (R | Error)[]>
}

/**
 * Gathers what comes in while earlier batches are being committed, so that under load many requests share one commit
 * and a lone one waits for nobody. `commit` answers for each item, in order.
 */
export function createGatherer<T, R>(options: Options<T, R>): Gatherer<T, R> {
  const { weigh = () => 1, mostWaiting = MOST_WAITING } = options
  let weight = 0
  const waiting: Waiting<T, R>[] = []
  let busy = 0
  let scheduled = false

  async function commit(): Promise<void> {
    scheduled = false
    if (waiting.length === 0 || busy >= options.lanes) return
    busy += 1
    const batch = waiting.splice(0, howMany())
    schedule()
    try {
      const results = await options.commit(batch.map(({ item }) => item))
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index]
        if (result === undefined || result instanceof Error)
          reject(result ?? new Error('no answer for an item'))
        else resolve(result)
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    } finally {
      busy -= 1
      schedule()
    }
  }

  function howMany(): number {
    let count = 0
    let taken = 0
    for (const { item } of waiting) {
      const weighs = weigh(item)
      if (count > 0 && taken + weighs > options.most) break
      count += 1
      taken += weighs
      if (taken >= options.most) break
    }
    weight -= taken
    return count
  }

  /** After the requests of this turn of the loop have come in. */
  function schedule(): void {
    if (scheduled || waiting.length === 0 || busy >= options.lanes) return
    scheduled = true
    setImmediate(() => void commit())
  }

  return {
    add(item) {
      if (weight >= mostWaiting) {
        return Promise.reject(unavailable('too_busy', 'more comes in than can be stored'))
      }
      return new Promise<R>((resolve, reject) => {
        weight += weigh(item)
        waiting.push({ item, resolve, reject })
        schedule()
      })
    },
  }
}
