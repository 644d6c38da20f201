import { hash } from 'node:crypto'
import type { Pool } from 'pg'
import type { Ctx } from '../../context.ts'
import { type Callback, callbackKeyOf } from '../../wechat/payloads/callbacks/callback.ts'
import { commitIncoming } from './commit.ts'
import { createGatherer, type Gatherer } from './gatherer.ts'
import type { Incoming, Outcome } from './incoming.ts'
import { REACTIONS_TOPIC } from './reactions.ts'
import { describe } from './rules.ts'

/** Requests in one commit, and commits at the same time. */
const MOST_IN_BATCH = 200
const LANES = 2
/** Real time between two hints to those who follow the log; the log itself is the truth. */
const HINT_EVERY_MS = 50

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

/** At most one hint under way and one every 50 ms; the last batch always gets one. */
function hintReactions(ctx: Ctx): () => void {
  let pending = false
  const send = () => {
    pending = false
    ctx.wake.notify(REACTIONS_TOPIC).catch((error: Error) => ctx.log.debug({ err: error }, 'hint not sent'))
  }
  return () => {
    if (pending) return
    pending = true
    setTimeout(send, HINT_EVERY_MS).unref()
  }
}
