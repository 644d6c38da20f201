import {
  type Ask,
  bmp,
  gif,
  jpeg,
  LARGEST_READ,
  type PictureFacts,
  png,
  type Reader,
} from './picture-readers.ts'

export type { PictureFacts } from './picture-readers.ts'

const READERS: Record<string, () => Reader> = {
  'image/png': png,
  'image/jpeg': jpeg,
  'image/gif': gif,
  'image/bmp': bmp,
}

export type Inspection = {
  /** The next bytes of the file, in pieces of any size. */
  take(piece: Uint8Array): void
  /** What the whole file turned out to be; undefined for one that is damaged or cut off. */
  end(): PictureFacts | undefined
}

/** Follows a picture while it passes by. Holds at most {@link LARGEST_READ} bytes of it, however large it is. */
export function inspectPicture(mime: string): Inspection {
  const reader = READERS[mime]?.()
  if (reader === undefined) throw new Error(`impossible state: no reader of ${mime}`)
  const held = new Uint8Array(LARGEST_READ)
  let count = 0
  let left = 0
  let ask: Ask | undefined
  let facts: PictureFacts | undefined
  const go = (given: Uint8Array) => {
    const next = reader.next(given)
    ask = next.done ? undefined : next.value
    if (next.done) facts = next.value
    count = 0
    left = ask !== undefined && 'skip' in ask ? ask.skip : 0
  }
  go(held)
  /** As many bytes of the piece as the reader's present question takes. */
  const feed = (piece: Uint8Array, question: Ask): number => {
    if ('read' in question) {
      const part = piece.subarray(0, question.read - count)
      held.set(part, count)
      count += part.length
      if (count === question.read) go(held.slice(0, count))
      return part.length
    }
    if ('until' in question) {
      const found = piece.indexOf(question.until)
      if (found < 0) return piece.length
      go(held)
      return found + 1
    }
    const part = piece.subarray(0, left)
    question.watch?.(part)
    left -= part.length
    if (left === 0) go(held)
    return part.length
  }
  return {
    take(piece) {
      let rest = piece
      while (ask !== undefined && (rest.length > 0 || ('skip' in ask && left === 0)))
        rest = rest.subarray(feed(rest, ask))
    },
    end: () => facts,
  }
}

/** The same for a file that is there whole. */
export function inspectWhole(mime: string, bytes: Uint8Array): PictureFacts | undefined {
  const inspection = inspectPicture(mime)
  inspection.take(bytes)
  return inspection.end()
}
