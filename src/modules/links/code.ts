import { timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../../infra/secrets.ts'
import { assert } from '../../kernel/errors.ts'
import { MAX_LINKS } from './schema.ts'

/** One link of one message: the delivery's id and the link's place in it. */
export type LinkKey = { deliveryId: string; index: number }

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BASE = 62n
const MAC_BYTES = 5
const MAC_BITS = BigInt(MAC_BYTES * 8)
const LINKS = BigInt(MAX_LINKS)
const PURPOSE = 'links.code'
/** Enough for 2^49 deliveries. */
const CODE = /^[0-9A-Za-z]{7,16}$/

/**
 * The short code of a link: base62 of key and a 40-bit MAC under the installation's secret, so that a person's link needs no
 * row and nobody can make one for somebody else. 8 to 16 characters.
 */
export function encodeLink(secrets: Secrets, { deliveryId, index }: LinkKey): string {
  assert(index >= 0 && index < MAX_LINKS, 'a message has a bounded number of links')
  const key = BigInt(deliveryId) * LINKS + BigInt(index)
  const mac = BigInt(`0x${macOf(secrets, key).toString('hex')}`)
  return toBase62((key << MAC_BITS) | mac)
}

/** The link a code stands for; undefined for a code that this installation never made. */
export function decodeLink(secrets: Secrets, code: string): LinkKey | undefined {
  if (!CODE.test(code)) return undefined
  const value = fromBase62(code)
  const key = value >> MAC_BITS
  const given = Buffer.from(
    (value & ((1n << MAC_BITS) - 1n)).toString(16).padStart(MAC_BYTES * 2, '0'),
    'hex',
  )
  // one code per link: leading zeros would make others
  if (!timingSafeEqual(given, macOf(secrets, key)) || toBase62(value) !== code) return undefined
  return { deliveryId: (key / LINKS).toString(), index: Number(key % LINKS) }
}

const macOf = (secrets: Secrets, key: bigint): Buffer =>
  secrets.mac(PURPOSE, key.toString()).subarray(0, MAC_BYTES)

function toBase62(value: bigint): string {
  let text = ''
  for (let rest = value; rest > 0n; rest /= BASE) text = DIGITS[Number(rest % BASE)] + text
  return text
}

function fromBase62(text: string): bigint {
  let value = 0n
  for (const digit of text) value = value * BASE + BigInt(DIGITS.indexOf(digit))
  return value
}
