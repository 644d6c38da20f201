/** 65,536 ids in 8 KiB; a set of a million people is 125 KiB. */
const WORDS = 2_048
const CHUNK_BITS = 16

/**
 * A set of people as bits, by chunks of 65,536 ids. Made by the database from the very query that a send would use; here
 * sets are only counted and combined.
 */
export type Bits = ReadonlyMap<number, Uint32Array>

/** From words of 32 ids each: `[number of the word, its bits]`. */
export function bitsOf(words: Iterable<readonly [word: number, bits: number]>): Bits {
  const chunks = new Map<number, Uint32Array>()
  for (const [word, bits] of words) {
    const chunk = Math.floor(word / WORDS)
    const place = chunks.get(chunk) ?? new Uint32Array(WORDS)
    place[word % WORDS] = bits
    chunks.set(chunk, place)
  }
  return chunks
}

export const bytesOf = (bits: Bits): number => bits.size * WORDS * 4

export function and(a: Bits, b: Bits): Bits {
  const result = new Map<number, Uint32Array>()
  for (const [chunk, words] of a) {
    const others = b.get(chunk)
    if (others !== undefined)
      result.set(
        chunk,
        words.map((word, index) => word & (others[index] as number)),
      )
  }
  return result
}

export function or(a: Bits, b: Bits): Bits {
  const result = new Map(a)
  for (const [chunk, words] of b) {
    const others = a.get(chunk)
    result.set(
      chunk,
      others === undefined ? words : words.map((word, index) => word | (others[index] as number)),
    )
  }
  return result
}

export function without(a: Bits, b: Bits): Bits {
  const result = new Map<number, Uint32Array>()
  for (const [chunk, words] of a) {
    const others = b.get(chunk)
    result.set(
      chunk,
      others === undefined ? words : words.map((word, index) => word & ~(others[index] as number)),
    )
  }
  return result
}

export function size(bits: Bits): number {
  let total = 0
  for (const words of bits.values()) for (const word of words) total += ones(word)
  return total
}

function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Every id, in order. */
export function* idsOf(bits: Bits): Generator<number> {
  for (const chunk of [...bits.keys()].sort((a, b) => a - b)) {
    const words = bits.get(chunk) as Uint32Array
    for (let index = 0; index < WORDS; index += 1) {
      let word = words[index] as number
      while (word !== 0) {
        const bit = 31 - Math.clz32(word & -word)
        yield chunk * 2 ** CHUNK_BITS + index * 32 + bit
        word &= word - 1
      }
    }
  }
}

/** Up to `limit` ids, scattered over the set and the same for the same set. */
export function pick(bits: Bits, limit: number): number[] {
  const chosen: { id: number; rank: number }[] = []
  let worst = Number.POSITIVE_INFINITY
  for (const id of idsOf(bits)) {
    const rank = scatter(id)
    if (chosen.length === limit && rank >= worst) continue
    chosen.push({ id, rank })
    chosen.sort((a, b) => a.rank - b.rank)
    chosen.length = Math.min(chosen.length, limit)
    worst = chosen.at(-1)?.rank ?? worst
  }
  return chosen.map(({ id }) => id)
}

/** A well-mixed number for an id (the finisher of MurmurHash3). */
function scatter(id: number): number {
  let h = Math.imul((id ^ (id / 2 ** 32)) >>> 0, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
