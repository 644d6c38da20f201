import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { notFound } from '../../../kernel/errors.ts'
import { planForMany } from '../../deliveries/index.ts'
import { newcombe, rateOf } from '../rules/statistics.ts'
import type { Lift } from '../schema.ts'
import { findBroadcast } from '../store/broadcasts.ts'

/** Fewer than this on a side tell nothing. */
export const FEWEST = 100
const DAY_MS = 86_400_000

type Asked = { event: string; days: number }
type Side = { sent: boolean; people: number; did: number; latest: Date }

/**
 * 对照组 of a group: of those it was sent to and of those left without, how many did an event within so many days of the
 * start of their record. Who was left without counts from the start of the record they would have been in.
 */
export async function readLift(
  ctx: Ctx,
  key: { accountId: string; broadcastId: string; place: number },
  { event, days }: Asked,
): Promise<Lift> {
  const broadcast = await findBroadcast(ctx.db, key)
  const group = broadcast?.groups.find(({ place }) => place === key.place)
  if (broadcast === undefined || group === undefined) throw notFound('group')
  const sides = await inTransaction(ctx.db, async (trx) => {
    await planForMany(trx)
    return sidesOf(trx, { broadcastId: broadcast.id, groupId: group.id, event, days, now: ctx.clock.now() })
  })
  const [sent, heldOut] = [true, false].map((wanted) => {
    const { people = 0, did = 0 } = sides.find((side) => side.sent === wanted) ?? {}
    return { people, did, rate: people === 0 ? null : did / people }
  }) as [Lift['sent'], Lift['heldOut']]
  const isTold = sent.people > 0 && heldOut.people > 0
  const interval = isTold ? newcombe(sent, heldOut) : { low: null, high: null }
  const latest = Math.max(0, ...sides.map((side) => side.latest.getTime()))
  return {
    event,
    days,
    sent,
    heldOut,
    difference: isTold ? rateOf(sent) - rateOf(heldOut) : null,
    ...interval,
    tooFew: sent.people < FEWEST || heldOut.people < FEWEST,
    completeAt: latest === 0 ? null : new Date(latest + days * DAY_MS).toISOString(),
  }
}

async function sidesOf(
  trx: Executor,
  { broadcastId, groupId, event, days, now }: Asked & { broadcastId: string; groupId: string; now: Date },
): Promise<Side[]> {
  const window = sql`${days} * interval '1 day'`
  const { rows } = await sql<Side>`
    with people as materialized (
      select f.contact_id, bool_or(r.reason is distinct from 'held_out') as sent, min(a.started_at) as since
      from broadcast_recipients r join broadcast_arms a on a.broadcast_id = r.broadcast_id and a.number = r.arm
      join fans f on f.id = r.fan_id
      left join broadcast_batches t on t.broadcast_id = r.broadcast_id and t.seq = r.batch_seq
      where r.broadcast_id = ${broadcastId}::bigint and a.group_id = ${groupId}::bigint and a.started_at is not null
        and (r.reason = 'held_out' or t.state in ('accepted', 'delivered'))
      group by 1),
    span as (select min(since) as begins, max(since) as latest from people),
    did as (
      select distinct p.contact_id from span cross join events e
      left join contact_aliases x on x.contact_id = e.contact_id
      join people p on p.contact_id = coalesce(x.merged_into, e.contact_id)
      where e.name = ${event} and e.at >= span.begins and e.at < least(span.latest + ${window}, ${now}::timestamptz)
        and e.at >= p.since and e.at < p.since + ${window})
    select sent, count(*)::int as people, count(did.contact_id)::int as did, max(since) as latest
    from people left join did using (contact_id) group by 1`.execute(trx)
  return rows
}
