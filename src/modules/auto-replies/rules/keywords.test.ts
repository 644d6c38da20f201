import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Keyword } from '../schema.ts'
import { createMatcher, type WordedRule } from './keywords.ts'
import { normalise, small } from './normalise.ts'

const keyword = (text: string, match: Keyword['match'] = 'exact', caseSensitive = false): Keyword => ({
  text,
  match,
  caseSensitive,
})
const rule = (id: string, keywords: Keyword[], priority = 0): WordedRule => ({ id, priority, keywords })
const answers = (
  rules: readonly WordedRule[],
  text: string,
  usable: (one: WordedRule) => boolean = () => true,
) => createMatcher(rules).best(text, usable)?.rule.id ?? null

test.each([
  ['exact', '优惠', '优惠', true],
  ['exact', '优惠', ' 优惠　\n', true],
  ['exact', '优惠', '优惠吗', false],
  ['exact', 'ＶＩＰ１', 'vip1', true],
  ['exact', 'a  b', 'A b', true],
  ['starts', '优惠', '优惠吗', true],
  ['starts', '优惠', '有优惠', false],
  ['contains', '优惠', '有优惠吗', true],
  ['contains', '优惠', '有优  惠吗', false],
  ['regex', '^\\d{4}$', '2026', true],
  ['regex', '^\\d{4}$', '20261', false],
  ['regex', 'VIP\\d', '我是vip3', true],
] as const)('C4: %s %j on %j: %j', (match, text, said, hits) => {
  expect(answers([rule('1', [keyword(text, match)])], said)).toBe(hits ? '1' : null)
})

test('C4: capitals count where the keyword says so', () => {
  for (const match of ['exact', 'starts', 'contains', 'regex'] as const) {
    expect(answers([rule('1', [keyword('VIP', match, true)])], 'vip')).toBeNull()
    expect(answers([rule('1', [keyword('VIP', match, true)])], 'VIP')).toBe('1')
  }
})

test('C4: of several that match: priority, then the kind of match, then the longer word, then the older rule', () => {
  const exact = rule('5', [keyword('优惠券')])
  const starts = rule('4', [keyword('优惠', 'starts')])
  const longer = rule('3', [keyword('优惠券', 'contains')])
  const contains = rule('2', [keyword('优惠', 'contains')])
  const pattern = rule('1', [keyword('优惠', 'regex')])
  const all = [pattern, contains, longer, starts, exact]
  const left = [...all]
  for (const winner of [exact, starts, longer, contains, pattern]) {
    expect(answers(left, '优惠券')).toBe(winner.id)
    left.splice(left.indexOf(winner), 1)
  }
  expect(answers([...all, rule('9', [keyword('惠', 'regex')], 1)], '优惠券'), 'priority').toBe('9')
  expect(answers([rule('8', [keyword('惠券')]), rule('7', [keyword('惠券')])], '惠券'), 'older').toBe('7')
})

test('a rule that may not answer now leaves the place to the next, of whatever kind', () => {
  const rules = [
    rule('1', [keyword('你好')]),
    rule('2', [keyword('好', 'contains')]),
    rule('3', [keyword('.', 'regex')]),
  ]
  expect(answers(rules, '你好', ({ id }) => id !== '1')).toBe('2')
  expect(answers(rules, '你好', ({ id }) => id === '3')).toBe('3')
  expect(answers(rules, '你好', () => false)).toBeNull()
})

test('C4: any number of words finds what asking them one by one finds', () => {
  const letter = fc.constantFrom('a', 'B', 'b', '优', '惠', ' ', 'Ａ', '1')
  const word = fc.string({ unit: letter, minLength: 1, maxLength: 4 }).filter((one) => one.trim() !== '')
  const anyRule = fc.record({
    priority: fc.integer({ min: -1, max: 1 }),
    keywords: fc.array(
      fc.record({
        text: word,
        match: fc.constantFrom('exact' as const, 'starts' as const, 'contains' as const),
        caseSensitive: fc.boolean(),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  fc.assert(
    fc.property(
      fc.array(anyRule, { maxLength: 8 }),
      fc.string({ unit: letter, maxLength: 12 }),
      (some, said) => {
        const rules = some.map((one, index) => ({ ...one, id: String(index + 1) }))
        const found = createMatcher(rules).all(said)
        expect(found.map(({ rule: { id }, keyword: place }) => `${id}:${place}`)).toEqual(
          oneByOne(rules, said),
        )
        expect(createMatcher(rules).best(said, () => true)).toEqual(found[0] ?? null)
      },
    ),
    { numRuns: 500 },
  )
})

const KINDS = ['exact', 'starts', 'contains', 'regex']
function oneByOne(rules: readonly WordedRule[], said: string): string[] {
  const hits = rules.flatMap((one) =>
    one.keywords.flatMap((word, place) => {
      const fold = word.caseSensitive ? (text: string) => text : small
      const [text, needle] = [fold(normalise(said)), fold(normalise(word.text))]
      const hit =
        word.match === 'exact'
          ? text === needle
          : word.match === 'starts'
            ? text.startsWith(needle)
            : text.includes(needle)
      return hit ? [{ one, place, kind: KINDS.indexOf(word.match), length: needle.length }] : []
    }),
  )
  return hits
    .sort(
      (a, b) =>
        b.one.priority - a.one.priority ||
        a.kind - b.kind ||
        b.length - a.length ||
        Number(a.one.id) - Number(b.one.id) ||
        a.place - b.place,
    )
    .map(({ one, place }) => `${one.id}:${place}`)
}
