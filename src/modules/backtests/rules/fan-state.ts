import type { WindowSettings } from '../../../wechat/rules/service-window.ts'
import { acted, EMPTY_BOOK, left, type WindowBook } from '../../deliveries/schema.ts'
import type { Act, Fan } from './timeline.ts'

const NEVER = Number.NEGATIVE_INFINITY

/** A fan as far as they have been played. */
export type FanState = {
  id: number
  following: boolean
  /** The second since which it is known whether they follow. */
  stateAt: number
  lastInteractionAt: number
  /** The latest act, and its place in the log. */
  lastActAt: number
  lastTold: number
  book: WindowBook
}

/**
 * As the fan was when the record begins. Whoever leaves first had followed, and whoever follows first had not; of the others their
 * row says it.
 */
export function fanAt(fan: Fan, acts: readonly Act[], start: number): FanState {
  const { id, followedAt, unfollowedAt } = fan
  const known = (at: number) => (at < start ? at : NEVER)
  return {
    id,
    following: wasFollowing(fan, acts, start),
    stateAt: Math.max(known(followedAt), known(unfollowedAt)),
    lastInteractionAt: NEVER,
    lastActAt: NEVER,
    lastTold: -1,
    book: EMPTY_BOOK,
  }
}

function wasFollowing({ id, ...row }: Fan, acts: readonly Act[], start: number): boolean {
  for (const { fanId, kind } of acts)
    if (fanId === id && (kind === 'follow' || kind === 'unfollow')) return kind === 'unfollow'
  return row.followedAt < start && (row.following || row.unfollowedAt > start)
}

/** What an act of theirs changes; true where it begins a new silence. `told` is its place in the log. */
export function apply(fan: FanState, { at, kind }: Act, told: number, settings: WindowSettings): boolean {
  if (kind === null) return false
  if (kind === 'unfollow') {
    if (at >= fan.stateAt) setState(fan, false, at)
    fan.book = left(fan.book, { at, told })
    return false
  }
  if (kind === 'follow' && at >= fan.stateAt) setState(fan, true, at)
  else if (kind !== 'payment' && at > fan.stateAt) fan.following = true
  fan.book = acted(fan.book, { kind, at, told }, { ...settings, following: fan.following })
  if (kind === 'payment') return false
  fan.lastInteractionAt = Math.max(fan.lastInteractionAt, at)
  if (at < fan.lastActAt || (at === fan.lastActAt && told < fan.lastTold)) return false
  fan.lastActAt = at
  fan.lastTold = told
  return true
}

function setState(fan: FanState, following: boolean, at: number): void {
  fan.following = following
  fan.stateAt = at
}

/** The one fan a person is reached as: who acted, else who follows rather than not, and acted last. */
export function fanOf(fans: readonly FanState[], actedAs: number): FanState | undefined {
  let best: FanState | undefined
  for (const fan of fans) if (best === undefined || comesFirst(fan, best, actedAs)) best = fan
  return best
}

function comesFirst(a: FanState, b: FanState, actedAs: number): boolean {
  if ((a.id === actedAs) !== (b.id === actedAs)) return a.id === actedAs
  if (a.following !== b.following) return a.following
  if (a.lastInteractionAt !== b.lastInteractionAt) return a.lastInteractionAt > b.lastInteractionAt
  return a.id < b.id
}
