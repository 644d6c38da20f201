import { addBeijingDays, beijingDay, startOfDay } from '../../kernel/beijing.ts'
import { conditionsOf, type Rule } from './schema/rule.ts'
import type { UpdateKind } from './schema/segment.ts'

const MINUTE_MS = 60_000

/** The first instant after `now` that is this minute of a Beijing day. What was missed meanwhile is made up for once. */
export function nextDaily(now: Date, minute: number): Date {
  const today = startOfDay(beijingDay(now)).getTime() + minute * MINUTE_MS
  if (today > now.getTime()) return new Date(today)
  return new Date(startOfDay(addBeijingDays(beijingDay(now), 1)).getTime() + minute * MINUTE_MS)
}

/** When a segment is computed next by itself; a live one is counted each midnight, for its chart alone. */
export function nextDue(kind: UpdateKind, minute: number | null, now: Date): Date | null {
  if (kind === 'daily') return nextDaily(now, minute ?? 0)
  return kind === 'live' ? nextDaily(now, 0) : null
}

/**
 * Where each part of a random split ends, the last at `total`: equal parts differ by at most one person, shares in
 * percent are met to within one.
 */
export function partEnds(total: number, parts: number, shares?: readonly number[]): number[] {
  const each = shares ?? Array.from({ length: parts }, () => 1)
  const whole = each.reduce((sum, share) => sum + share, 0)
  let gone = 0
  return each.map((share) => {
    gone += share
    return Math.round((total * gone) / whole)
  })
}

/** Segments a rule names itself. */
export const namedIn = (rule: Rule | null): string[] =>
  rule === null
    ? []
    : [...new Set([...conditionsOf(rule)].flatMap((one) => (one.kind === 'segment' ? [one.segmentId] : [])))]

export type Region = { mask: number; size: number }

/** Of disjoint regions, how many people are in all of each combination of two and more, whatever else they are in. */
export function intersectionsOf(regions: readonly Region[], sets: number): Region[] {
  const found: Region[] = []
  for (let mask = 1; mask < 2 ** sets; mask += 1) {
    if ((mask & (mask - 1)) === 0) continue
    const inside = regions.filter((region) => (region.mask & mask) === mask)
    found.push({ mask, size: inside.reduce((sum, { size }) => sum + size, 0) })
  }
  return found
}

/** `部分 (2)`: what a copy or a part is called, within 60 characters. */
export const nameOfPart = (name: string, part: number): string => {
  const end = ` (${part})`
  return `${[...name].slice(0, 60 - end.length).join('')}${end}`
}
