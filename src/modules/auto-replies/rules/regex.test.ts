import fc from 'fast-check'
import { RE2JS } from 're2js'
import { expect, test } from 'vitest'
import { createMatcher } from './keywords.ts'
import { checkRegex, forRegex, REGEX_BUDGET_MS, REGEX_CODE_POINTS, REGEX_LIMITS } from './regex.ts'

test.each([
  ['(?=a)b', 'look-ahead'],
  ['(?<!a)b', 'look-behind'],
  ['(a)\\1', 'a back reference'],
  ['(a', 'an open group'],
  ['a{0,1000}{0,1000}', 'repeats of repeats'],
])('ADR 0019: %s (%s) is refused with the words of the engine', (pattern) => {
  expect(checkRegex(pattern)).toMatchObject({
    ok: false,
    reason: 'regex_not_supported',
    why: expect.any(String),
  })
})

test('ADR 0019: a pattern of 200 characters and 500 instructions is taken, one more of either is not', () => {
  const { characters, instructions } = REGEX_LIMITS
  expect(checkRegex('好'.repeat(characters))).toMatchObject({ ok: true })
  expect(checkRegex('好'.repeat(characters + 1))).toEqual({
    ok: false,
    reason: 'regex_too_large',
    limit: characters,
    actual: characters + 1,
  })
  const sizeOf = (times: number) => {
    const verdict = checkRegex(`a{${times}}`)
    return verdict.ok ? verdict.instructions : verdict.reason === 'regex_too_large' ? verdict.actual : -1
  }
  const most = Array.from({ length: 600 }, (_, times) => times + 1).findLast(
    (times) => sizeOf(times) <= instructions,
  ) as number
  expect(checkRegex(`a{${most}}`)).toMatchObject({ ok: true })
  expect(checkRegex(`a{${most + 1}}`)).toMatchObject({
    ok: false,
    reason: 'regex_too_large',
    limit: instructions,
  })
})

test.each([
  ['(a+)+$', 'a'.repeat(REGEX_CODE_POINTS - 1)],
  ['(x+x+)+y', 'x'.repeat(REGEX_CODE_POINTS)],
  ['(a|aa)+$', 'a'.repeat(REGEX_CODE_POINTS - 1)],
  ['(.*)*(.*)*b', 'a'.repeat(REGEX_CODE_POINTS)],
  ['([a-z]+)*\\d', 'abc'.repeat(200)],
  ['(优|优惠|惠)+券', '优惠'.repeat(300)],
])('ADR 0019: %s, which hangs others, costs a push no more than its time', (pattern, text) => {
  const matcher = createMatcher([
    { id: '1', priority: 0, keywords: [{ text: pattern, match: 'regex', caseSensitive: false }] },
  ])
  matcher.best(text, () => true)
  const times = Array.from({ length: 5 }, () => {
    const from = performance.now()
    matcher.best(`${text}!`, () => true)
    return performance.now() - from
  })
  expect(Math.min(...times)).toBeLessThan(REGEX_BUDGET_MS)
})

test('what a pattern sees of a text ends with its 600th character, never within one', () => {
  expect(forRegex('好'.repeat(601))).toHaveLength(600)
  expect([...forRegex('😀'.repeat(601))]).toHaveLength(600)
  expect(forRegex('好')).toBe('好')
})

test('patterns mean what they mean elsewhere, as far as both know them', () => {
  const atom = fc.constantFrom('a', 'b', '优', '\\d', '[ab]', '[^a]', '.', '(a|b)', '(?:优a)', '^', '$')
  const part = fc
    .tuple(atom, fc.constantFrom('', '', '?', '*', '+', '{2}'))
    .map(([one, times]) => (one === '^' || one === '$' ? one : `${one}${times}`))
  const pattern = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''))
  const said = fc.string({ unit: fc.constantFrom('a', 'b', '优', '1', '😀'), maxLength: 8 })
  fc.assert(
    fc.property(pattern, said, (source, text) => {
      const ours = createMatcher([
        { id: '1', priority: 0, keywords: [{ text: source, match: 'regex', caseSensitive: true }] },
      ]).best(text, () => true)
      expect(ours !== null).toBe(new RegExp(source, 'u').test(text))
      expect(ours !== null).toBe(RE2JS.compile(source).matcher(text).find())
    }),
    { numRuns: 400 },
  )
})
