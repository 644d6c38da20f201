import { createCipheriv } from 'node:crypto'
import { expect, test } from 'vitest'
import { decryptCallback, encryptCallback, isAesKey, isSignedBy, signatureOf } from './callback-crypto.ts'

/** The contract's worked vector (消息加解密说明). */
const vector = {
  token: 'demoToken01',
  key: 'QmV0YUdhbW1hRGVsdGFFcHNpbG9uWmV0YUV0YVRoZXQ',
  appId: 'wx0123456789abcdef',
  salt: Buffer.from('0123456789abcdef'),
  timestamp: '1790000000',
  nonce: '8675309',
  text: '<xml><ToUserName><![CDATA[gh_demo]]></ToUserName><FromUserName><![CDATA[oDemoFan]]></FromUserName><CreateTime>1790000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content><MsgId>24000000000000001</MsgId></xml>',
  cipher:
    'JV4liWDsySPjrNNSfd6dafhUoycx5txQjcnwUj8ky6JHIGx6l4/VCnWqWJVmzPEvw1DXwhaM1iJGP3zOnaWftCOmzpzAvCc0wLu1SSmEypnNozyYEm91O/gUzJrXm9+2OG/2MfXBSnYtfuzdrWr6sJZ4rpA1ONcWhGoJ/LDoJDRG0HjPbs2EWLXIPoe4j5xkGTSkM3RM+ZzIqHz3FAH/snuXezFPyeJ2E7ZCnd3E8rj9tE/SfPNYMUG0yehSPv9Ddlr/UjrgrcR6RvpJD3i5v8vG0z4splrhQGN8pQ/N3TqYtPY9gSKac2xWmvgDpqR+7Zhp1lNDgQznW+KhCH5lncuJI3HomJ1qgn845DcpAUFmFaT8Nns+4HTGfocEimBj',
}
const otherKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'
const { key, appId } = vector

test('the documented message is opened, sealed and signed to the byte', () => {
  expect(decryptCallback(vector.cipher, { keys: [key], appId })).toEqual({ text: vector.text, key })
  expect(encryptCallback(vector.text, { key, appId, salt: vector.salt })).toBe(vector.cipher)
  const { token, timestamp, nonce } = vector
  expect(signatureOf(token, timestamp, nonce)).toBe('a0aff704918209177c3403e64a7b1eced9e266ea')
  expect(signatureOf(token, timestamp, nonce, vector.cipher)).toBe('b35696be772b6e9d87483dd387dff8e6454196da')
})

test('every length around the 32-byte block comes back, as padding of 1 to 32 bytes', () => {
  for (let length = 0; length <= 66; length++) {
    const text = 'x'.repeat(length)
    expect(decryptCallback(encryptCallback(text, { key, appId }), { keys: [key], appId }).text).toBe(text)
  }
})

test('issue 4: during rotation the previous key still opens, and is named for the reply', () => {
  const sealed = encryptCallback('你好', { key, appId })
  expect(decryptCallback(sealed, { keys: [otherKey, key], appId })).toEqual({ text: '你好', key })
  expect(() => decryptCallback(sealed, { keys: [otherKey], appId })).toThrow(
    expect.objectContaining({ reason: 'callback_cipher_invalid' }),
  )
})

test('issue 7: a foreign app id in the cipher is refused', () => {
  const sealed = encryptCallback('你好', { key, appId: 'wxffffffffffffffff' })
  expect(() => decryptCallback(sealed, { keys: [key], appId })).toThrow(
    expect.objectContaining({ reason: 'callback_foreign_app' }),
  )
})

test('a key whose 43rd character carries spare bits is the same key', () => {
  const spare = `${key.slice(0, 42)}${key[42] === 'Q' ? 'R' : 'V'}`
  expect(isAesKey(spare)).toBe(true)
  expect(decryptCallback(vector.cipher, { keys: [spare], appId }).text).toBe(vector.text)
  expect([isAesKey(key.slice(1)), isAesKey(`${key}=`), isAesKey(`${key.slice(1)}*`)]).toEqual([
    false,
    false,
    false,
  ])
})

test('rubbish is refused, never thrown through', () => {
  const lying = (plain: Buffer) => {
    const aes = Buffer.from(`${key}=`, 'base64')
    const cipher = createCipheriv('aes-256-cbc', aes, aes.subarray(0, 16)).setAutoPadding(false)
    return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64')
  }
  const length = Buffer.alloc(32, 12)
  length.writeUInt32BE(0xffffffff, 16)
  for (const sealed of [
    '',
    'AAAA',
    lying(Buffer.alloc(32, 0)),
    lying(Buffer.alloc(32, 32)),
    lying(Buffer.alloc(32, 33)),
    lying(length),
  ])
    expect(() => decryptCallback(sealed, { keys: [key], appId })).toThrow(
      expect.objectContaining({ reason: 'callback_cipher_invalid' }),
    )
})

test('a signature of another length, letter or order is no signature', () => {
  const { token, timestamp, nonce } = vector
  const good = signatureOf(nonce, token, timestamp)
  expect(isSignedBy(good, token, timestamp, nonce)).toBe(true)
  expect(isSignedBy(good.slice(1), token, timestamp, nonce)).toBe(false)
  expect(isSignedBy('', token, timestamp, nonce)).toBe(false)
  expect(isSignedBy(good.replace('a', 'b'), token, timestamp, nonce)).toBe(false)
  expect(isSignedBy(good, 'other', timestamp, nonce)).toBe(false)
})
