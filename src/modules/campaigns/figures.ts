import type { Ctx } from '../../context.ts'
import { countsOf, paceOf, waitingByTime } from '../deliveries/index.ts'
import { totalsOf } from '../goals/index.ts'
import { existing } from './people.ts'
import { isEventKind } from './rules/state.ts'
import type { Figures } from './schema/views.ts'
import { type CampaignKey, countsFrom } from './store/campaigns.ts'
import { sumTallies } from './store/people.ts'
import { waitsByHour } from './store/waits.ts'

const PACE_HOURS = 24
const BUCKETS = 24
const HOUR_MS = 3_600_000

/** Numbers of the live page, made to be asked every second: all from sums, but for messages that wait for different hours. */
export async function figuresOf(ctx: Ctx, key: CampaignKey, runId?: string): Promise<Figures> {
  const campaign = await existing(ctx, key)
  const now = ctx.clock.now()
  const { id, sendId } = campaign
  const triggered = isEventKind(campaign.plan.trigger.kind) ? await sumTallies(ctx.db, id) : null
  if (sendId === null) return { ...NOTHING, at: now.toISOString(), triggered }
  const since = new Date(now.getTime() - PACE_HOURS * HOUR_MS)
  const [counts, totals, pace, waiting] = await Promise.all([
    countsOf(ctx.db, sendId, runId),
    totalsOf(ctx.db, [sendId]),
    paceOf(ctx.db, sendId, since),
    waitingOf(ctx, { id, sendId, now }),
  ])
  const byState: Record<string, number> = {}
  for (const { state, n } of counts) byState[state] = (byState[state] ?? 0) + n
  const total = totals.get(sendId)
  return {
    at: now.toISOString(),
    counts: countsFrom(byState),
    reasons: counts.flatMap(({ state, reason, n }) => (reason === null ? [] : [{ state, reason, count: n }])),
    funnel: {
      sent: total?.sent ?? 0,
      delivered: total?.delivered ?? 0,
      clicked: total?.clicked ?? 0,
      converted: total?.converted ?? 0,
      value: total?.value ?? null,
    },
    pace: pace.map(({ minute, ...calls }) => ({ minute: minute.toISOString(), ...calls })),
    waiting,
    triggered,
  }
}

const NOTHING: Omit<Figures, 'at'> = {
  counts: countsFrom({}),
  reasons: [],
  funnel: { sent: 0, delivered: 0, clicked: 0, converted: 0, value: null },
  pace: [],
  waiting: [],
  triggered: null,
}

/** The next 24 hours by the hour, what is later in the last of them; hours without anybody are left out. */
async function waitingOf(
  ctx: Ctx,
  { id, sendId, now }: { id: string; sendId: string; now: Date },
): Promise<Figures['waiting']> {
  const from = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS)
  const to = new Date(from.getTime() + BUCKETS * HOUR_MS)
  const [undecided, planned] = await Promise.all([
    waitsByHour(ctx.db, id, { from, hours: BUCKETS }),
    waitingByTime(ctx.db, sendId, { from, to, buckets: BUCKETS }),
  ])
  const plannedAt = new Map(planned.map((bucket) => [bucket.from.getTime(), bucket.n]))
  return undecided.flatMap((n, index) => {
    const begins = from.getTime() + index * HOUR_MS
    const messages = plannedAt.get(begins) ?? 0
    if (n + messages === 0) return []
    const ends = new Date(begins + HOUR_MS)
    return [{ from: new Date(begins).toISOString(), to: ends.toISOString(), undecided: n, planned: messages }]
  })
}
