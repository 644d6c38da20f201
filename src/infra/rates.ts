import type { Pool } from 'pg'

/**
 * A rate shared by all processes. Blocks of a key follow each other in real time, each as long as its cost at
 * the given rate, so the sum over any window keeps the limit whoever sends. A block that isn't used is lost:
 * a process that dies takes nothing from the limit's safety, only from its speed.
 */
export type Rates = {
  /** Books `cost` units of `key` at `perMinute`; returns how long to wait before using them, in milliseconds. */
  lease(key: string, cost: number, perMinute: number): Promise<number>
  /** Forgets a block that was booked last and will not be used, when nobody booked after it. */
  release(key: string, cost: number, perMinute: number): Promise<void>
}

const LEASE = `
  insert into rate_buckets as r (key, next_at)
  values ($1, clock_timestamp() + $2 * interval '1 millisecond')
  on conflict (key) do update
    set next_at = greatest(r.next_at, clock_timestamp()) + $2 * interval '1 millisecond'
  returning greatest(0, extract(epoch from next_at - clock_timestamp()) * 1000 - $2)::float8 as wait_ms`

export function createRates(pool: Pool): Rates {
  const spanMs = (cost: number, perMinute: number) => (cost * 60_000) / perMinute
  return {
    async lease(key, cost, perMinute) {
      const { rows } = await pool.query<{ wait_ms: number }>(LEASE, [key, spanMs(cost, perMinute)])
      return Math.ceil(rows[0]?.wait_ms ?? 0)
    },
    async release(key, cost, perMinute) {
      await pool.query(
        `update rate_buckets set next_at = next_at - $2 * interval '1 millisecond'
         where key = $1 and next_at > clock_timestamp() + $2 * interval '1 millisecond'`,
        [key, spanMs(cost, perMinute)],
      )
    },
  }
}
