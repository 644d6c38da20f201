import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decrypt, encrypt, sign } from './cipher.ts'

// The worked vector of the contract, section 2.4.
const sealed = { aesKey: 'QmV0YUdhbW1hRGVsdGFFcHNpbG9uWmV0YUV0YVRoZXQ', appid: 'wx0123456789abcdef' }
const message =
  '<xml><ToUserName><![CDATA[gh_demo]]></ToUserName><FromUserName><![CDATA[oDemoFan]]></FromUserName><CreateTime>1790000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content><MsgId>24000000000000001</MsgId></xml>'
const encrypted =
  'JV4liWDsySPjrNNSfd6dafhUoycx5txQjcnwUj8ky6JHIGx6l4/VCnWqWJVmzPEvw1DXwhaM1iJGP3zOnaWftCOmzpzAvCc0wLu1SSmEypnNozyYEm91O/gUzJrXm9+2OG/2MfXBSnYtfuzdrWr6sJZ4rpA1ONcWhGoJ/LDoJDRG0HjPbs2EWLXIPoe4j5xkGTSkM3RM+ZzIqHz3FAH/snuXezFPyeJ2E7ZCnd3E8rj9tE/SfPNYMUG0yehSPv9Ddlr/UjrgrcR6RvpJD3i5v8vG0z4splrhQGN8pQ/N3TqYtPY9gSKac2xWmvgDpqR+7Zhp1lNDgQznW+KhCH5lncuJI3HomJ1qgn845DcpAUFmFaT8Nns+4HTGfocEimBj'

describe('cipher', () => {
  test('seals and opens the worked vector', () => {
    expect(encrypt(message, sealed, Buffer.from('0123456789abcdef'))).toBe(encrypted)
    expect(decrypt(encrypted, sealed)).toBe(message)
  })

  test('signs it', () => {
    expect(sign('demoToken01', '1790000000', '8675309')).toBe('a0aff704918209177c3403e64a7b1eced9e266ea')
    expect(sign('demoToken01', '1790000000', '8675309', encrypted)).toBe(
      'b35696be772b6e9d87483dd387dff8e6454196da',
    )
  })

  test('opens whatever it sealed, with paddings of 1 to 32', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => decrypt(encrypt(text, sealed), sealed) === text),
    )
  })

  test('a foreign appid, another key and damaged text open nothing', () => {
    expect(decrypt(encrypted, { ...sealed, appid: 'wx0123456789abcdee' })).toBeUndefined()
    expect(decrypt(encrypted, { ...sealed, aesKey: `X${sealed.aesKey.slice(1)}` })).toBeUndefined()
    expect(decrypt(encrypted.slice(0, 40), sealed)).toBeUndefined()
  })
})
