import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import { beijingDay } from '../../../kernel/beijing.ts'
import type { DeliveryChannel, SendLane } from '../model.ts'

/** A running send with people who are due, and what its speed depends on. */
export type DueSend = {
  sendId: string
  accountId: string
  channel: DeliveryChannel
  ratePerMinute: number | null
  /** At most a chunk. */
  due: number
  /** How long the bucket of its account and interface, and its own, are booked; real time. */
  busyMs: number
  ownBusyMs: number
  /** Calls of the interface today. */
  usedToday: number
}

export const CHUNK = 250
const MOST_SENDS = 2_000

/**
 * Where there is work in a lane: what is paused, waits for its account, or for tomorrow's calls, costs nothing here. The
 * number of due people is counted up to a chunk.
 */
export async function dueSends(db: Executor, lane: SendLane, now: Date): Promise<DueSend[]> {
  const { rows } = await sql<DueSend>`${prepare}
    select s.id as "sendId", s.account_id as "accountId", s.channel, s.rate_per_minute as "ratePerMinute", w.due::int as due,
      coalesce(greatest(0, extract(epoch from b.next_at - clock_timestamp()) * 1000), 0)::float8 as "busyMs",
      coalesce(greatest(0, extract(epoch from o.next_at - clock_timestamp()) * 1000), 0)::float8 as "ownBusyMs",
      coalesce(c.used, 0) as "usedToday"
    from sends s
    join accounts a on a.id = s.account_id and a.state = 'active'
    cross join lateral (select count(*) as due from (
      select from deliveries d where d.send_id = s.id and d.state in ('planned', 'held') and d.due_at <= ${now}
      limit ${CHUNK}) x) w
    left join rate_buckets b on b.key = s.channel || ':' || s.account_id
    left join rate_buckets o on s.rate_per_minute is not null and o.key = 'send:' || s.id
    left join call_days c on c.account_id = s.account_id and c.channel = s.channel and c.day = ${beijingDay(now)}::date
    where s.state = 'running' and s.lane = ${lane} and w.due > 0
      and not (select sending_paused from installation)
      and c.exhausted is not true
    order by s.id limit ${MOST_SENDS}`.execute(db)
  return rows
}

export type Share = { sendId: string; most: number }

/** Divides a chunk fairly: what one send can't use goes to the others; where there are fewer places than sends they take turns. */
export function sharesOf(
  sends: readonly { sendId: string; most: number }[],
  total: number,
  turn = 0,
): Share[] {
  if (total < sends.length)
    return Array.from({ length: Math.max(0, total) }, (_, at) => {
      const send = sends[(turn + at) % sends.length] as Share
      return { sendId: send.sendId, most: 1 }
    })
  let left = total
  const shares: Share[] = []
  const smallestFirst = [...sends].sort((a, b) => a.most - b.most)
  for (const [index, { sendId, most }] of smallestFirst.entries()) {
    const share = Math.min(most, Math.ceil(left / (smallestFirst.length - index)), left)
    if (share > 0) shares.push({ sendId, most: share })
    left -= share
  }
  return shares
}
