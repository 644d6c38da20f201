import type { Pool } from 'pg'
import type { Log } from './log.ts'

/** Business time: what is due, windows, quotas, schedules, "today". Leases and rates use real time instead. */
export type Clock = {
  now(): Date
}

export type SharedClock = Clock & {
  /** Re-reads the shared offset; called on a change notice and before work is claimed. */
  refresh(): Promise<void>
}

/** Wake-up topic on which a moved clock is announced to every process. */
export const CLOCK_TOPIC = 'clock'

/** The business clock of a database. In production its offset is 0 and stays so. */
export async function createSharedClock(pool: Pool, log: Log): Promise<SharedClock> {
  let offsetMs = 0
  const refresh = async () => {
    const { rows } = await pool.query<{ offset_ms: string }>('select offset_ms from business_clock')
    const next = Number(rows[0]?.offset_ms ?? 0)
    if (next < offsetMs) log.warn({ offsetMs, next }, 'business clock went back: the sandbox was reset')
    offsetMs = next
  }
  await refresh()
  return { now: () => new Date(Date.now() + offsetMs), refresh }
}
