/** Numbers from 0 up to 1 that depend on nothing but the words they begin with. */
export type Random = () => number

/** FNV-1a over the words, then mulberry32: short, and the same on every machine. */
export function randomOf(...words: (string | number)[]): Random {
  let state = 2166136261
  for (const char of words.join(':')) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 16777619)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** One of several things, each with its weight. */
export function choose<T extends { weight: number }>(random: Random, things: readonly T[]): T {
  let left = random() * things.reduce((sum, { weight }) => sum + weight, 0)
  for (const thing of things) {
    left -= thing.weight
    if (left < 0) return thing
  }
  return things[things.length - 1]!
}
