import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { recordClicks } from '../links/index.ts'
import type { ReactionEvent } from '../manifest.ts'
import { isEvent } from '../segments/index.ts'
import type { Goal } from './schema.ts'
import * as store from './store.ts'

/** Different goals asked about in one query. */
const MOST_GOALS = 50

/**
 * Follows the log: clicks first, then each event that some goal names counts for the last touch before it, by the times at
 * which things happened, however late they came in. Every event counts once.
 */
export async function attribute(ctx: Ctx, events: readonly ReactionEvent[], trx: Executor): Promise<void> {
  const clicks = await recordClicks(ctx, trx, events)
  const names = await store.namesOfGoals(trx, [...new Set(events.map((event) => event.name))])
  const done = events.flatMap(({ id, contactId, name, at }) =>
    contactId === null || !names.has(name) ? [] : [{ id, contactId, name, at }],
  )
  const first = events[0]?.id ?? '0'
  await attributeDone(ctx, trx, [...done, ...(await store.selectEarlierDone(trx, clicks, first))])
}

async function attributeDone(ctx: Ctx, trx: Executor, done: readonly store.Done[]): Promise<void> {
  if (done.length === 0) return
  const touches = await store.selectTouches(trx, done)
  if (touches.length === 0) return
  const goals = await store.selectGoals(trx, [...new Set(touches.map((touch) => touch.sendId))])
  const fits = await fitting(ctx, trx, { done, touches, goals })
  const conversions = new Map<string, store.Conversion>()
  const timeOf = new Map(done.map((one) => [one.id, one.at]))
  // newest touch first
  for (const touch of touches) {
    const value = fits(touch)
    if (value === undefined || conversions.has(touch.eventId)) continue
    const { touchedAt: _at, ...rest } = touch
    conversions.set(touch.eventId, { ...rest, at: timeOf.get(touch.eventId) as Date, value: value.value })
  }
  await store.writeConversions(trx, [...conversions.values()], ctx.clock.now())
}

type Asked = {
  done: readonly store.Done[]
  touches: readonly store.Touch[]
  goals: readonly { sendId: string; goal: Goal }[]
}
type Fits = (touch: store.Touch) => { value: string | null } | undefined

/** Whether an event fits the goal of a touch's send, and its value; each different goal is asked about once. */
async function fitting(ctx: Ctx, trx: Executor, { done, touches, goals }: Asked): Promise<Fits> {
  const wanted = new Map<string, { n: number; goal: Goal }>()
  const placeOf = new Map<string, number>()
  for (const { sendId, goal } of goals) {
    const key = JSON.stringify([goal.event, goal.value])
    const known = wanted.get(key) ?? { n: wanted.size, goal }
    wanted.set(key, known)
    placeOf.set(sendId, known.n)
  }
  const asked = new Set(touches.map((touch) => touch.eventId))
  const events = done.filter((one) => asked.has(one.id))
  const found = new Map<string, string | null>()
  const list = [...wanted.values()]
  for (let from = 0; from < list.length; from += MOST_GOALS) {
    const queries = list.slice(from, from + MOST_GOALS).map((one) => matchQuery(one, events, ctx.clock.now()))
    const { rows } = await sql<{ n: number; id: string; value: string | null }>`${sql.join(
      queries,
      sql` union all `,
    )}`.execute(trx)
    for (const { n, id, value } of rows) found.set(`${n}:${id}`, value)
  }
  return ({ sendId, eventId }) => {
    const key = `${placeOf.get(sendId)}:${eventId}`
    return found.has(key) ? { value: found.get(key) ?? null } : undefined
  }
}

function matchQuery(
  { n, goal }: { n: number; goal: Goal },
  events: readonly store.Done[],
  now: Date,
): RawBuilder<unknown> {
  const mine = events.filter((one) => one.name === goal.event.event)
  const value =
    goal.value === null
      ? sql`null::numeric`
      : sql`round(json_number(s.properties -> ${goal.value}::text)::numeric, 6)`
  return sql`select ${n}::int as n, s.id, ${value} as value
    from unnest(${mine.map((one) => one.id)}::bigint[], ${mine.map((one) => one.at.toISOString())}::timestamptz[]) as u (id, at)
    join events s on s.id = u.id and s.at = u.at
    where ${isEvent(goal.event, sql<Date>`${now.toISOString()}::timestamptz`)}`
}
