import type { RE2Set } from 're2js'
import type { Keyword, KeywordMatch } from '../schema.ts'
import { type Automaton, createAutomaton } from './automaton.ts'
import { normalise, small } from './normalise.ts'
import { createSets, forRegex, type PatternSet, REGEX_BUDGET_MS } from './regex.ts'

/** A rule as far as its words matter; of two that match the same text the one that stands first wins. */
export type WordedRule = { id: string; priority: number; keywords: readonly Keyword[] }
export type Hit<R> = { rule: R; keyword: number }

/** Kinds of match, the closest first. */
export const KEYWORD_ORDER: readonly KeywordMatch[] = ['exact', 'starts', 'contains', 'regex']

type Entry<R> = Hit<R> & { words: Keyword; text: string }

/** By priority, then the kind of match, then the longer word, then the older rule. */
function ranked<R extends WordedRule>(rules: readonly R[]): Entry<R>[] {
  return rules
    .flatMap((rule) =>
      rule.keywords.map((words, keyword) => ({ rule, keyword, words, text: wordsOf(words) })),
    )
    .filter(({ text }) => text !== '')
    .sort(byRank)
}

/** Which of two words wins where both match. */
export const byRank = <R extends WordedRule>(a: Entry<R>, b: Entry<R>): number =>
  b.rule.priority - a.rule.priority ||
  KEYWORD_ORDER.indexOf(a.words.match) - KEYWORD_ORDER.indexOf(b.words.match) ||
  b.text.length - a.text.length ||
  (BigInt(a.rule.id) < BigInt(b.rule.id) ? -1 : BigInt(a.rule.id) > BigInt(b.rule.id) ? 1 : 0) ||
  a.keyword - b.keyword

/** A word as it is compared; a pattern is as it was typed. */
export function wordsOf({ text, match, caseSensitive }: Keyword): string {
  if (match === 'regex') return text
  const plain = normalise(text)
  return caseSensitive ? plain : small(plain)
}

export type Matcher<R> = {
  /** The best keyword that matches and whose rule may be used. */
  best(text: string, usable: (rule: R) => boolean): Hit<R> | null
  /** Every keyword that matches, the best first. */
  all(text: string): Hit<R>[]
  /** Rules that were not asked because the time for patterns was over, each counted. */
  slow: Map<string, number>
  /** To be used again by the next one, where patterns are the same. */
  kept: Map<string, RE2Set>
  sets: readonly PatternSet[]
}

/** All words of an account's rules, asked together: what one message costs hardly depends on how many there are. */
export function createMatcher<R extends WordedRule>(
  rules: readonly R[],
  kept?: ReadonlyMap<string, RE2Set>,
): Matcher<R> {
  const entries = ranked(rules)
  const sides = [sideOf(entries, false), sideOf(entries, true)]
  const patterns = entries.flatMap(({ words, text }, id) =>
    words.match === 'regex' ? [{ id, text, caseSensitive: words.caseSensitive }] : [],
  )
  const { sets, kept: used } = createSets(patterns, kept)
  const slow = new Map<string, number>()
  const literal = (text: string, hit: (rank: number) => void) => {
    const plain = normalise(text)
    sides[0]?.(small(plain), hit)
    sides[1]?.(plain, hit)
  }
  const hitOf = (rank: number): Hit<R> => {
    const { rule, keyword } = entries[rank] as Entry<R>
    return { rule, keyword }
  }
  return {
    best(text, usable) {
      let best = entries.length
      const isUsable = (rank: number) => usable((entries[rank] as Entry<R>).rule)
      literal(text, (rank) => {
        if (rank < best && isUsable(rank)) best = rank
      })
      best = bestPattern({ sets, text, best, isUsable, late: (ids) => noteSlow(slow, entries, ids) })
      return best === entries.length ? null : hitOf(best)
    },
    all(text) {
      const ranks = new Set<number>()
      literal(text, (rank) => ranks.add(rank))
      const seen = forRegex(normalise(text))
      for (const { set, ids } of sets) for (const place of set.match(seen)) ranks.add(ids[place] as number)
      return [...ranks].sort((a, b) => a - b).map(hitOf)
    },
    slow,
    kept: used,
    sets,
  }
}

type Asked = {
  sets: readonly PatternSet[]
  text: string
  best: number
  isUsable: (rank: number) => boolean
  late: (ids: readonly number[]) => void
}

/** Patterns only while they could still win, and only for so long: what wasn't asked is as if it didn't match. */
function bestPattern({ sets, text, best: soFar, isUsable, late }: Asked): number {
  if (sets.length === 0 || (sets[0]?.ids[0] ?? 0) > soFar) return soFar
  let best = soFar
  const seen = forRegex(normalise(text))
  const until = performance.now() + REGEX_BUDGET_MS
  for (const [index, { ids, set }] of sets.entries()) {
    if ((ids[0] as number) > best) return best
    if (index > 0 && performance.now() > until) {
      late(sets.slice(index).flatMap((one) => one.ids))
      return best
    }
    for (const place of set.match(seen)) {
      const rank = ids[place] as number
      if (rank < best && isUsable(rank)) best = rank
    }
  }
  return best
}

function noteSlow<R extends WordedRule>(
  slow: Map<string, number>,
  entries: readonly Entry<R>[],
  ids: readonly number[],
): void {
  for (const id of new Set(ids.map((rank) => (entries[rank] as Entry<R>).rule.id)))
    slow.set(id, (slow.get(id) ?? 0) + 1)
}

type Side = (text: string, hit: (rank: number) => void) => void

/** Words that care for capitals, or those that don't; undefined where there are none. */
function sideOf<R>(entries: readonly Entry<R>[], caseSensitive: boolean): Side | undefined {
  const exact = new Map<string, number[]>()
  const starts = new Map<number, Map<string, number[]>>()
  const contained: [string, number][] = []
  let any = false
  for (const [rank, { words, text }] of entries.entries()) {
    if (words.caseSensitive !== caseSensitive || words.match === 'regex') continue
    any = true
    if (words.match === 'exact') add(exact, text, rank)
    else if (words.match === 'contains') contained.push([text, rank])
    else {
      const ofLength = starts.get(text.length) ?? new Map<string, number[]>()
      starts.set(text.length, ofLength)
      add(ofLength, text, rank)
    }
  }
  if (!any) return undefined
  const automaton: Automaton | undefined = contained.length > 0 ? createAutomaton(contained) : undefined
  return (text, hit) => {
    for (const rank of exact.get(text) ?? []) hit(rank)
    for (const [length, ofLength] of starts)
      if (length <= text.length) for (const rank of ofLength.get(text.slice(0, length)) ?? []) hit(rank)
    automaton?.find(text, hit)
  }
}

function add(map: Map<string, number[]>, key: string, rank: number): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, [rank])
  else known.push(rank)
}
