/** 2000-01-01 in Beijing: nothing that a tracker saw happened earlier. */
const EARLIEST = Date.parse('2000-01-01T00:00:00+08:00')
/** Ahead of ours by so much is a clock that differs; more is a wrong one. */
const AHEAD_MS = 10 * 60_000

/** An instant as a sender writes it, in ms; NaN for none or what is none. */
export function instantOf(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d/.test(value)) return Number.NaN
  return Date.parse(value)
}

/**
 * When a message happened by our clock. Segment's rule: received − (sent − happened), both by the sender's clock, so that
 * a wrong clock does no harm; without a time of sending the sender is believed. What still lies before 2000 or ahead of
 * us happened when it was received; `claimed` is then what the message said, unless it was ahead by minutes only.
 */
export function happenedAt(
  given: unknown,
  { sentAt, receivedAt }: { sentAt: number; receivedAt: Date },
): { at: Date; claimed?: string } {
  if (given === undefined || given === null) return { at: receivedAt }
  const happened = instantOf(given)
  const received = receivedAt.getTime()
  const at = Number.isNaN(sentAt) ? happened : received - (sentAt - happened)
  if (at >= EARLIEST && at <= received) return { at: new Date(at) }
  if (at > received && at <= received + AHEAD_MS) return { at: receivedAt }
  return { at: receivedAt, claimed: claimOf(given, happened) }
}

function claimOf(given: unknown, happened: number): string {
  const date = new Date(happened)
  return Number.isNaN(date.getTime()) ? String(given).slice(0, 60).toWellFormed() : date.toISOString()
}
