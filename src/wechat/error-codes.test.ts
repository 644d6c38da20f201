import { expect, test } from 'vitest'
import { adviceOf, callerIpOf, ERROR_CODES, errorKindOf, isDefiniteRefusal, ridOf } from './error-codes.ts'

test('every code has one row, and advice in both languages', () => {
  const codes = ERROR_CODES.map((entry) => entry.code)
  expect(new Set(codes).size).toBe(codes.length)
  for (const { advice } of ERROR_CODES) {
    expect(advice.zh).toMatch(/\p{Script=Han}.*[。；]$/u)
    expect(advice.en).toMatch(/^[A-Z].*\.$/)
  }
})

test('every code of the global table (全局返回码) is known', () => {
  const listed = [
    -1, 0, 40001, 40002, 40003, 40004, 40007, 40013, 40014, 40029, 40032, 40033, 40035, 40037, 40039, 40052,
    40059, 40062, 40092, 40114, 40125, 40130, 40132, 40152, 40155, 40163, 40164, 40215, 40243, 40249, 41001,
    41009, 41030, 42001, 42010, 43001, 43004, 43019, 43100, 43101, 43107, 43108, 43116, 44001, 44004, 45002,
    45003, 45007, 45008, 45009, 45011, 45015, 45026, 45027, 45028, 45047, 45056, 45059, 45062, 45064, 45065,
    45066, 45067, 45072, 45080, 45083, 45103, 45157, 45159, 45166, 45168, 45169, 45171, 46003, 46004, 47001,
    47002, 47003, 47009, 48001, 48006, 48008, 48021, 48022, 49003, 50002, 50004, 50005, 50007, 53404, 53406,
    53503, 53505, 53600, 61004, 61007, 61023, 61500, 61503, 65301, 65317, 65400, 65417, 70000, 88000, 88010,
    89501, 89507, 200011, 200014, 9410010, 9410012, 268487001, 268487002, 268488001, 9500001, 9500002,
  ]
  for (const code of listed) expect([code, errorKindOf(code)]).not.toEqual([code, 'unknown'])
})

test.each([
  [0, 'ok'],
  [-1, 'busy'],
  [40001, 'token'],
  [42001, 'token'],
  [45011, 'rate-minute'],
  [45009, 'quota-day'],
  [45028, 'quota-period'],
  [48001, 'account'],
  [40003, 'person'],
  [40007, 'content'],
  [45065, 'duplicate'],
  [89504, 'confirmation'],
  [89505, 'confirmation'],
  [47001, 'internal'],
  [12345, 'unknown'],
] as const)('code %i is of kind %s', (code, kind) => {
  expect(errorKindOf(code)).toBe(kind)
})

test('40001 means a wrong secret when a token is asked for', () => {
  expect(errorKindOf(40001, 'issuing')).toBe('account')
  expect(adviceOf(40001, 'issuing').zh).toContain('AppSecret')
})

test('the address to allow and the request id are read from an errmsg', () => {
  const errmsg = 'invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 6501a2b3-0f0f0f0f-1a2b3c4d'
  expect(callerIpOf(errmsg)).toBe('1.2.3.4')
  expect(ridOf(errmsg)).toBe('6501a2b3-0f0f0f0f-1a2b3c4d')
  expect(ridOf('ok')).toBeNull()
})

test('issue 5: only a definite refusal frees what was reserved', () => {
  const definite = (code: number) => isDefiniteRefusal(errorKindOf(code))
  expect([40003, 40007, 45028, 45009, 45011, 48001, 40001].map(definite)).not.toContain(false)
  expect([0, -1, 45065, 45066, 89504, 89505, 12345].map(definite)).not.toContain(true)
})
