/**
 * How the four kinds of pictures that WeChat takes are read from front to back. A reader asks for a few bytes, or to
 * pass over many; it never holds more than it asked for. Undefined: not a whole picture.
 */
export type PictureFacts = { width: number; height: number; frames: number }
export type Ask =
  | { read: number }
  /** `watch` sees what is passed over, in pieces. */
  | { skip: number; watch?: (piece: Uint8Array) => void }
  /** Passes everything up to and with this byte. */
  | { until: number }
export type Reader = Generator<Ask, PictureFacts | undefined, Uint8Array>

export const LARGEST_READ = 64

const whole = (width: number, height: number, frames = 1): PictureFacts | undefined =>
  width > 0 && height > 0 ? { width, height, frames } : undefined
const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0
const big16 = (bytes: Uint8Array, at: number) => (byte(bytes, at) << 8) | byte(bytes, at + 1)
const big32 = (bytes: Uint8Array, at: number) => ((big16(bytes, at) << 16) | big16(bytes, at + 2)) >>> 0
const little16 = (bytes: Uint8Array, at: number) => byte(bytes, at) | (byte(bytes, at + 1) << 8)
const little32 = (bytes: Uint8Array, at: number) =>
  (little16(bytes, at) | (little16(bytes, at + 2) << 16)) >>> 0

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, start) => {
  let value = start
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})
function crcOn(state: number, bytes: Uint8Array): number {
  let value = state
  for (let at = 0; at < bytes.length; at += 1)
    value = (value >>> 8) ^ (CRC_TABLE[(value ^ byte(bytes, at)) & 0xff] ?? 0)
  return value
}

const PNG_KEPT: Record<string, number> = { IHDR: 13, acTL: 8 }

/** Chunks with their checksums, to IEND. `acTL` tells how many frames an animated one has. */
export function* png(): Reader {
  yield { read: 8 }
  let size: { width: number; height: number } | undefined
  let frames = 1
  let pixels = false
  for (;;) {
    const head = yield { read: 8 }
    const length = big32(head, 0)
    const name = String.fromCharCode(...head.subarray(4))
    if (!/^[A-Za-z]{4}$/.test(name) || (size === undefined && name !== 'IHDR')) return undefined
    // what begins with a small letter may be left out by readers, damage included
    const critical = name < 'a'
    let sum = crcOn(0xffffffff, head.subarray(4))
    const watch = (piece: Uint8Array) => {
      sum = crcOn(sum, piece)
    }
    if (PNG_KEPT[name] === length) {
      const body = yield { read: length }
      watch(body)
      if (name === 'IHDR') size = { width: big32(body, 0), height: big32(body, 4) }
      else frames = big32(body, 0)
    } else yield critical ? { skip: length, watch } : { skip: length }
    const written = yield { read: 4 }
    if (critical && big32(written, 0) !== ~sum >>> 0) return undefined
    if (name === 'IDAT') pixels = true
    if (name === 'IEND')
      return pixels && size !== undefined ? whole(size.width, size.height, frames) : undefined
  }
}

const SOF_BUT = new Set([0xc4, 0xc8, 0xcc])
const EOI = 0xd9
const SOS = 0xda

/** Segments, then scans up to the end mark: a picture cut off while it was copied has none. */
export function* jpeg(): Reader {
  yield { read: 2 }
  let size: PictureFacts | undefined
  let scanned = false
  let marker = yield* nextMarker()
  for (;;) {
    if (marker === EOI) return scanned ? size : undefined
    const length = big16(yield { read: 2 }, 0) - 2
    if (length < 0) return undefined
    if (marker >= 0xc0 && marker <= 0xcf && !SOF_BUT.has(marker) && length >= 5) {
      const frame = yield { read: 5 }
      size = whole(big16(frame, 3), big16(frame, 1))
      yield { skip: length - 5 }
    } else yield { skip: length }
    if (marker === SOS) scanned = true
    marker = yield* nextMarker()
  }
}

/** The next one that isn't a part of the coded picture: FF00 is a byte of it, FFD0…FFD7 set decoders right. */
function* nextMarker(): Generator<Ask, number, Uint8Array> {
  for (;;) {
    yield { until: 0xff }
    let code = 0xff
    while (code === 0xff) code = byte(yield { read: 1 }, 0)
    if (code > 0x01 && !(code >= 0xd0 && code <= 0xd8)) return code
  }
}

/** Blocks to the trailer; every image among them is a frame. */
export function* gif(): Reader {
  const head = yield { read: 13 }
  const width = little16(head, 6)
  const height = little16(head, 8)
  yield { skip: tableBytes(byte(head, 10)) }
  for (let frames = 0; ; ) {
    const [kind] = yield { read: 1 }
    if (kind === 0x3b) return frames > 0 ? whole(width, height, frames) : undefined
    if (kind === 0x21) yield { read: 1 }
    else if (kind === 0x2c) {
      const image = yield { read: 9 }
      yield { skip: tableBytes(byte(image, 8)) + 1 }
      frames += 1
    } else return undefined
    for (let length = 1; length > 0; ) {
      length = byte(yield { read: 1 }, 0)
      yield { skip: length }
    }
  }
}
const tableBytes = (packed: number): number => (packed & 0x80 ? 3 * (2 << (packed & 7)) : 0)

const OLD_HEADER = 12

/** As many bytes as its rows need. */
export function* bmp(): Reader {
  const head = yield { read: 18 }
  const offset = little32(head, 10)
  const old = little32(head, 14) === OLD_HEADER
  const info = yield { read: old ? 8 : 20 }
  const width = old ? little16(info, 0) : little32(info, 0)
  // negative: written from the top down
  const height = old ? little16(info, 2) : Math.abs(little32(info, 4) | 0)
  const bits = old ? little16(info, 6) : little16(info, 10)
  const packed = old ? 0 : little32(info, 12)
  const rows = packed === 0 || packed === 3 ? Math.ceil((width * bits) / 32) * 4 * height : little32(info, 16)
  const read = old ? 26 : 38
  if (offset + rows < read) return undefined
  yield { skip: offset + rows - read }
  return whole(width, height)
}
