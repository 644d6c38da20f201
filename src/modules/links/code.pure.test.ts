import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSecrets } from '../../infra/secrets.ts'
import { decodeLink, encodeLink } from './code.ts'
import { MAX_LINKS } from './schema.ts'

const secrets = createSecrets('1'.repeat(64))
const others = createSecrets('2'.repeat(64))
const link = fc.record({
  deliveryId: fc.bigInt({ min: 1n, max: 2n ** 49n }).map(String),
  index: fc.integer({ min: 0, max: MAX_LINKS - 1 }),
})

test('A2: a code leads back to its link, in at most 16 characters', () => {
  fc.assert(
    fc.property(link, (key) => {
      const code = encodeLink(secrets, key)
      expect(code).toMatch(/^[0-9A-Za-z]{8,16}$/)
      expect(decodeLink(secrets, code)).toEqual(key)
    }),
  )
})

test('A2: neighbours have codes of their own, and no code is anybody else’s', () => {
  const codes = [1, 2, 3].flatMap((id) =>
    [0, 1].map((index) => encodeLink(secrets, { deliveryId: String(id), index })),
  )
  expect(new Set(codes).size).toBe(6)
})

test('A2: a code that was changed in any place, or made under another secret, is none', () => {
  fc.assert(
    fc.property(link, fc.nat(15), fc.integer({ min: 1, max: 61 }), (key, place, by) => {
      const code = encodeLink(secrets, key)
      const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
      const at = place % code.length
      const other = digits[(digits.indexOf(code[at] as string) + by) % 62] as string
      expect(decodeLink(secrets, code.slice(0, at) + other + code.slice(at + 1))).toBeUndefined()
      expect(decodeLink(others, code)).toBeUndefined()
    }),
  )
})

test.each(['', '0', 'abc', '!'.repeat(10), 'a'.repeat(17), '0000000000', '../../etc/pw', '一二三四五六七八'])(
  'A2: what is no code is none: %s',
  (text) => expect(decodeLink(secrets, text)).toBeUndefined(),
)

test('A2: a code has one spelling: with zeros before it, it is none', () => {
  const code = encodeLink(secrets, { deliveryId: '7', index: 0 })
  expect(decodeLink(secrets, `0${code}`)).toBeUndefined()
})
