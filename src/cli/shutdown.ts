import { setTimeout as delay } from 'node:timers/promises'

const DRAIN_MS = 45_000
// npm and the terminal each deliver the same Ctrl-C.
const SAME_PRESS_MS = 700

/**
 * Resolves when the program shall end: on Ctrl-C or a termination signal, or when the process that started it
 * is gone. Call it first, so that Ctrl-C also ends a start cleanly. A second Ctrl-C ends the program at once.
 */
export function askedToEnd(): Promise<{ by: string }> {
  return new Promise((resolve) => {
    let first = 0
    const press = (by: string) => {
      if (first && Date.now() - first > SAME_PRESS_MS) process.exit(130)
      if (first) return
      first = Date.now()
      resolve({ by })
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => press(signal))
    process.once('disconnect', () => press('parent process ended'))
  })
}

export type Closable = { close(): Promise<unknown> }

/** Closes in the given order, each although the one before failed; gives up on all of them after 45 s. */
export async function closeAll(parts: readonly Closable[]): Promise<void> {
  const work = (async () => {
    const failures: unknown[] = []
    for (const part of parts) await part.close().catch((error: unknown) => failures.push(error))
    if (failures.length) throw new AggregateError(failures, 'not everything could be closed')
  })()
  const late = delay(DRAIN_MS, undefined, { ref: false }).then(() => {
    throw new Error(`not everything ended within ${DRAIN_MS / 1000} s`)
  })
  await Promise.race([work, late])
}
