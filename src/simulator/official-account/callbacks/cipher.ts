import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** hex(sha1(concat(sort(parts)))), byte-wise. */
export function sign(...parts: string[]): string {
  const sorted = parts.map((part) => Buffer.from(part)).sort(Buffer.compare)
  return createHash('sha1').update(Buffer.concat(sorted)).digest('hex')
}

/** The platform pads to 32 bytes, not to the cipher's 16. */
const BLOCK = 32

const keyOf = (aesKey: string): Buffer => Buffer.from(`${aesKey}=`, 'base64')

export type Sealed = { aesKey: string; appid: string }

export function encrypt(
  message: string,
  { aesKey, appid }: Sealed,
  random: Buffer = randomBytes(16),
): string {
  const key = keyOf(aesKey)
  const text = Buffer.from(message)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  const plain = Buffer.concat([random, length, text, Buffer.from(appid)])
  const padding = BLOCK - (plain.length % BLOCK)
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([
    cipher.update(plain),
    cipher.update(Buffer.alloc(padding, padding)),
    cipher.final(),
  ]).toString('base64')
}

/** The message inside, or undefined when key, padding, length or appid don't fit. */
export function decrypt(encrypted: string, { aesKey, appid }: Sealed): string | undefined {
  try {
    const key = keyOf(aesKey)
    const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
    const padded = Buffer.concat([decipher.update(Buffer.from(encrypted, 'base64')), decipher.final()])
    const padding = padded.at(-1) ?? 0
    if (padding < 1 || padding > BLOCK) return undefined
    const plain = padded.subarray(0, padded.length - padding)
    const length = plain.readUInt32BE(16)
    const tail = plain.subarray(20 + length).toString()
    return tail === appid ? plain.subarray(20, 20 + length).toString() : undefined
  } catch {
    return undefined
  }
}
