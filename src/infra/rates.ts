import type { Pool } from 'pg'

/**
 * A rate shared by all processes. Blocks of a key follow each other in real time, each as long as its cost at
 * the given rate, so the sum over any window keeps the limit whoever sends. A block that isn't used is lost:
 * a process that dies takes nothing from the limit's safety, only from its speed.
 */
export type Rates = {
  /** Books `cost` units of `key` at `perMinute`, to be used after `waitMs`. */
  lease(key: string, cost: number, perMinute: number): Promise<Block>
  /** The same where the block can begin within `withinMs`; undefined, and nothing booked, where others come before. */
  leaseWithin(
    key: string,
    cost: number,
    perMinute: number,
    withinMs: number,
  ): Promise<Block | { readonly busyMs: number }>
  /** Gives back a block that will not be used. Only the last one booked can be: what follows one keeps its place. */
  release(block: Block): Promise<void>
  /** Books nothing of `key` for anybody before `ms` are over: who owns the limit said so. */
  shut(key: string, ms: number): Promise<void>
}

export type Block = {
  readonly key: string
  readonly waitMs: number
  readonly spanMs: number
  /** Where the block ends, as the database writes it: it tells the block from every other of its key. */
  readonly endsAt: string
  /**
   * When it may be used, by this machine's `performance.now()`: until {@link LATE_MS} after its end, since no timer is
   * exact. A process that sleeps through it, or through the database's answer, wakes up to a block that is over.
   */
  readonly usable: { readonly from: number; readonly until: number }
}

/** How long after its end a block may still be used: the tolerance of every rate, with the way of one answer. */
export const LATE_MS = 50
/** An answer of the database that took longer says nothing about now. */
const SLOWEST_ANSWER_MS = 100

const LEASE = `
  insert into rate_buckets as r (key, next_at)
  values ($1, clock_timestamp() + $2 * interval '1 millisecond')
  on conflict (key) do update
    set next_at = greatest(r.next_at, clock_timestamp()) + $2 * interval '1 millisecond'
  returning next_at::text as ends_at,
    greatest(0, extract(epoch from next_at - clock_timestamp()) * 1000 - $2)::float8 as wait_ms`

const LEASE_WITHIN = `
  insert into rate_buckets as r (key, next_at)
  values ($1, clock_timestamp() + $2 * interval '1 millisecond')
  on conflict (key) do update
    set next_at = greatest(r.next_at, clock_timestamp()) + $2 * interval '1 millisecond'
    where r.next_at <= clock_timestamp() + $3 * interval '1 millisecond'
  returning next_at::text as ends_at,
    greatest(0, extract(epoch from next_at - clock_timestamp()) * 1000 - $2)::float8 as wait_ms`

type Leased = { ends_at: string; wait_ms: number }

export function createRates(pool: Pool): Rates {
  return {
    async lease(key, cost, perMinute) {
      const spanMs = (cost * 60_000) / perMinute
      const asked = performance.now()
      const { rows } = await pool.query<Leased>(LEASE, [key, spanMs])
      const [row] = rows
      if (row === undefined) throw new Error('a lease returns its block')
      return blockOf(row, { key, spanMs, asked })
    },
    async leaseWithin(key, cost, perMinute, withinMs) {
      const spanMs = (cost * 60_000) / perMinute
      const asked = performance.now()
      const { rows } = await pool.query<Leased>(LEASE_WITHIN, [key, spanMs, withinMs])
      const [row] = rows
      if (row !== undefined) return blockOf(row, { key, spanMs, asked })
      const busy = await pool.query<{ busy_ms: number }>(
        `select greatest(0, extract(epoch from next_at - clock_timestamp()) * 1000)::float8 as busy_ms
         from rate_buckets where key = $1`,
        [key],
      )
      return { busyMs: Math.max(1, Math.ceil((busy.rows[0]?.busy_ms ?? 0) - withinMs)) }
    },
    async release({ key, spanMs, endsAt }) {
      await pool.query(
        `update rate_buckets set next_at = next_at - $2 * interval '1 millisecond'
         where key = $1 and next_at = $3::timestamptz`,
        [key, spanMs, endsAt],
      )
    },
    async shut(key, ms) {
      await pool.query(
        `insert into rate_buckets as r (key, next_at) values ($1, clock_timestamp() + $2 * interval '1 millisecond')
         on conflict (key) do update set next_at = greatest(r.next_at, excluded.next_at)`,
        [key, ms],
      )
    },
  }
}

function blockOf(row: Leased, { key, spanMs, asked }: { key: string; spanMs: number; asked: number }): Block {
  const received = performance.now()
  const from = received + row.wait_ms
  const until = received - asked > SLOWEST_ANSWER_MS ? from - 1 : from + spanMs + LATE_MS
  return { key, spanMs, waitMs: Math.ceil(row.wait_ms), endsAt: row.ends_at, usable: { from, until } }
}
