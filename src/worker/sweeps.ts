import type { Ctx } from '../context.ts'
import { sweepRuns } from '../infra/metrics.ts'
import type { Sweep } from '../modules/manifest.ts'

const FIRST_BACKOFF_MS = 250
const LONGEST_BACKOFF_MS = 15_000

/**
 * Runs one sweep until told to stop: again at once after a chunk that did something, else when woken or when its
 * interval is over. A failing sweep backs off and is logged; it never ends the process.
 */
export async function startSweep(ctx: Ctx, sweep: Sweep, signal: AbortSignal): Promise<void> {
  const doze = createDoze(ctx, sweep, signal)
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
function createDoze(ctx: Ctx, sweep: Sweep, signal: AbortSignal) {
  let pending = false
  let wakeUp: (() => void) | undefined
  const hear = () => {
    pending = true
    wakeUp?.()
  }
  const rest = (ms: number, lightly: boolean) =>
    new Promise<void>((resolve) => {
      if (signal.aborted) return resolve()
      const finish = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', finish)
        wakeUp = undefined
        resolve()
      }
      const timer = setTimeout(finish, ms)
      signal.addEventListener('abort', finish)
      if (lightly) wakeUp = finish
    })
  return {
    /** Hints don't end it: they must not drive a failing sweep round and round. */
    pause: (ms: number) => rest(ms, false),
    async sleep(ms: number) {
      if (!pending) await rest(ms, true)
      pending = false
    },
    close: sweep.topic === undefined ? () => undefined : ctx.wake.on(sweep.topic, hear),
  }
}
