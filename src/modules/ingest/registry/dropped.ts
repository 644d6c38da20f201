import type { Ctx } from '../../../context.ts'
import { addDropped } from './store.ts'

const WRITE_EVERY_MS = 1_000
type Book = { counts: Map<string, number>; writing: boolean }
const books = new WeakMap<Ctx['pool'], Book>()

/** Counts an event that is ignored; written down every second. */
export function noteDropped(ctx: Ctx, name: string): void {
  const book = books.get(ctx.pool) ?? { counts: new Map<string, number>(), writing: false }
  books.set(ctx.pool, book)
  book.counts.set(name, (book.counts.get(name) ?? 0) + 1)
  if (book.writing) return
  book.writing = true
  setTimeout(() => void writeDropped(ctx), WRITE_EVERY_MS).unref()
}

export async function writeDropped(ctx: Ctx): Promise<void> {
  const book = books.get(ctx.pool)
  if (book === undefined) return
  book.writing = false
  const counts = [...book.counts]
  book.counts.clear()
  if (counts.length === 0) return
  await addDropped(ctx.db, counts, ctx.clock.now()).catch((error: Error) =>
    ctx.log.warn({ err: error.message }, 'numbers of ignored events were not written down'),
  )
}
