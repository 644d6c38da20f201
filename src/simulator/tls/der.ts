/** The few pieces of DER (X.690) that a certificate is made of. */
export type Der = Buffer

const tagged = (tag: number, body: Buffer): Der =>
  Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body])

function lengthOf(length: number): Buffer {
  if (length < 128) return Buffer.from([length])
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}

export const sequence = (...parts: Der[]): Der => tagged(0x30, Buffer.concat(parts))
export const set = (...parts: Der[]): Der => tagged(0x31, Buffer.concat(parts))
export const utf8 = (value: string): Der => tagged(0x0c, Buffer.from(value))
export const octets = (value: Buffer): Der => tagged(0x04, value)
export const bits = (value: Buffer): Der => tagged(0x03, Buffer.concat([Buffer.from([0]), value]))
export const boolean = (value: boolean): Der => tagged(0x01, Buffer.from([value ? 0xff : 0]))
/** [n], constructed for structures, primitive for plain values. */
export const context = (n: number, body: Buffer, constructed = true): Der =>
  tagged((constructed ? 0xa0 : 0x80) | n, body)

export function integer(value: Buffer): Der {
  const positive = (value[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), value]) : value
  return tagged(0x02, positive)
}

export const utcTime = (at: Date): Der =>
  tagged(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`))

export function oid(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return tagged(0x06, Buffer.from(bytes))
}
