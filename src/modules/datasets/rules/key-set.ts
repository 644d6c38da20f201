/**
 * Keys seen, by 64 bits of a hash each: a million of them take 16 MB. Two keys that are taken for one are less likely
 * than one in ten million files of a million.
 */
export class KeySet {
  #high = new Uint32Array(1 << 12)
  #low = new Uint32Array(1 << 12)
  #size = 0

  /** Whether the key is new. */
  add(key: string): boolean {
    if (this.#size * 2 >= this.#low.length) this.#grow()
    const added = this.#insert(hash(key, 0x811c9dc5), hash(key, 0x9e3779b9) || 1)
    if (added) this.#size += 1
    return added
  }

  #insert(high: number, low: number): boolean {
    const mask = this.#low.length - 1
    for (let at = (high ^ low) & mask; ; at = (at + 1) & mask) {
      if (this.#low[at] === 0) {
        this.#low[at] = low
        this.#high[at] = high
        return true
      }
      if (this.#low[at] === low && this.#high[at] === high) return false
    }
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low]
    this.#high = new Uint32Array(high.length * 2)
    this.#low = new Uint32Array(low.length * 2)
    for (let at = 0; at < low.length; at += 1)
      if (low[at] !== 0) this.#insert(high[at] as number, low[at] as number)
  }
}

/** Murmur3’s way of mixing, over UTF-16 units. */
function hash(text: string, seed: number): number {
  let h = seed
  for (let index = 0; index < text.length; index += 1) {
    h = Math.imul(h ^ text.charCodeAt(index), 0xcc9e2d51)
    h = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
