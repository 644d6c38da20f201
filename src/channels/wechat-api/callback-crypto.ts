import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { forbidden } from '../../kernel/errors.ts'

/** PKCS#7 with blocks of 32 bytes, where AES itself has 16: Node's own padding would refuse valid messages. */
const BLOCK = 32

/** The signature of `parts` (token, timestamp, nonce and, where encrypted, the cipher text). */
export const signatureOf = (...parts: string[]): string =>
  createHash('sha1').update(parts.sort().join('')).digest('hex')

/** Constant time; false also for what is no signature at all. */
export function isSignedBy(signature: string, ...parts: string[]): boolean {
  const expected = Buffer.from(signatureOf(...parts), 'latin1')
  const given = Buffer.from(signature, 'latin1')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** True for an EncodingAESKey as the platform's page shows it: 43 characters. */
export const isAesKey = (encodingAesKey: string): boolean => /^[A-Za-z0-9+/]{43}$/.test(encodingAesKey)

/** Node's decoder ignores the spare bits of the 43rd character, as the platform does; strict decoders refuse such keys. */
const keyOf = (encodingAesKey: string): Buffer => Buffer.from(`${encodingAesKey}=`, 'base64')

/**
 * Opens a cipher with the first key that fits (current, then previous); the reply is sealed with the key that worked.
 * Throws `forbidden` with reason `callback_cipher_invalid` or `callback_foreign_app`.
 */
export function decryptCallback(
  cipherText: string,
  { keys, appId }: { keys: readonly string[]; appId: string },
): { text: string; key: string } {
  let foreign = false
  for (const key of keys) {
    const opened = open(cipherText, key)
    if (opened?.appId === appId) return { text: opened.text, key }
    foreign ||= opened !== undefined
  }
  if (foreign) throw forbidden('callback_foreign_app', 'the cipher names another app id')
  throw forbidden('callback_cipher_invalid', 'no key opens the cipher')
}

/** Seals a reply. `salt` is 16 random bytes, given only by tests. */
export function encryptCallback(
  text: string,
  { key, appId, salt = randomBytes(16) }: { key: string; appId: string; salt?: Buffer },
): string {
  const message = Buffer.from(text, 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(message.length)
  const plain = Buffer.concat([salt, length, message, Buffer.from(appId, 'utf8')])
  const pad = BLOCK - (plain.length % BLOCK)
  const aes = keyOf(key)
  const cipher = createCipheriv('aes-256-cbc', aes, aes.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([
    cipher.update(plain),
    cipher.update(Buffer.alloc(pad, pad)),
    cipher.final(),
  ]).toString('base64')
}

/** Undefined when the key does not fit, which shows in the padding or in a length that is not the text's. */
function open(cipherText: string, key: string): { text: string; appId: string } | undefined {
  const sealed = Buffer.from(cipherText, 'base64')
  const aes = keyOf(key)
  if (aes.length !== 32 || sealed.length === 0 || sealed.length % 16 !== 0) return undefined
  const decipher = createDecipheriv('aes-256-cbc', aes, aes.subarray(0, 16)).setAutoPadding(false)
  const padded = Buffer.concat([decipher.update(sealed), decipher.final()])
  const pad = padded.at(-1) ?? 0
  if (pad < 1 || pad > BLOCK || !padded.subarray(-pad).every((byte) => byte === pad)) return undefined
  const plain = padded.subarray(0, -pad)
  if (plain.length < 20) return undefined
  const end = 20 + plain.readUInt32BE(16)
  if (end > plain.length) return undefined
  return { text: plain.toString('utf8', 20, end), appId: plain.toString('utf8', end) }
}
