import { beijingDay } from '../../../kernel/beijing.ts'
import { SAMPLE_PEOPLE, type VariantResult } from '../schema.ts'
import type { Turn } from './game.ts'
import type { OwnerKind, Sent, Timeline } from './timeline.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Beijing has had no other time since 1991. */
const BEIJING_MS = 8 * HOUR_MS

export type SamplePerson = Turn & { person: string; rank: number }
type Samples = { reached: SamplePerson[]; notReached: SamplePerson[] }
type DayCount = { turns: number; reached: number; calls: number }

/** What the turns of a version come to, person by person; of memory as much as days and samples take. */
export type Sums = {
  turns: number
  reached: number
  people: number
  reasons: Map<string, number>
  days: Map<number, DayCount>
  byHour: number[]
  perPerson: { once: number; twice: number; more: number }
  overlap: Map<string, { kind: Exclude<OwnerKind, 'other'>; id: string; people: number }>
  samples: Samples
}

export const newSums = (): Sums => ({
  turns: 0,
  reached: 0,
  people: 0,
  reasons: new Map(),
  days: new Map(),
  byHour: Array.from({ length: 24 }, () => 0),
  perPerson: { once: 0, twice: 0, more: 0 },
  overlap: new Map(),
  samples: { reached: [], notReached: [] },
})

/** Adds one person; how often they were reached. */
export function addPerson(sums: Sums, timeline: Timeline, turns: readonly Turn[]): number {
  const { person } = timeline
  let reached = 0
  let first: Turn | undefined
  let firstNot: Turn | undefined
  for (const turn of turns) {
    const day = dayOf(sums, turn.turnAt)
    sums.turns += 1
    day.turns += 1
    if (!turn.reached) {
      firstNot ??= turn
      const reason = turn.reason ?? ''
      sums.reasons.set(reason, (sums.reasons.get(reason) ?? 0) + 1)
      continue
    }
    first ??= turn
    reached += 1
    day.reached += 1
    dayOf(sums, turn.decidedAt).calls += 1
    const hour = Math.floor((turn.decidedAt + BEIJING_MS) / HOUR_MS) % 24
    sums.byHour[hour] = (sums.byHour[hour] ?? 0) + 1
  }
  if (first !== undefined) keep(sums.samples.reached, person, first)
  if (firstNot !== undefined) keep(sums.samples.notReached, person, firstNot)
  if (reached === 0) return 0
  sums.reached += reached
  sums.people += 1
  sums.perPerson[reached === 1 ? 'once' : reached === 2 ? 'twice' : 'more'] += 1
  addOverlap(sums, timeline.sent, turns)
  return reached
}

function dayOf({ days }: Sums, at: number): DayCount {
  const number = Math.floor((at + BEIJING_MS) / DAY_MS)
  const known = days.get(number)
  if (known !== undefined) return known
  const count = { turns: 0, reached: 0, calls: 0 }
  days.set(number, count)
  return count
}

/** As good as random over people, and the same for the same person. */
function rankOf(person: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < person.length; index += 1)
    hash = Math.imul(hash ^ person.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}

function keep(kept: SamplePerson[], person: string, turn: Turn): void {
  const one = { ...turn, person, rank: rankOf(person) }
  const last = kept[SAMPLE_PEOPLE - 1]
  if (last !== undefined && !goesBefore(one, last)) return
  let place = kept.length
  while (place > 0 && goesBefore(one, kept[place - 1] as SamplePerson)) place -= 1
  kept.splice(place, 0, one)
  if (kept.length > SAMPLE_PEOPLE) kept.pop()
}

const goesBefore = (a: SamplePerson, b: SamplePerson): boolean =>
  a.rank === b.rank ? Number(a.person) < Number(b.person) : a.rank < b.rank

/** Whose messages, of this account, really reached this person within 24 hours of one that is played. */
function addOverlap({ overlap }: Sums, sent: readonly Sent[], turns: readonly Turn[]): void {
  const met = new Set<string>()
  for (const { at, owner, ownerId, here } of sent) {
    if (owner === 'other' || !here) continue
    const key = `${owner}:${ownerId}`
    if (met.has(key)) continue
    if (!turns.some(({ reached, decidedAt }) => reached && Math.abs(decidedAt - at) <= DAY_MS)) continue
    met.add(key)
    const known = overlap.get(key) ?? { kind: owner, id: ownerId, people: 0 }
    known.people += 1
    overlap.set(key, known)
  }
}

export type Told = {
  from: number
  to: number
  /** One person in so many was played. */
  sample: number
  names: ReadonlyMap<string, string>
  /** Calls that were really made, by Beijing day. */
  calls: ReadonlyMap<string, number>
  callLimit: number
}

/** In the order in which it is shown; nothing in it depends on the order in which people were added. */
export function resultOf(sums: Sums, told: Told): VariantResult {
  const days = daysOf(told)
  const { turns, reached, people, byHour, perPerson } = sums
  return {
    turns,
    reached,
    people,
    notReached: [...sums.reasons]
      .map(([reason, n]) => ({ reason, n }))
      .sort((a, b) => b.n - a.n || (a.reason < b.reason ? -1 : 1)),
    byDay: days.map(({ day, number }) => {
      const count = sums.days.get(number) ?? { turns: 0, reached: 0 }
      return { day, turns: count.turns, reached: count.reached, notReached: count.turns - count.reached }
    }),
    byHour: [...byHour],
    perPerson,
    overlap: [...sums.overlap.values()]
      .map((one) => ({ ...one, name: told.names.get(`${one.kind}:${one.id}`) ?? '' }))
      .sort((a, b) => b.people - a.people || (a.kind < b.kind ? -1 : 1) || Number(a.id) - Number(b.id)),
    overCalls: days.flatMap(({ day, number }) => {
      const calls = (told.calls.get(day) ?? 0) + (sums.days.get(number)?.calls ?? 0) * told.sample
      return calls > told.callLimit ? [{ day, calls, limit: told.callLimit }] : []
    }),
  }
}

function daysOf({ from, to }: Pick<Told, 'from' | 'to'>): { day: string; number: number }[] {
  const first = Math.floor((from + BEIJING_MS) / DAY_MS)
  const last = Math.floor((to + BEIJING_MS) / DAY_MS)
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const number = first + index
    return { number, day: beijingDay(new Date(number * DAY_MS - BEIJING_MS)) }
  })
}
