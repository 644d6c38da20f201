import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseBigJson, stringifyBigJson } from './big-json.ts'

test.each([
  ['{"msg_id":9007199254740991}', { msg_id: 9007199254740991 }],
  ['{"msg_id":9007199254740992}', { msg_id: '9007199254740992' }],
  [
    '{"msg_id":-9007199254740993,"n":[12345678901234567890,1]}',
    { msg_id: '-9007199254740993', n: ['12345678901234567890', 1] },
  ],
  [
    '{"text":"12345678901234567890","x":1.2345678901234567}',
    { text: '12345678901234567890', x: 1.2345678901234567 },
  ],
  [
    '{"escaped":"\\"12345678901234567890\\"","id":24000000000000001}',
    { escaped: '"12345678901234567890"', id: '24000000000000001' },
  ],
])('integers beyond 2^53 keep every digit: %s', (text, value) => {
  expect(parseBigJson(text)).toEqual(value)
})

test('broken JSON is refused, with and without long digits', () => {
  expect(() => parseBigJson('{"a":')).toThrow(SyntaxError)
  expect(() => parseBigJson('{"a":12345678901234567890')).toThrow(SyntaxError)
})

test('text travels as raw UTF-8: no \\u escape is ever written', () => {
  const text = stringifyBigJson({
    title: '会员日🎉\n第二行',
    odd: 'a\u0001b\u000bc',
    half: '\ud83c',
    id: 24000000000000001n,
  })
  expect(text).toBe('{"title":"会员日🎉\\n第二行","odd":"abc","half":"\ufffd","id":24000000000000001}')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (any) => {
      expect(stringifyBigJson({ any }).replace(/\\\\/g, '')).not.toContain('\\u')
    }),
  )
})

test('an integer of any length comes back: as a number while that is exact, else as its digits', () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 64n), 2n ** 64n), (n) => {
      const exact = n >= BigInt(Number.MIN_SAFE_INTEGER) && n <= BigInt(Number.MAX_SAFE_INTEGER)
      expect(parseBigJson(stringifyBigJson({ n }))).toEqual({ n: exact ? Number(n) : n.toString() })
    }),
  )
})
