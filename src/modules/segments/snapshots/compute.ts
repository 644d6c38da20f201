import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { cancelOnAbort } from '../../../infra/postgres/cancel.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { AppError } from '../../../kernel/errors.ts'
import { forAudience, peopleOf } from '../ask/people.ts'
import { requireUsable } from '../members.ts'
import { namedIn } from '../rules.ts'
import * as store from '../store/snapshots.ts'

/** How many computations run in the whole installation, so that callbacks and sends always find a free core. */
const LANES = 1
const TIMEOUT_MS = 10 * 60_000
const HEARTBEAT_MS = 10_000
/** Claims after which a computation that always dies with its worker is given up. */
const ATTEMPTS = 5

/**
 * Computes one segment that waits: its members in one statement, all of them or none. Claimed under a lease and a
 * fence, so that a worker that wakes up late writes nothing; cut off by a stop, it begins again elsewhere. A failure
 * leaves what was good before.
 */
export async function computeNext(ctx: Ctx, signal: AbortSignal): Promise<number> {
  const claim = await inTransaction(ctx.db, (trx) =>
    store.claimSnapshot(trx, { lanes: LANES, at: ctx.clock.now() }),
  )
  if (claim === undefined) return 0
  if (Number(claim.fence) > ATTEMPTS) {
    await store.failSnapshot(ctx.db, claim, { reason: 'segment_never_finished', at: ctx.clock.now() })
    return 1
  }
  const lost = new AbortController()
  const stop = AbortSignal.any([signal, lost.signal])
  const heartbeat = setInterval(() => void beat(ctx, claim, lost), HEARTBEAT_MS)
  try {
    await compute(ctx, claim, stop)
  } catch (error) {
    await settle(ctx, claim, { error, stopped: stop.aborted })
  } finally {
    clearInterval(heartbeat)
  }
  return 1
}

/** The worker lost its claim while it computed; nothing of it is kept. */
class Overtaken extends Error {}

async function compute(ctx: Ctx, claim: store.Claim, stop: AbortSignal): Promise<void> {
  const begun = performance.now()
  await inTransaction(ctx.db, async (trx) => {
    const leave = await cancelOnAbort(ctx, trx, stop)
    try {
      await forAudience(trx, { timeoutMs: TIMEOUT_MS })
      // one core at most: whoever waits for an answer has the others
      await sql`select set_config('max_parallel_workers_per_gather', '0', true)`.execute(trx)
      await requireUsable(trx, namedIn(claim.rule))
      const asked = { rule: claim.rule, accountId: claim.account_id, at: claim.at }
      const people = await peopleOf(ctx, asked, trx)
      const live = claim.update_kind === 'live'
      const size = live
        ? await store.countPeople(trx, people)
        : await store.writeMembers(trx, claim.id, people)
      const outcome = {
        state: live ? ('dropped' as const) : ('ready' as const),
        size,
        tookMs: Math.round(performance.now() - begun),
        at: ctx.clock.now(),
      }
      if (!(await store.finishSnapshot(trx, claim, outcome))) throw new Overtaken()
    } finally {
      await leave()
    }
  })
}

/** A missed beat is no loss: the next one, or the lease's end, tells. */
async function beat(ctx: Ctx, claim: store.Claim, lost: AbortController): Promise<void> {
  try {
    if (!(await store.renewLease(ctx.db, claim))) lost.abort()
  } catch (error) {
    ctx.log.warn({ err: error, snapshotId: claim.id }, 'could not renew the lease of a segment')
  }
}

async function settle(
  ctx: Ctx,
  claim: store.Claim,
  { error, stopped }: { error: unknown; stopped: boolean },
): Promise<void> {
  if (error instanceof Overtaken) return
  if (stopped) return void (await store.releaseLease(ctx.db, claim))
  const reason = reasonOf(error)
  // the database went away, which says nothing of the rule: the lease ends and it is computed again
  if (reason === undefined) throw error
  if (reason === 'internal')
    ctx.log.error({ err: error, snapshotId: claim.id, segmentId: claim.segment_id }, 'segment not computed')
  await store.failSnapshot(ctx.db, claim, { reason, at: ctx.clock.now() })
}

const CANCELLED = '57014'
function reasonOf(error: unknown): string | undefined {
  if (error instanceof AppError) return error.reason
  const code = (error as { code?: string }).code ?? ''
  if (code === CANCELLED) return 'segment_too_slow'
  // class 08 connection, 57P operator intervention, 53 out of resources; no code at all: the connection broke
  if (/^(08|57P|53)/.test(code) || /^[A-Z]+$/.test(code)) return undefined
  if (code === '' && /connection/i.test((error as Error).message)) return undefined
  return 'internal'
}
