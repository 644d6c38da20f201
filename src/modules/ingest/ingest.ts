import { hash } from 'node:crypto'
import type { Pool } from 'pg'
import type { PassiveReply } from '../../channels/wechat-api/passive-reply.ts'
import type { Ctx } from '../../context.ts'
import { type Callback, callbackKeyOf } from '../../wechat/payloads/callbacks/callback.ts'
import type { Push } from '../manifest.ts'
import { answererOf, decideAnswer } from './answers.ts'
import { commitIncoming } from './commit.ts'
import { createGatherer, type Gatherer } from './gatherer.ts'
import { hintReactions } from './hint.ts'
import type { Incoming, Outcome } from './incoming.ts'
import { describe, type Occurrence } from './rules.ts'

/** Requests in one commit, and commits at the same time. */
const MOST_IN_BATCH = 200
const LANES = 2

const gatherers = new WeakMap<Pool, Gatherer<Incoming, Outcome>>()

/** What came of a push: stored or known, and what is said to whoever pushed. */
export type Ingested = Outcome & { push: Push; reply: PassiveReply | null }

/**
 * Stores a verified callback of an account together with whatever else comes in at that moment, with what it is answered with;
 * resolves after the commit. The same callback again, also at the same instant in another process, changes nothing.
 */
export async function ingestCallback(ctx: Ctx, accountId: string, callback: Callback): Promise<Ingested> {
  const receivedAt = ctx.clock.now()
  const occurrence = describe(callback, receivedAt)
  const key = hash('sha256', callbackKeyOf(callback), 'buffer').subarray(0, 16)
  const push = { accountId, callback, at: occurrence.at, receivedAt, key: key.toString('hex') }
  const answer = occurrence.person === null ? null : await decideAnswer(ctx, push)
  const stored = await gathererOf(ctx).add({ ...occurrence, accountId, receivedAt, key, answer })
  return { ...stored, push, reply: stored.ref === null ? null : (answer?.reply ?? null) }
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
      const outcomes = await commitIncoming(ctx.ingestPool, items, answererOf(ctx))
      hint()
      return outcomes
    },
  })
  gatherers.set(ctx.pool, gatherer)
  return gatherer
}
