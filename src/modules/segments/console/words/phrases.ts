import { segmentWords as en } from '../../../../console/locales/en/segment-words.ts'
import { segmentWords as zhCN } from '../../../../console/locales/zh-CN/segment-words.ts'
import type { Comparison, Duration, ValueTest, Window } from '../../schema/rule.ts'

export type WordsLocale = 'zh-CN' | 'en'
export const phrasesOf = (locale: WordsLocale) => (locale === 'en' ? en : zhCN)
export type Phrases = typeof zhCN

export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''))

/** A gap that nobody filled yet shows as such, so that a half-built rule can be read too. */
export const shown = (value: string | number | undefined, words: Phrases): string =>
  value === undefined || value === '' || (typeof value === 'number' && !Number.isFinite(value))
    ? words.unknown
    : String(value)

export const durationInWords = ({ amount, unit }: Duration, words: Phrases): string => {
  const name = words.unit[unit]
  return `${amount} ${amount === 1 && name.endsWith('s') ? name.slice(0, -1) : name}`
}

export function windowInWords(window: Window, words: Phrases): string {
  switch (window.kind) {
    case 'ever':
      return words.window.ever
    case 'last':
    case 'before':
      return fill(words.window[window.kind], { length: durationInWords(window.length, words) })
    case 'between':
      return fill(words.window.between, {
        from: shown(window.from, words),
        to: shown(window.to, words),
      })
    case 'this':
      return words.this[window.unit]
  }
}

export function comparisonInWords(compare: Comparison, words: Phrases): string {
  if (compare.op === 'between')
    return `${words.op.between} ${fill(words.range, { from: shown(compare.from, words), to: shown(compare.to, words) })}`
  return `${words.op[compare.op]} ${shown(compare.value, words)}`
}

/** The comparison as a sign where a sum and the like is compared: ≥ 200. */
export function signed(compare: Comparison, words: Phrases): string {
  if (compare.op === 'between') return comparisonInWords(compare, words)
  return `${SIGNS[compare.op]} ${shown(compare.value, words)}`
}
const SIGNS = { gte: '≥', lte: '≤', eq: '=', gt: '>', lt: '<' }

/** `是 上海 或 北京`: a test without what it is about. */
export function testInWords(test: ValueTest, words: Phrases): string {
  const op = words.op[test.op]
  switch (test.op) {
    case 'is':
    case 'is_not':
      return `${op} ${joined(test.values.map(String), words.either, words)}`
    case 'has_any':
    case 'has_all':
    case 'has_none':
      return `${op} ${joined(test.values, words.list, words)}`
    case 'contains':
    case 'not_contains':
    case 'starts_with':
    case 'ends_with':
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return `${op} ${shown(test.value, words)}`
    case 'between':
      return `${op} ${fill(words.range, { from: shown(test.from, words), to: shown(test.to, words) })}`
    case 'on':
    case 'on_or_before':
    case 'on_or_after':
      return `${op} ${shown(test.day, words)}`
    case 'within':
      return `${op} ${windowInWords(test.window, words)}`
    case 'anniversary_in':
      return test.days === 0 ? words.anniversaryToday : fill(words.anniversary, { days: test.days })
    default:
      return op
  }
}

export const joined = (values: readonly string[], by: string, words: Phrases): string =>
  values.length === 0 ? words.unknown : values.join(by)
