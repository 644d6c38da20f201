import { isWechatError } from '../../channels/wechat-api/wechat-error.ts'
import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { AppError } from '../../kernel/errors.ts'
import { explainWechatError } from './platform-failure.ts'
import * as store from './store.ts'

const HEARTBEAT_MS = 20_000

/** The run went into other hands, or this process is to stop: whoever gets it leaves at once and writes nothing. */
export class RunInterrupted extends Error {
  constructor() {
    super('the run is no longer this worker’s')
    this.name = 'RunInterrupted'
  }
}

export type RunReport = {
  /** Aborts when the process stops or the run was lost to another worker. */
  readonly signal: AbortSignal
  /**
   * Saves how far the work is. Throws {@link RunInterrupted} when the run is no longer ours or is to stop; passed the
   * transaction of the work's own writes, it then takes these back with it.
   */
  progress(progress: store.Progress, db?: Executor): Promise<void>
}

/**
 * Does the work of a run under a lease (60 s of real time, renewed while the work goes on). A run that was cut off
 * goes on from the `place` it last reported. Ends as done, or as failed with the reason of an AppError or of
 * WeChat's refusal; a stopping process gives the run back instead. Does nothing when the run is over or in other hands.
 */
export async function executeRun(
  ctx: Ctx,
  runId: string,
  signal: AbortSignal,
  work: (run: store.Run, report: RunReport) => Promise<void>,
): Promise<void> {
  const run = await store.claimRun(ctx.db, runId)
  if (run === undefined) return
  const lost = new AbortController()
  const stop = AbortSignal.any([signal, lost.signal])
  const heartbeat = setInterval(() => void beat(ctx, run, lost), HEARTBEAT_MS)
  try {
    await work(run, {
      signal: stop,
      async progress(progress, db = ctx.db) {
        if (stop.aborted || !(await store.writeProgress(db, run, progress))) throw new RunInterrupted()
      },
    })
    await store.finishRun(ctx.db, run, { at: ctx.clock.now() })
  } catch (error) {
    if (stop.aborted || error instanceof RunInterrupted) await store.releaseRun(ctx.db, run)
    else await fail(ctx, run, error)
  } finally {
    clearInterval(heartbeat)
  }
}

/** A missed beat is no loss: the next one, or the lease's end, tells. */
async function beat(ctx: Ctx, run: store.Run, lost: AbortController): Promise<void> {
  try {
    if (!(await store.renewLease(ctx.db, run))) lost.abort()
  } catch (error) {
    ctx.log.warn({ err: error, runId: run.id }, 'could not renew the lease of a run')
  }
}

async function fail(ctx: Ctx, run: store.Run, error: unknown): Promise<void> {
  const told = isWechatError(error) ? explainWechatError(error) : error
  const known = told instanceof AppError ? told : undefined
  if (known === undefined) ctx.log.error({ err: error, runId: run.id, kind: run.kind }, 'run failed')
  await store.finishRun(ctx.db, run, {
    at: ctx.clock.now(),
    error: { reason: known?.reason ?? 'internal', detail: known?.detail ?? {} },
  })
}
