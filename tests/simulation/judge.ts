import type { Ctx } from '../../src/context.ts'
import type { Campaign } from '../../src/modules/campaigns/schema.ts'
import type { Receipt } from './world.ts'

export type Started = { campaign: Campaign; mark: string; kind: 'once' | 'every' | 'not' }

/** `#3#` or `#3#order.` as it stands in what was received. */
const markOf = ({ text }: Receipt): string => /#\d+#(?:[\w-]+\.)?/.exec(text)?.[0] ?? '?'
const campaignOf = (receipt: Receipt): string => /#\d+#/.exec(receipt.text)?.[0] ?? '?'

/** Who received the same message of the same campaign twice, by the platform's ledger. */
export function twice(receipts: readonly Receipt[]): string[] {
  const seen = new Map<string, number>()
  for (const receipt of receipts) {
    const key = `${receipt.openid} ${markOf(receipt)}`
    seen.set(key, (seen.get(key) ?? 0) + 1)
  }
  return [...seen].filter(([, times]) => times > 1).map(([key, times]) => `${key}: ${times} times`)
}

type Cap = { started: readonly Started[]; most: number; windowMs: number }
/** An intent is a moment earlier than what the platform writes down. */
const DRIFT_MS = 10_000

/** Windows in which somebody received more messages that caps are for than they allow. */
export function beyondCap(receipts: readonly Receipt[], { started, most, windowMs }: Cap): string[] {
  const capped = new Set(started.filter(({ kind }) => kind === 'once').map(({ mark }) => mark))
  const people = Map.groupBy(
    receipts.filter((receipt) => capped.has(campaignOf(receipt))),
    ({ openid }) => openid,
  )
  return [...people].flatMap(([openid, own]) => {
    const times = own.map(({ at }) => at.getTime()).toSorted((a, b) => a - b)
    return times
      .filter((at, index) => at - (times[index - most] ?? -Infinity) < windowMs - DRIFT_MS)
      .map((at) => `${openid} at ${new Date(at).toISOString()}`)
  })
}

/** What the books say that isn't so: tallies beside a count, messages that never came to an end. */
export async function untrue({ pool }: Ctx): Promise<string[]> {
  const { rows } = await pool.query<{ what: string }>(
    `with counted as (
       select send_id, coalesce(run_id, 0) as run_id, state, coalesce(reason, '') as reason, count(*) as n from deliveries group by 1, 2, 3, 4),
     tallied as (
       select send_id, run_id, state, reason, sum(n) as n from delivery_tallies group by 1, 2, 3, 4 having sum(n) <> 0)
     select format('send %s %s %s: %s counted, %s tallied', send_id, state, reason, c.n, t.n) as what
     from counted c full join tallied t using (send_id, run_id, state, reason) where c.n is distinct from t.n
     union all
     select format('delivery %s is %s (%s)', d.id, d.state, d.reason) from deliveries d
     where d.state in ('planned', 'held', 'sending')
     union all
     select format('fan %s used %s of %s', fan_id, used, allowance) from service_windows where used > allowance`,
  )
  return rows.map(({ what }) => what)
}

/** Campaigns whose books and the platform's ledger don't agree; what is in doubt may be on either side. */
export async function unaccounted(
  { pool }: Ctx,
  receipts: readonly Receipt[],
  started: readonly Started[],
): Promise<string[]> {
  const { rows } = await pool.query<{ id: string; sure: number; doubtful: number }>(
    `select c.id, (count(*) filter (where d.state in ('accepted', 'delivered')))::int as sure,
       (count(*) filter (where d.state = 'unknown'))::int as doubtful
     from campaigns c join deliveries d on d.send_id = c.send_id group by c.id`,
  )
  return started.flatMap(({ campaign, mark }) => {
    const books = rows.find(({ id }) => id === campaign.id) ?? { sure: 0, doubtful: 0 }
    const received = receipts.filter((receipt) => campaignOf(receipt) === mark).length
    const right = books.sure <= received && received <= books.sure + books.doubtful
    return right ? [] : [`${mark}: ${received} received, ${books.sure} sure, ${books.doubtful} in doubt`]
  })
}

type Told = {
  orders: readonly { openid: string; order: string; at: Date }[]
  comments: readonly { openid: string; at: Date }[]
  withinMs: number
}

/** Orders that fired and should not have, or did not and should have, by an obvious second reading of what happened. */
export async function firedWrongly(
  { pool }: Ctx,
  started: readonly Started[],
  told: Told,
): Promise<string[]> {
  const { rows } = await pool.query<{ campaign_id: string; order: string; times: number }>(
    `select c.id as campaign_id, e.properties->>'order' as order, count(*)::int as times
     from deliveries d join campaigns c on c.send_id = d.send_id join events e on e.id = d.occurrence and e.name = 'order'
     group by 1, 2`,
  )
  return started
    .filter(({ kind }) => kind !== 'once')
    .flatMap(({ campaign, kind }) => {
      const fired = new Map(
        rows.filter((row) => row.campaign_id === campaign.id).map((row) => [row.order, row.times]),
      )
      return told.orders.flatMap(({ openid, order, at }) => {
        const commented = told.comments.some(
          (one) =>
            one.openid === openid &&
            one.at.getTime() >= at.getTime() &&
            one.at.getTime() <= at.getTime() + told.withinMs,
        )
        const expected = kind === 'every' || !commented ? 1 : 0
        const times = fired.get(order) ?? 0
        return times === expected
          ? []
          : [`${kind} ${order} of ${openid}: fired ${times} times, not ${expected}`]
      })
    })
}
