import type { Database, Queries } from '../../store/database.ts'
import { Refusal } from '../refusal.ts'

/** One commit for all that asks at the same moment: messages to single people come by the thousand a second. */
export type Lane<I, O> = (item: I) => Promise<O>

const MOST_AT_ONCE = 200

/** Does the work of several calls in one transaction, one transaction at a time; each call gets its own answer or refusal. */
export function createLane<I, O>(
  db: Database,
  work: (tx: Queries, items: readonly I[]) => Promise<(O | Refusal)[]>,
): Lane<I, O> {
  type Waiting = { item: I; resolve: (answer: O) => void; reject: (error: unknown) => void }
  const waiting: Waiting[] = []
  let running = false

  const run = async (): Promise<void> => {
    running = true
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_AT_ONCE)
      try {
        const answers = await db.transaction((tx) =>
          work(
            tx,
            batch.map(({ item }) => item),
          ),
        )
        for (const [index, one] of batch.entries()) {
          const answer = answers[index] as O | Refusal
          if (answer instanceof Refusal) one.reject(answer)
          else one.resolve(answer)
        }
      } catch (error) {
        for (const one of batch) one.reject(error)
      }
    }
    running = false
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!running) setImmediate(() => (running ? undefined : void run()))
    })
}

/** What `work` refuses for one item, as its answer. */
export function answerOf<T>(work: () => T): T | Refusal {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}
