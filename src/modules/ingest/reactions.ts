import { setTimeout as delay } from 'node:timers/promises'
import type { Ctx } from '../../context.ts'
import type { Reaction, Sweep } from '../manifest.ts'
import { follow, look, type Waiting } from './follow.ts'

/** Topic on which ingest says that something was appended. */
export const REACTIONS_TOPIC = 'reactions'

/**
 * Real time between two looks at the log by those somebody waits for: nothing to a person, and under load a chunk for
 * many events instead of one for each few.
 */
const BREATH_MS = 25
/** Real time that those nobody waits for leave the database to others. */
const LEISURE_MS = 100
const FIRST_BACKOFF_MS = 250
const LONGEST_BACKOFF_MS = 15_000

/**
 * Sweeps that follow the event log for each reaction, in the order of the sequence: its place moves with its effects, and
 * never past an ingest transaction still running. One process at a time per reaction. Prompt ones go side by side in a sweep of
 * their own, so that nobody waits behind those that only keep books; one that fails is left alone for a while, the others go on.
 */
export function createReactionSweeps(reactions: readonly Reaction[]): Sweep[] {
  const prompt = reactions.filter((one) => one.prompt)
  const rest = reactions.filter((one) => !one.prompt)
  const guard = createGuard()
  const breath = createPause()
  const leisure = createPause()
  return [
    {
      name: 'ingest.reactions.prompt',
      everyMs: 1_000,
      topic: REACTIONS_TOPIC,
      async run(ctx, signal) {
        await breath.over(BREATH_MS, signal)
        const waiting = await look(ctx.db, prompt.filter(guard.isFree))
        const moved = sumOf(await Promise.all(waiting.map((one) => guard.follow(ctx, one))))
        if (moved > 0) breath.begin()
        return moved
      },
    },
    {
      name: 'ingest.reactions',
      everyMs: 1_000,
      topic: REACTIONS_TOPIC,
      async run(ctx, signal) {
        await leisure.over(LEISURE_MS, signal)
        const waiting = await look(ctx.db, rest.filter(guard.isFree))
        let moved = 0
        for (const one of waiting) if (!signal.aborted) moved += await guard.follow(ctx, one)
        leisure.begin()
        return moved
      },
    },
  ]
}

/** Real time since something ended; who comes early waits for the rest of it. */
function createPause() {
  let began = Number.NEGATIVE_INFINITY
  return {
    begin: () => {
      began = performance.now()
    },
    async over(ms: number, signal: AbortSignal): Promise<void> {
      const early = began + ms - performance.now()
      if (early > 0) await delay(early, undefined, { signal, ref: false }).catch(() => undefined)
    },
  }
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0)

/** Remembers who failed, and until when they are left alone. */
function createGuard() {
  const failed = new Map<string, { until: number; backoff: number }>()
  return {
    isFree: ({ name }: Reaction) => (failed.get(name)?.until ?? 0) <= performance.now(),
    async follow(ctx: Ctx, one: Waiting): Promise<number> {
      const { name } = one.reaction
      try {
        const moved = await follow(ctx, one)
        failed.delete(name)
        return moved
      } catch (error) {
        const last = failed.get(name)?.backoff ?? 0
        const backoff = Math.min(LONGEST_BACKOFF_MS, Math.max(FIRST_BACKOFF_MS, last * 2))
        failed.set(name, { until: performance.now() + backoff, backoff })
        ctx.log.error({ err: error, reaction: name, backoff }, 'a reaction failed')
        return 0
      }
    },
  }
}

/** One sweep that follows the log for all of these, one after the other. */
export function createReactionSweep(reactions: readonly Reaction[]): Sweep {
  return {
    name: 'ingest.reactions',
    everyMs: 1_000,
    topic: REACTIONS_TOPIC,
    async run(ctx, signal) {
      let moved = 0
      for (const one of await look(ctx.db, reactions)) {
        if (signal.aborted) break
        moved += await follow(ctx, one)
      }
      return moved
    },
  }
}
