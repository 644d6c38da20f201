import type { Ctx } from '../context.ts'
import { systemActor, withActor } from '../context.ts'
import { createReactionSweeps } from '../modules/ingest/index.ts'
import { modules } from '../modules/registry.ts'
import { clockDriver } from './clock-driver.ts'
import { startJobs } from './jobs.ts'
import { createCrew, startSweep } from './sweeps.ts'

export type RunningWorker = { close(): Promise<void> }

/** Starts every sweep and the background jobs of this process. `close` lets running chunks finish. */
export async function startWorker(base: Ctx): Promise<RunningWorker> {
  const ctx = withActor({ ...base, log: base.log.child({ role: 'worker' }) }, systemActor('worker'))
  const stop = new AbortController()
  const sweeps = [
    ...modules.flatMap((module) => module.sweeps ?? []),
    ...createReactionSweeps(modules.flatMap((module) => module.reactions ?? [])),
    ...(ctx.mode === 'sandbox' ? [clockDriver] : []),
  ]
  const loops = sweeps.flatMap((sweep) => {
    const crew = createCrew()
    return Array.from({ length: sweep.concurrency ?? 1 }, () => startSweep(ctx, sweep, stop.signal, crew))
  })
  const tasks = Object.assign({}, ...modules.map((module) => module.jobs ?? {}))
  const jobs = await startJobs(ctx, tasks, stop.signal)
  return {
    async close() {
      stop.abort()
      await Promise.all([...loops, jobs.ended])
    },
  }
}
