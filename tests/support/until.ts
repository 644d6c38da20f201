import { setTimeout as delay } from 'node:timers/promises'

/**
 * Waits for a condition, asking every few milliseconds, and gives back its first truthy value. Fails with
 * `what` when it does not come true within `timeoutMs` (90 s).
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 90_000, everyMs = 15, what = 'the condition' } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + timeoutMs
  for (;;) {
    const value = await condition()
    if (value) return value as NonNullable<Exclude<T, false>>
    if (Date.now() > end) throw new Error(`${what} did not come true within ${timeoutMs} ms`)
    await delay(everyMs)
  }
}
