import type { Pool } from 'pg'

/**
 * A rate shared by all processes. Blocks of a key follow each other in real time, each as long as its cost at
 * the given rate, so the sum over any window keeps the limit whoever sends. A block that isn't used is lost:
 * a process that dies takes nothing from the limit's safety, only from its speed.
 */
export type Rates = {
  /** Books `cost` units of `key` at `perMinute`, to be used after `waitMs`. */
  lease(key: string, cost: number, perMinute: number): Promise<Block>
  /** Gives back a block that will not be used. Only the last one booked can be: what follows one keeps its place. */
  release(block: Block): Promise<void>
}

export type Block = {
  readonly key: string
  readonly waitMs: number
  readonly spanMs: number
  /** Where the block ends, as the database writes it: it tells the block from every other of its key. */
  readonly endsAt: string
}

const LEASE = `
  insert into rate_buckets as r (key, next_at)
  values ($1, clock_timestamp() + $2 * interval '1 millisecond')
  on conflict (key) do update
    set next_at = greatest(r.next_at, clock_timestamp()) + $2 * interval '1 millisecond'
  returning next_at::text as ends_at,
    greatest(0, extract(epoch from next_at - clock_timestamp()) * 1000 - $2)::float8 as wait_ms`

export function createRates(pool: Pool): Rates {
  return {
    async lease(key, cost, perMinute) {
      const spanMs = (cost * 60_000) / perMinute
      const { rows } = await pool.query<{ wait_ms: number; ends_at: string }>(LEASE, [key, spanMs])
      const [row] = rows
      if (row === undefined) throw new Error('a lease returns its block')
      return { key, spanMs, waitMs: Math.ceil(row.wait_ms), endsAt: row.ends_at }
    },
    async release({ key, spanMs, endsAt }) {
      await pool.query(
        `update rate_buckets set next_at = next_at - $2 * interval '1 millisecond'
         where key = $1 and next_at = $3::timestamptz`,
        [key, spanMs, endsAt],
      )
    },
  }
}
