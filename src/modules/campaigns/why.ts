import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { AppError } from '../../kernel/errors.ts'
import { findCanonical, idsOfContact } from '../contacts/index.ts'
import { type DeliveryRow, explainDelivery, listDeliveries } from '../deliveries/index.ts'
import { decide, forAudience } from '../segments/index.ts'
import { audienceRule, resolveAudience } from './audience.ts'
import { templateIdOf } from './content.ts'
import { detailFor, existing, refsOf } from './people.ts'
import { isEventKind } from './rules/state.ts'
import type { Why } from './schema/views.ts'
import type { CampaignKey, CampaignRow } from './store/campaigns.ts'
import { fansOfPeople, findTally } from './store/people.ts'
import { findVersion } from './store/versions.ts'
import { type WaitRow, waitsOf } from './store/waits.ts'
import { catalogueFor } from './triggers/live.ts'

type Step = Why['steps'][number]
const MOST = 50

/** 为什么: everything about one person in one campaign, in the order in which it is decided. */
export async function whyOf(ctx: Ctx, key: CampaignKey & { contactId: string }): Promise<Why> {
  const campaign = await existing(ctx, key)
  const { id: contactId, ids } = await personOf(ctx, key.contactId)
  const fanId = (await fansOfPeople(ctx.db, [{ accountId: campaign.accountId, contactId, fanId: null }])).get(
    `${campaign.accountId}:${contactId}`,
  )
  const steps: Step[] = [fanId === undefined ? step('not_a_fan') : step('a_fan')]
  if (fanId !== undefined) steps.push(await audienceStep(ctx, campaign, contactId))
  const tally = await findTally(ctx.db, campaign.id, ids)
  const { trigger } = campaign.plan
  const watched = isEventKind(trigger.kind) && 'count' in trigger ? trigger.count : null
  if (watched !== null)
    steps.push(tally === undefined ? step('no_event') : step('events', null, { ...tally, ...watched }))
  const waits = await waitsOf(ctx.db, campaign.id, ids)
  steps.push(...waits.toReversed().map(waitStep))
  const deliveries =
    campaign.sendId === null
      ? []
      : (await listDeliveries(ctx.db, { sendId: campaign.sendId, contactIds: ids, limit: MOST })).items
  steps.push(...deliveries.toReversed().map((row) => deliveryStep(ctx, row)))
  const ref = (await refsOf(ctx, [{ contactId, fanId: fanId ?? '0' }])).get(fanId ?? '0')
  return {
    contactId,
    fanId: fanId ?? '',
    name: ref?.name ?? null,
    openid: ref?.openid ?? null,
    steps,
    decision:
      campaign.sendId === null || fanId === undefined
        ? null
        : await explainDelivery(ctx, {
            accountId: campaign.accountId,
            sendId: campaign.sendId,
            contactId,
            deliveryId: deliveries[0]?.id,
          }),
    triggered: watched === null ? null : { seen: tally?.seen ?? 0, fired: tally?.fired ?? 0, count: watched },
    deliveries: deliveries.map((row) => ({
      deliveryId: row.id,
      state: row.state,
      reason: row.reason,
      detail: detailFor(ctx, row),
      plannedAt: row.plannedAt.toISOString(),
      dueAt: row.dueAt.toISOString(),
      settledAt: row.settledAt?.toISOString() ?? null,
      runId: row.runId,
      version: row.version,
    })),
  }
}

const step = (name: string, at: Date | null = null, detail: Step['detail'] = {}): Step => ({
  step: name,
  at: at?.toISOString() ?? null,
  detail,
})

const waitStep = (wait: WaitRow): Step =>
  wait.state === 'waiting'
    ? step('waits_for_b', wait.dueAt, { aAt: wait.aAt, deadline: wait.deadline })
    : step(`wait_${wait.state}`, wait.settledAt, { aAt: wait.aAt, deadline: wait.deadline, bAt: wait.bAt })

const deliveryStep = (ctx: Ctx, row: DeliveryRow): Step =>
  step(`delivery_${row.state}`, row.settledAt ?? row.dueAt, {
    deliveryId: row.id,
    reason: row.reason,
    runId: row.runId,
    ...(row.detail !== null && { detail: detailFor(ctx, row) }),
  })

/** Who somebody is today, and every id they have had; `not_found` for those the caller may not see. */
export async function personOf(ctx: Ctx, contactId: string): Promise<{ id: string; ids: string[] }> {
  const { id } = await findCanonical(ctx, contactId)
  return { id, ids: await idsOfContact(ctx.db, id) }
}

/** Whether the person is in the audience as it would be asked now; where a segment can't answer, which and why. */
async function audienceStep(ctx: Ctx, campaign: CampaignRow, contactId: string): Promise<Step> {
  const now = ctx.clock.now()
  try {
    const inside = await inTransaction(ctx.db, (trx) =>
      isEventKind(campaign.plan.trigger.kind)
        ? inEventAudience(ctx, trx, campaign, { contactId, now })
        : inCrowd(ctx, trx, campaign, { contactId, now }),
    )
    return step(inside ? 'in_audience' : 'not_in_audience', now)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return step('audience_unknown', now, { ...error.detail, reason: error.reason })
  }
}

type Asked = { contactId: string; now: Date }

async function inEventAudience(
  ctx: Ctx,
  trx: Executor,
  { id, accountId, plan, segmentId, version }: CampaignRow,
  { contactId, now }: Asked,
): Promise<boolean> {
  const { trigger } = plan
  if (trigger.kind !== 'event' && trigger.kind !== 'event-not') return false
  const audience = await audienceRule(ctx, trx, { accountId, plan, segmentId }, trigger.check)
  if (audience === null) return true
  const pinned = (await findVersion(trx, id, version))?.pinned ?? new Map<string, string>()
  const catalogue = await catalogueFor(trx, { audience, pinned, trigger }, now)
  return (await decide(trx, audience, [{ n: 1, contactId, at: now }], { catalogue })).has(1)
}

async function inCrowd(
  ctx: Ctx,
  trx: Executor,
  { id, accountId, kind, plan, segmentId, version }: CampaignRow,
  { contactId, now }: Asked,
): Promise<boolean> {
  await forAudience(trx, { timeoutMs: 20_000 })
  const pinned = (await findVersion(trx, id, version))?.pinned ?? new Map<string, string>()
  const asked = { accountId, kind, plan, segmentId, pinned, templateId: templateIdOf(plan), strict: false }
  const { people } = await resolveAudience(ctx, trx, asked, now)
  const { rows } =
    await sql`select from (${people}) p where p.contact_id = ${contactId}::bigint limit 1`.execute(trx)
  return rows.length > 0
}
