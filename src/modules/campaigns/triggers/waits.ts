import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { type PlanRow, planDeliveries, wakeDeliveries } from '../../deliveries/index.ts'
import { decide } from '../../segments/index.ts'
import { audienceRule } from '../audience.ts'
import { fired, mayFire, NO_TALLY, type Tally } from '../rules/count.ts'
import { reachAt } from '../rules/schedule.ts'
import { isOver } from '../rules/state.ts'
import type { EventTrigger, Plan } from '../schema/plan.ts'
import { holdCampaign } from '../store/campaigns.ts'
import { lockTallies, nameOf, writeTallies } from '../store/people.ts'
import { findVersion } from '../store/versions.ts'
import { claimWaits, type DueWait, dropWaits, findB, type Settled, settleWaits } from '../store/waits.ts'
import { catalogueFor } from './live.ts'

/** Firings decided in one transaction. */
const AT_ONCE = 1_000

/**
 * 完成A未完成B: decides the firings whose time is over, the earliest first, a chunk at a time: memory doesn't grow with how
 * many wait. What was decided, and what it planned, is committed together.
 */
export async function decideWaits(ctx: Ctx): Promise<number> {
  const now = ctx.clock.now()
  const { did, planned } = await inTransaction(ctx.db, async (trx) => {
    const waits = await claimWaits(trx, now, AT_ONCE)
    const groups = Map.groupBy(waits, ({ campaignId, version }) => `${campaignId}:${version}`)
    let messages = 0
    for (const group of groups.values()) messages += await decideGroup(ctx, trx, group, now)
    return { did: waits.length, planned: messages }
  })
  if (planned > 0) await wakeDeliveries(ctx, 'immediate')
  return did
}

/** Firings of campaigns that were ended by hand. */
export const dropEndedWaits = (ctx: Ctx): Promise<number> => dropWaits(ctx.db, ctx.clock.now(), AT_ONCE * 5)

/** Of one campaign, entered under one version: the version says what B is and when to reach. */
async function decideGroup(ctx: Ctx, trx: Executor, waits: readonly DueWait[], now: Date): Promise<number> {
  const [first] = waits
  if (first === undefined) return 0
  const campaign = await holdCampaign(trx, first.campaignId)
  const entered = await findVersion(trx, first.campaignId, first.version)
  const trigger = entered?.plan.trigger
  const over = campaign === undefined || isOver(campaign.state)
  if (over || campaign.sendId === null || entered === undefined || trigger?.kind !== 'event-not') {
    await settleWaits(
      trx,
      waits.map(({ id }) => ({ id, state: 'cancelled' })),
      now,
    )
    return 0
  }
  const settled = new Map<string, Settled>()
  if (trigger.without !== null)
    for (const { id, bEventId, bAt } of await findB(trx, waits, trigger.without))
      settled.set(id, { id, state: 'did_b', bEventId, bAt })
  const open = () => waits.filter(({ id }) => !settled.has(id))
  if (trigger.check === 'live')
    for (const { id } of await gone(ctx, trx, { waits: open(), campaign, plan: entered.plan, trigger, now }))
      settled.set(id, { id, state: 'left' })
  const rows = await fire(trx, open(), trigger, now)
  for (const { id } of open())
    if (!settled.has(id)) settled.set(id, { id, state: rows.has(id) ? 'fired' : 'limited' })
  await settleWaits(trx, [...settled.values()], now)
  await planDeliveries(trx, campaign.sendId, [...rows.values()], now)
  return rows.size
}

type Asked = {
  waits: readonly DueWait[]
  campaign: { accountId: string }
  plan: Plan
  trigger: EventTrigger
  now: Date
}

/** Asked live, who has left the audience since A. A rule of the campaign's own is the one of the version they entered under. */
async function gone(
  ctx: Ctx,
  trx: Executor,
  { waits, campaign, plan, trigger, now }: Asked,
): Promise<DueWait[]> {
  const { accountId } = campaign
  const audience = await audienceRule(ctx, trx, { accountId, plan, segmentId: null }, 'live')
  if (audience === null || waits.length === 0) return []
  const catalogue = await catalogueFor(trx, { audience, pinned: new Map(), trigger }, now)
  const questions = waits.map(({ contactId }, n) => ({ n, contactId, at: now }))
  const still = await decide(trx, audience, questions, { catalogue })
  return waits.filter((_, n) => !still.has(n))
}

/** Messages of those who may get one more; the limit per person counts what came of earlier firings. */
async function fire(
  trx: Executor,
  waits: readonly DueWait[],
  trigger: EventTrigger,
  now: Date,
): Promise<Map<string, PlanRow>> {
  const keys = new Map(waits.map(({ campaignId, contactId }) => [contactId, { campaignId, contactId }]))
  const tallies = await lockTallies(trx, [...keys.values()])
  const rows = new Map<string, PlanRow>()
  const changed = new Map<string, { campaignId: string; contactId: string; tally: Tally }>()
  for (const wait of waits) {
    const name = nameOf(wait)
    const tally = changed.get(name)?.tally ?? tallies.get(name) ?? NO_TALLY
    if (!mayFire(tally, trigger.perPerson)) continue
    changed.set(name, { campaignId: wait.campaignId, contactId: wait.contactId, tally: fired(tally) })
    rows.set(wait.id, {
      contactId: wait.contactId,
      fanId: wait.fanId,
      occurrence: wait.eventId,
      dueAt: reachAt(trigger.reach, wait.deadline, now),
      context: wait.context,
      version: wait.version,
    })
  }
  await writeTallies(trx, [...changed.values()])
  return rows
}
