import type { Ctx } from '../../context.ts'
import { addUncounted, type Target, type Uncounted } from './store.ts'

/** Real time between two writings down of what was counted. */
const WRITE_EVERY_MS = 1_000

type Book = { sums: Map<string, Uncounted>; writing: boolean }
const books = new WeakMap<Ctx['pool'], Book>()

function bookOf(ctx: Ctx): Book {
  const existing = books.get(ctx.pool)
  if (existing !== undefined) return existing
  const book: Book = { sums: new Map(), writing: false }
  books.set(ctx.pool, book)
  return book
}

/** Sums up a look that is nobody's tap; written down every second, so that a robot doesn't keep the database busy. */
export function noteUncounted(ctx: Ctx, { sendId, version, index }: Target): void {
  const book = bookOf(ctx)
  const key = `${sendId}:${version}:${index}`
  const sum = book.sums.get(key) ?? { sendId, version, index, n: 0 }
  sum.n += 1
  book.sums.set(key, sum)
  if (book.writing) return
  book.writing = true
  setTimeout(() => void writeUncounted(ctx), WRITE_EVERY_MS).unref()
}

export async function writeUncounted(ctx: Ctx): Promise<void> {
  const book = bookOf(ctx)
  book.writing = false
  const sums = [...book.sums.values()]
  book.sums.clear()
  if (sums.length === 0) return
  await addUncounted(ctx.db, sums).catch((error: Error) =>
    ctx.log.warn({ err: error.message }, 'looks at links were not written down'),
  )
}
