import { RE2JS, RE2JSException, RE2Set } from 're2js'

/** Of a message so much is compared with patterns. */
export const REGEX_CODE_POINTS = 600
export const REGEX_LIMITS = {
  characters: 200,
  instructions: 500,
  patterns: 200,
  instructionsOfAccount: 20_000,
}
/** Real time for all patterns of one push. */
export const REGEX_BUDGET_MS = 20

const PATTERNS_IN_SET = 16
/** Of the automaton of one set; beyond it forgets and begins anew, so a push never waits for a large one to be built. */
const SET_BYTES = 1 << 20

export type RegexVerdict =
  | { ok: true; instructions: number }
  | { ok: false; reason: 'regex_not_supported'; why: string }
  | { ok: false; reason: 'regex_too_large'; limit: number; actual: number }

/** Whether a pattern may be a keyword: RE2's language, which has no pattern that takes more than linear time. */
export function checkRegex(pattern: string): RegexVerdict {
  const { characters, instructions: most } = REGEX_LIMITS
  const length = [...pattern].length
  if (length > characters) return { ok: false, reason: 'regex_too_large', limit: characters, actual: length }
  try {
    const instructions = RE2JS.compile(pattern).programSize()
    return instructions <= most
      ? { ok: true, instructions }
      : { ok: false, reason: 'regex_too_large', limit: most, actual: instructions }
  } catch (error) {
    if (error instanceof RE2JSException)
      return { ok: false, reason: 'regex_not_supported', why: error.message }
    throw error
  }
}

export type Pattern = { id: number; text: string; caseSensitive: boolean }
/** Patterns asked together; `ids` in their order, the best first. */
export type PatternSet = { ids: readonly number[]; set: RE2Set }

/** Sets of a few patterns each, in the order of `patterns`; equal ones of `kept` are used again. */
export function createSets(
  patterns: readonly Pattern[],
  kept: ReadonlyMap<string, RE2Set> = new Map(),
): { sets: PatternSet[]; kept: Map<string, RE2Set> } {
  const sets: PatternSet[] = []
  const made = new Map<string, RE2Set>()
  for (let from = 0; from < patterns.length; from += PATTERNS_IN_SET) {
    const some = patterns.slice(from, from + PATTERNS_IN_SET)
    const texts = some.map(({ text, caseSensitive }) => (caseSensitive ? text : `(?i)${text}`))
    const key = JSON.stringify(texts)
    const set = kept.get(key) ?? setOf(texts)
    made.set(key, set)
    sets.push({ ids: some.map(({ id }) => id), set })
  }
  return { sets, kept: made }
}

function setOf(texts: readonly string[]): RE2Set {
  const set = new RE2Set(RE2Set.UNANCHORED, 0, SET_BYTES)
  for (const text of texts) set.add(text)
  set.compile()
  return set
}

/** The first code points of a text, as patterns see it. */
export function forRegex(text: string): string {
  if (text.length <= REGEX_CODE_POINTS) return text
  let end = 0
  for (let count = 0; count < REGEX_CODE_POINTS && end < text.length; count += 1)
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
  return text.slice(0, end)
}
