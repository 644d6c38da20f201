import { setTimeout as delay } from 'node:timers/promises'
import { makeWorkerUtils, type Runner, run } from 'graphile-worker'
import type { Ctx } from '../context.ts'
import { createJobLogger } from '../infra/job-log.ts'
import type { Manifest } from '../modules/manifest.ts'

const START_AGAIN_MS = 2_000
type Jobs = NonNullable<Manifest['jobs']>

/**
 * Runs background jobs until the signal aborts. The job library gives up when it can't write a job's end, as in a
 * short outage of the database; it is then started again. `ended` resolves when running jobs have come to their end.
 */
export async function startJobs(
  ctx: Ctx,
  jobs: Jobs,
  signal: AbortSignal,
): Promise<{ ended: Promise<void> }> {
  const logger = createJobLogger(ctx.log)
  const utils = await makeWorkerUtils({ pgPool: ctx.pool, logger })
  await utils.migrate()
  await utils.release()
  return { ended: keepRunning(ctx, jobs, { first: await startRunner(ctx, jobs, signal), signal }) }
}

async function keepRunning(
  ctx: Ctx,
  jobs: Jobs,
  { first, signal }: { first: Runner; signal: AbortSignal },
): Promise<void> {
  let runner: Runner | undefined = first
  while (runner !== undefined || !signal.aborted) {
    const error = await runner?.promise.catch((reason: unknown) => reason)
    if (signal.aborted) return
    if (runner !== undefined) ctx.log.error({ err: error }, 'background jobs ended; starting them again')
    await delay(START_AGAIN_MS, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    runner = await startRunner(ctx, jobs, signal).catch((error: unknown) => {
      ctx.log.error({ err: error }, 'background jobs did not start')
      return undefined
    })
  }
}

async function startRunner(ctx: Ctx, jobs: Jobs, signal: AbortSignal): Promise<Runner> {
  const runner = await run({
    pgPool: ctx.pool,
    concurrency: 3,
    pollInterval: 1_000,
    noHandleSignals: true,
    // In batches, even of one: unbatched, the library leaves a failure to write a job's end unhandled, which would end
    // this process whenever the database restarts (graphile-worker 0.17, worker.js).
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    taskList: Object.fromEntries(
      Object.entries(jobs).map(([name, work]) => [
        name,
        (payload: unknown) => work(ctx, payload as Record<string, string>, signal),
      ]),
    ),
    parsedCronItems: [],
    logger: createJobLogger(ctx.log),
  })
  runner.events.on('job:error', ({ job, error }) =>
    ctx.log.warn({ err: error, task: job.task_identifier, attempt: job.attempts }, 'job failed'),
  )
  // one that has ended by itself refuses to be stopped
  const stop = () => void runner.stop().catch(() => undefined)
  if (signal.aborted) stop()
  else {
    signal.addEventListener('abort', stop, { once: true })
    void runner.promise.catch(() => undefined).then(() => signal.removeEventListener('abort', stop))
  }
  return runner
}
