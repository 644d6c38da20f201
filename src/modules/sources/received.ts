import type { Ctx } from '../../context.ts'
import type { RejectionReason } from './schema.ts'
import { addCounts, type Counted, insertRejections } from './store.ts'

/** Real time between two writings down of what was counted. */
const WRITE_EVERY_MS = 1_000
const PAYLOAD_BYTES = 2_048
/** Kept with their content per source, process and minute of real time; those beyond are counted only. */
const KEPT_PER_MINUTE = 200

type Counts = Omit<Counted, 'sourceId'>
type Book = { counts: Map<string, Counts>; writing: boolean; kept: Map<string, number>; minute: number }
const books = new WeakMap<Ctx['pool'], Book>()

function bookOf(ctx: Ctx): Book {
  const existing = books.get(ctx.pool)
  if (existing !== undefined) return existing
  const book = { counts: new Map(), writing: false, kept: new Map(), minute: 0 }
  books.set(ctx.pool, book)
  return book
}

/**
 * Counts messages of a source. Written down every second, off the request's path: what a killed process had not
 * written is missing in the numbers, and nowhere else.
 */
export function countReceived(ctx: Ctx, sourceId: string, counts: Partial<Counts>): void {
  const book = bookOf(ctx)
  const sum = book.counts.get(sourceId) ?? { accepted: 0, repeated: 0, rejected: 0 }
  sum.accepted += counts.accepted ?? 0
  sum.repeated += counts.repeated ?? 0
  sum.rejected += counts.rejected ?? 0
  book.counts.set(sourceId, sum)
  if (book.writing) return
  book.writing = true
  setTimeout(() => void writeCounts(ctx), WRITE_EVERY_MS).unref()
}

/** Writes down what was counted until now. */
export async function writeCounts(ctx: Ctx): Promise<void> {
  const book = bookOf(ctx)
  book.writing = false
  const counts = [...book.counts].map(([sourceId, sum]) => ({ sourceId, ...sum }))
  book.counts.clear()
  if (counts.length === 0) return
  await addCounts(ctx.db, counts, ctx.clock.now()).catch((error: Error) =>
    ctx.log.warn({ err: error.message }, 'numbers of received messages were not written down'),
  )
}

export type Rejected = { reason: RejectionReason; detail?: Record<string, unknown>; message: unknown }

/** Keeps what could not be taken, with the reason, and counts it. */
export async function keepRejections(
  ctx: Ctx,
  { sourceId, rejected }: { sourceId: string; rejected: readonly Rejected[] },
): Promise<void> {
  if (rejected.length === 0) return
  countReceived(ctx, sourceId, { rejected: rejected.length })
  const rows = rejected
    .slice(0, allowance(bookOf(ctx), sourceId, rejected.length))
    .map(({ reason, detail = {}, message }) => ({ reason, detail, payload: beginningOf(message) }))
  if (rows.length > 0) await insertRejections(ctx.db, { sourceId, at: ctx.clock.now(), rows })
}

function allowance(book: Book, sourceId: string, wanted: number): number {
  const minute = Math.floor(performance.now() / 60_000)
  if (book.minute !== minute) {
    book.minute = minute
    book.kept.clear()
  }
  const kept = book.kept.get(sourceId) ?? 0
  const granted = Math.min(wanted, KEPT_PER_MINUTE - kept)
  book.kept.set(sourceId, kept + granted)
  return granted
}

/** Nothing where it is nested deeper than can be written. */
function textOf(message: unknown): string {
  try {
    return JSON.stringify(message) ?? ''
  } catch {
    return ''
  }
}

/** Whole characters, and none that PostgreSQL can't store. */
function beginningOf(message: unknown): string {
  const text = typeof message === 'string' ? message : textOf(message)
  const bytes = Buffer.from(text.slice(0, PAYLOAD_BYTES).replaceAll('\0', ''), 'utf8')
  return bytes.subarray(0, PAYLOAD_BYTES).toString('utf8').replace(/�+$/, '')
}
