import type { Ctx } from '../context.ts'
import { sweepRuns } from '../infra/metrics.ts'
import type { Sweep } from '../modules/manifest.ts'

const FIRST_BACKOFF_MS = 250
const LONGEST_BACKOFF_MS = 15_000

/**
 * The loops that run one sweep side by side. Of those that doze one watches: it looks when the interval is over, and hands the
 * watch on before it does. So nothing due costs one look an interval, however many loops there are, and a loop that works on
 * something slow leaves the watch to another.
 */
export type Crew = { isWatched: boolean; promote: Set<() => void> }
export const createCrew = (): Crew => ({ isWatched: false, promote: new Set() })

/**
 * Runs one sweep until told to stop: again at once after a chunk that did something, else when woken or when its
 * interval is over. A failing sweep backs off and is logged; it never ends the process.
 */
export async function startSweep(
  ctx: Ctx,
  sweep: Sweep,
  signal: AbortSignal,
  crew: Crew = createCrew(),
): Promise<void> {
  const doze = createDoze(ctx, sweep, { signal, crew })
  let backoff = 0
  try {
    while (!signal.aborted) {
      try {
        const did = await sweep.run(ctx, signal)
        backoff = 0
        sweepRuns.inc({ sweep: sweep.name, outcome: did > 0 ? 'worked' : 'idle' })
        if (did === 0) await doze.sleep(sweep.everyMs)
      } catch (error) {
        if (signal.aborted) return
        backoff = Math.min(LONGEST_BACKOFF_MS, Math.max(FIRST_BACKOFF_MS, backoff * 2))
        sweepRuns.inc({ sweep: sweep.name, outcome: 'failed' })
        ctx.log.error({ err: error, sweep: sweep.name, backoff }, 'sweep failed')
        await doze.pause(backoff)
      }
    }
  } finally {
    doze.close()
  }
}

/** A sleep that a wake-up or the stop signal ends. A wake-up while working is remembered. */
function createDoze(ctx: Ctx, sweep: Sweep, { signal, crew }: { signal: AbortSignal; crew: Crew }) {
  let pending = false
  let wakeUp: (() => void) | undefined
  const hear = () => {
    pending = true
    wakeUp?.()
  }
  /** Without `ms` until somebody says something; true when that was to take the watch. */
  const rest = (ms: number | undefined, lightly: boolean) =>
    new Promise<boolean>((resolve) => {
      if (signal.aborted) return resolve(false)
      const finish = (promoted = false) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
        crew.promote.delete(promote)
        wakeUp = undefined
        resolve(promoted)
      }
      const stop = () => finish()
      const promote = () => finish(true)
      const timer = ms === undefined ? undefined : setTimeout(stop, ms)
      if (ms === undefined) crew.promote.add(promote)
      signal.addEventListener('abort', stop)
      if (lightly) wakeUp = stop
    })
  const watch = async (ms: number): Promise<boolean> => {
    crew.isWatched = true
    const promoted = await rest(ms, true)
    crew.isWatched = false
    const [next] = crew.promote
    next?.()
    return promoted
  }
  return {
    /** Hints don't end it: they must not drive a failing sweep round and round. */
    pause: (ms: number) => rest(ms, false),
    async sleep(ms: number) {
      let promoted = true
      while (!pending && promoted) promoted = crew.isWatched ? await rest(undefined, true) : await watch(ms)
      pending = false
    },
    close: sweep.topic === undefined ? () => undefined : ctx.wake.on(sweep.topic, hear),
  }
}
