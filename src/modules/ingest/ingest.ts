import { hash } from 'node:crypto'
import type { Pool } from 'pg'
import type { Ctx } from '../../context.ts'
import { type Callback, callbackKeyOf } from '../../wechat/payloads/callbacks/callback.ts'
import { commitIncoming } from './commit.ts'
import { createGatherer, type Gatherer } from './gatherer.ts'
import { hintReactions } from './hint.ts'
import type { Incoming, Outcome } from './incoming.ts'
import { describe, type Occurrence } from './rules.ts'

/** Requests in one commit, and commits at the same time. */
const MOST_IN_BATCH = 200
const LANES = 2

const gatherers = new WeakMap<Pool, Gatherer<Incoming, Outcome>>()

/**
 * Stores a verified callback of an account together with whatever else comes in at that moment; resolves after the
 * commit. The same callback again, also at the same instant in another process, is answered and changes nothing.
 */
export function ingestCallback(ctx: Ctx, accountId: string, callback: Callback): Promise<Outcome> {
  const receivedAt = ctx.clock.now()
  return gathererOf(ctx).add({
    ...describe(callback, receivedAt),
    accountId,
    receivedAt,
    key: hash('sha256', callbackKeyOf(callback), 'buffer').subarray(0, 16),
  })
}

/** Something the platform told when asked; `key` makes telling it again harmless. */
export type NamedOccurrence = Occurrence & { key: string }

/** Stores what was read rather than pushed, each once for ever. Resolves after the commits. */
export async function ingestOccurrences(
  ctx: Ctx,
  accountId: string,
  occurrences: readonly NamedOccurrence[],
): Promise<void> {
  const receivedAt = ctx.clock.now()
  const items = occurrences.map(({ key, ...occurrence }) => ({
    ...occurrence,
    accountId,
    receivedAt,
    key: hash('sha256', key, 'buffer').subarray(0, 16),
  }))
  for (const outcome of await Promise.allSettled(items.map((item) => gathererOf(ctx).add(item))))
    if (outcome.status === 'rejected') throw outcome.reason
}

/** One for all accounts of the process. */
function gathererOf(ctx: Ctx): Gatherer<Incoming, Outcome> {
  const existing = gatherers.get(ctx.pool)
  if (existing !== undefined) return existing
  const hint = hintReactions(ctx)
  const gatherer = createGatherer<Incoming, Outcome>({
    most: MOST_IN_BATCH,
    lanes: LANES,
    async commit(items) {
      const outcomes = await commitIncoming(ctx.pool, items)
      hint()
      return outcomes
    },
  })
  gatherers.set(ctx.pool, gatherer)
  return gatherer
}
