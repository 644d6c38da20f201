import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { assert, notFound } from '../../kernel/errors.ts'
import type { RunView } from './schema.ts'
import * as store from './store.ts'

/** `started` is false where another of its kind was going on already. */
export type StartedRun = RunView & { started: boolean }
type NewRun = { accountId: string | null; kind: string; payload?: Record<string, unknown> }

/**
 * Starts background work of an account in the caller's transaction: the run and its job exist together or not at
 * all. While one of the same kind is waiting or running for the account, that one is returned and nothing started.
 * `kind` is the name of the job that calls {@link executeRun} with the `runId` it gets.
 */
export function startRun(ctx: Ctx, run: NewRun, db: Executor = ctx.db): Promise<StartedRun> {
  return inTransaction(db, async (trx) => {
    // The live one may end between our insert and our look; then the second insert finds the place free.
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const id = await store.insertRun(trx, {
        accountId: run.accountId,
        kind: run.kind,
        payload: run.payload ?? {},
        requestedBy: ctx.actor.kind === 'system' ? null : ctx.actor.id,
        at: ctx.clock.now(),
      })
      if (id !== undefined) {
        await enqueue(ctx, trx, { id, kind: run.kind })
        return { ...(await getRun(ctx, id, trx)), started: true }
      }
      const live = await store.selectLiveRun(trx, run.accountId, run.kind)
      if (live !== undefined) return { ...live, started: false }
    }
    assert(false, 'a run is refused for a live one that exists')
  })
}

export async function getRun(ctx: Ctx, runId: string, db: Executor = ctx.db): Promise<RunView> {
  const run = await store.selectRun(db, runId)
  if (run === undefined) throw notFound('run')
  return run
}

/** Business time at which the latest successful run of a kind ended; null before the first. */
export const findLastDone = (ctx: Ctx, accountId: string, kind: string): Promise<Date | null> =>
  store.selectLastDone(ctx.db, accountId, kind)

/** Hands out runs whose worker died or whose job was lost. Returns how many. */
export function requeueForsakenRuns(ctx: Ctx): Promise<number> {
  return inTransaction(ctx.db, async (trx) => {
    const runs = await store.takeForsakenRuns(trx, 50)
    for (const run of runs) await enqueue(ctx, trx, run)
    return runs.length
  })
}

/** One waiting job per run: a second one takes the place of the first. */
const enqueue = (ctx: Ctx, db: Executor, run: { id: string; kind: string }) =>
  ctx.queue.add(db, run.kind, { runId: run.id }, { key: `run:${run.id}` })
