import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { requireFiling } from '../../activities/index.ts'
import { audit } from '../../audit/index.ts'
import { subjectOf } from '../lifecycle/prepare.ts'
import { readCampaign } from '../present.ts'
import { type CampaignKind, type Plan, type PlanPart, plan as planSchema } from '../schema/plan.ts'
import type { Campaign } from '../schema/shapes.ts'
import * as store from '../store/campaigns.ts'
import { requireOwnAccounts } from './scope.ts'

type Fields = {
  kind: CampaignKind
  name: string
  activityId: string | null
  groupId: string | null
  plan: PlanPart
}

export const operatorOf = (ctx: Ctx): string | null => (ctx.actor.kind === 'system' ? null : ctx.actor.id)

/** Saves a new draft, as incomplete as it may be. */
export async function createCampaign(ctx: Ctx, accountId: string, fields: Fields): Promise<Campaign> {
  await getAccount(ctx, accountId)
  await requireOwnAccounts(ctx, accountId, { before: null, part: fields.plan })
  return insert(ctx, accountId, { ...fields, plan: planSchema.parse(fields.plan) })
}

async function insert(
  ctx: Ctx,
  accountId: string,
  fields: Omit<Fields, 'plan'> & { plan: Plan },
  detail: Record<string, unknown> = {},
): Promise<Campaign> {
  const campaignId = await inTransaction(ctx.db, async (trx) => {
    await requireFiling(trx, fields)
    const id = await store.insertCampaign(trx, {
      accountId,
      ...fields,
      createdBy: operatorOf(ctx),
      at: ctx.clock.now(),
    })
    await audit(ctx, trx, {
      action: 'campaign.created',
      accountId,
      subject: subjectOf(id),
      detail: { name: fields.name, kind: fields.kind, ...detail },
    })
    return id
  })
  return readCampaign(ctx, { accountId, campaignId })
}

type Filing = { activityId?: string | null | undefined; groupId?: string | null | undefined }

type Changes = Filing & { revision: number; name?: string | undefined; plan?: PlanPart | undefined }

/**
 * Changes a draft part by part; of a started campaign its name and where it is filed only (`wrong_state`).
 * `changed_meanwhile` where somebody else changed it since `revision`.
 */
export async function updateCampaign(ctx: Ctx, key: store.CampaignKey, changes: Changes): Promise<Campaign> {
  await inTransaction(ctx.db, async (trx) => {
    const current = await locked(trx, key)
    requireRevision(current, changes.revision)
    if (changes.plan !== undefined && current.state !== 'draft')
      throw conflict('wrong_state', 'a campaign that was started is changed by editing it', {
        state: current.state,
      })
    if (changes.plan !== undefined)
      await requireOwnAccounts(ctx, key.accountId, { before: current.plan, part: changes.plan })
    await requireFiling(
      trx,
      {
        ...(changes.activityId !== undefined && { activityId: changes.activityId }),
        ...(changes.groupId !== undefined && { groupId: changes.groupId }),
      },
      { activityId: current.activity?.id ?? null },
    )
    await store.changeCampaign(trx, current.id, ctx.clock.now(), {
      revision: current.revision + 1,
      ...(changes.name !== undefined && { name: changes.name }),
      ...(changes.activityId !== undefined && { activity_id: changes.activityId }),
      ...(changes.groupId !== undefined && { group_id: changes.groupId }),
      ...(changes.plan !== undefined && { plan: planSchema.parse({ ...current.plan, ...changes.plan }) }),
    })
    if (current.state !== 'draft')
      await audit(ctx, trx, {
        action: 'campaign.filed',
        accountId: key.accountId,
        subject: subjectOf(current.id),
        detail: { name: changes.name ?? current.name },
      })
  })
  return readCampaign(ctx, key)
}

export async function deleteCampaign(ctx: Ctx, key: store.CampaignKey): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    const current = await locked(trx, key)
    if (current.state !== 'draft')
      throw conflict('wrong_state', 'only a draft can be deleted', { state: current.state })
    await store.deleteCampaign(trx, current.id)
    await audit(ctx, trx, {
      action: 'campaign.deleted',
      accountId: key.accountId,
      subject: subjectOf(current.id),
      detail: { name: current.name },
    })
  })
}

/** A new draft of the same; what was chosen for one time only, a start in the past, is chosen anew. */
export async function copyCampaign(ctx: Ctx, key: store.CampaignKey): Promise<Campaign> {
  const source = await store.findCampaign(ctx.db, key)
  if (source === undefined) throw notFound('campaign')
  const { kind, plan } = source
  return insert(
    ctx,
    key.accountId,
    {
      kind,
      name: copyName(source.name),
      activityId: source.activity?.id ?? null,
      groupId: source.group?.id ?? null,
      plan: { ...plan, trigger: renewed(plan.trigger, ctx.clock.now()) },
    },
    { copiedFrom: source.id },
  )
}

const copyName = (name: string): string => `${[...name].slice(0, 57).join('')} 副本`

function renewed(trigger: Plan['trigger'], now: Date): Plan['trigger'] {
  if (trigger.kind === 'once')
    return typeof trigger.at === 'string' && trigger.at !== 'now' && new Date(trigger.at) <= now
      ? { ...trigger, at: 'now' }
      : trigger
  const past = (at: string | null) => at !== null && new Date(at) <= now
  return {
    ...trigger,
    from: past(trigger.from) ? null : trigger.from,
    until: past(trigger.until) ? null : trigger.until,
  }
}

export async function locked(trx: Executor, key: store.CampaignKey): Promise<store.CampaignRow> {
  const row = await store.findCampaign(trx, { ...key, lock: true })
  if (row === undefined) throw notFound('campaign')
  return row
}

export function requireRevision(current: store.CampaignRow, revision: number): void {
  if (current.revision !== revision)
    throw conflict('changed_meanwhile', 'someone else changed it meanwhile', { version: current.revision })
}
