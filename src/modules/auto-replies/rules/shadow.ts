import type { ActiveHours, Keyword, ReplyKind } from '../schema.ts'
import { byRank, createMatcher, type WordedRule, wordsOf } from './keywords.ts'
import { byPriority } from './precedence.ts'

type Rule = WordedRule & { kind: ReplyKind; hours: ActiveHours }

/**
 * For rules that are on: which other one answers whenever a rule could, so that it never does; undefined where there is none.
 * Only what is certain is said: of patterns only equal ones, and of others only those for every hour.
 */
export function createShadows<R extends Rule>(rules: readonly R[]): (rule: R) => R | undefined {
  const always = rules.filter(({ hours }) => hours.length === 0)
  const byId = new Map(always.map((rule) => [rule.id, rule]))
  const literal = createMatcher(
    always.map(({ id, priority, keywords }) => ({
      id,
      priority,
      keywords: keywords.filter(({ match }) => match !== 'regex'),
    })),
  )
  const patterns = new Map<string, { rule: WordedRule; keyword: number }[]>()
  for (const rule of always)
    for (const [keyword, { text, match }] of rule.keywords.entries())
      if (match === 'regex') patterns.set(text, [...(patterns.get(text) ?? []), { rule, keyword }])

  const over = (rule: R, keyword: number): R | undefined => {
    const words = rule.keywords[keyword] as Keyword
    const asked = { rule, keyword, words, text: wordsOf(words) }
    const found = words.match === 'regex' ? (patterns.get(words.text) ?? []) : literal.all(words.text)
    const hit = found.find((one) => {
      const wider = one.rule.keywords[one.keyword] as Keyword
      const place = { rule: one.rule, keyword: one.keyword, words: wider, text: wordsOf(wider) }
      return one.rule.id !== rule.id && isWider(wider, words) && byRank<WordedRule>(place, asked) < 0
    })
    return hit === undefined ? undefined : byId.get(hit.rule.id)
  }
  return (rule) => {
    if (rule.kind === 'follow' || rule.kind === 'default')
      return always.find((other) => other.kind === rule.kind && byPriority(other, rule) < 0)
    const all = rule.keywords.map((_, keyword) => over(rule, keyword))
    return all.every((one) => one !== undefined) ? all[0] : undefined
  }
}

/** Whether a word matches everything that another one matches. */
function isWider(wider: Keyword, words: Keyword): boolean {
  if (wider.caseSensitive && !words.caseSensitive) return false
  const text = wordsOf(wider)
  const narrow = wordsOf({ ...words, caseSensitive: wider.caseSensitive })
  switch (wider.match) {
    case 'exact':
    case 'regex':
      return words.match === wider.match && text === narrow
    case 'starts':
      return words.match !== 'contains' && words.match !== 'regex' && narrow.startsWith(text)
    case 'contains':
      return words.match !== 'regex' && narrow.includes(text)
  }
}
