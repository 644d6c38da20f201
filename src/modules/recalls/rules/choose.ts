/** FNV-1a, then mixed so that neighbours fall far apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * C4: which of `n` replies a fan gets in this silence. As good as random over fans and silences, and always the same for one of
 * them, so that whoever asks again gets the same answer. `key` tells rules apart.
 */
export const replyFor = (key: string, fanId: string, lastAct: Date, n: number): number =>
  hashOf(`${key}:${fanId}:${lastAct.getTime()}`) % n
