import { addBeijingDays, type BeijingDay, beijingDay } from '../../../kernel/beijing.ts'
import type { DayLimits, DayLoad, Use } from '../schema/budget.ts'

const NOTHING: Use = { sends: 0, calls: 0, recipients: 0 }

export type Waiting = {
  at: Date
  people: number
  calls: number /** Counted as one of a day's sends already. */
  begun: boolean
}
type Queued = { sizes: number; calls: number; begun: boolean }

export type Spread = { today: BeijingDay; until: BeijingDay; limits: DayLimits }

/**
 * What each day from `today` on will do of all that waits, as the last look before a call judges it: a call that finds
 * its day's sends, calls or recipients used up goes on the next. A call too large for any day goes alone.
 */
export function spreadDays(
  waiting: readonly Waiting[],
  done: ReadonlyMap<BeijingDay, Use>,
  { today, until, limits }: Spread,
): DayLoad[] {
  const sorted = waiting.toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const loads: DayLoad[] = []
  let queue: Queued[] = []
  for (let day = today; day <= until; day = addBeijingDays(day, 1)) {
    const arrives = sorted.filter(({ at }) =>
      day === today ? beijingDay(at) <= day : beijingDay(at) === day,
    )
    queue = [...queue, ...arrives.filter(({ calls }) => calls > 0).map(queuedOf)]
    const gone = done.get(day) ?? NOTHING
    const planned = { ...NOTHING }
    for (const one of queue) hand(one, gone, planned, limits)
    queue = queue.filter(({ calls }) => calls > 0)
    const moved = queue.reduce((sum, { calls, sizes }) => sum + Math.round(calls * sizes), 0)
    loads.push({
      day,
      done: gone,
      planned: { ...planned, recipients: Math.round(planned.recipients) },
      moved,
    })
  }
  return loads
}

const queuedOf = ({ people, calls, begun }: Waiting): Queued => ({ sizes: people / calls, calls, begun })

/** As many calls of one send as the day has room for. */
function hand(one: Queued, gone: Use, planned: Use, limits: DayLimits): void {
  const { sendsPerDay, callsPerDay, recipientsPerDay } = limits
  if (!one.begun && sendsPerDay !== null && gone.sends + planned.sends >= sendsPerDay) return
  const callsLeft = Math.max(0, callsPerDay - gone.calls - planned.calls)
  const peopleLeft = Math.max(0, recipientsPerDay - gone.recipients - planned.recipients)
  const alone = gone.recipients + planned.recipients === 0 && callsLeft > 0 ? 1 : 0
  const fitting = one.sizes === 0 ? one.calls : Math.floor(peopleLeft / one.sizes + 1e-9)
  const calls = Math.min(one.calls, callsLeft, Math.max(alone, fitting))
  if (calls === 0) return
  if (!one.begun) planned.sends += 1
  one.begun = true
  one.calls -= calls
  planned.calls += calls
  planned.recipients += calls * one.sizes
}

export type Standing = { used: number; booked: number; fans: number }

/** Fans by how many sends are left for them, 0 to the limit; `taken` says how many of them are gone. */
export function leftsOf<T extends { fans: number }>(
  rows: readonly T[],
  limit: number,
  taken: (row: T) => number,
): number[] {
  const lefts = Array<number>(limit + 1).fill(0)
  for (const row of rows) {
    const left = Math.max(0, limit - taken(row))
    lefts[left] = (lefts[left] ?? 0) + row.fans
  }
  return lefts
}

export const usedOf = ({ used }: Standing): number => used
export const takenOf = ({ used, booked }: Standing): number => used + booked

/** The same with one more send to everybody who has a place left. */
export const afterOneMore = ([none = 0, one = 0, ...others]: readonly number[]): number[] => [
  none + one,
  ...others,
  0,
]
