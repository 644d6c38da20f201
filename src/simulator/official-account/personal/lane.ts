import type { Database, Queries } from '../../store/database.ts'
import type { World } from '../../world.ts'
import type { Account } from '../account.ts'
import type { Call } from '../call.ts'
import { Refusal } from '../refusal.ts'

/** One message to one person, as an account asks for it. */
export type Item = Pick<Call, 'account' | 'body' | 'now'>
type SendAll<O> = (tx: Queries, items: readonly Item[]) => Promise<(O | Refusal)[]>
type Lane<O> = (item: Item) => Promise<O>

const lanes = new WeakMap<World, Map<unknown, Map<number, Lane<unknown>>>>()

/** One commit for all that an account asks at the same moment: messages to single people come by the thousand a second. */
export function laneOf<O>(world: World, account: Account, sendAll: SendAll<O>): Lane<O> {
  const ofWorld = lanes.get(world) ?? new Map<unknown, Map<number, Lane<unknown>>>()
  lanes.set(world, ofWorld)
  const ofKind = ofWorld.get(sendAll) ?? new Map<number, Lane<unknown>>()
  ofWorld.set(sendAll, ofKind)
  // Found under `sendAll`, a lane answers what `sendAll` does.
  const lane = (ofKind.get(account.id) as Lane<O> | undefined) ?? createLane(world.db, sendAll)
  ofKind.set(account.id, lane)
  return lane
}

const MOST_AT_ONCE = 200

/** Does the work of several calls in one transaction, one transaction at a time; each call gets its own answer or refusal. */
function createLane<O>(db: Database, work: SendAll<O>): Lane<O> {
  type Waiting = { item: Item; resolve: (answer: O) => void; reject: (error: unknown) => void }
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
