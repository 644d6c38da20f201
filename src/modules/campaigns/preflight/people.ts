import type { Ctx } from '../../../context.ts'
import { getAccount } from '../../accounts/index.ts'
import { preflightPeople } from '../../deliveries/index.ts'
import { existing, refsOf } from '../people.ts'
import { isEventKind } from '../rules/state.ts'
import type { PreflightPerson } from '../schema/shapes.ts'
import type { CampaignKey } from '../store/campaigns.ts'
import { fansOfPeople } from '../store/people.ts'
import { audienceOf, frozenContent, startOf } from './compute.ts'

/** Some of the people behind one number of a pre-flight, decided as of now by the code that decided the number. */
export async function peopleBehind(
  ctx: Ctx,
  key: CampaignKey,
  { reason, limit }: { reason: string; limit: number },
): Promise<PreflightPerson[]> {
  const campaign = await existing(ctx, key)
  const { plan, accountId } = campaign
  if (plan.content === null || isEventKind(plan.trigger.kind)) return []
  const now = ctx.clock.now()
  const account = await getAccount(ctx, accountId)
  const frozen = await frozenContent(ctx, campaign)
  const { people } = await audienceOf(ctx, campaign, now)
  const contactIds = await preflightPeople(
    ctx,
    {
      ...frozen,
      account,
      owner: { kind: 'campaign', id: campaign.id },
      channel: campaign.kind,
      purpose: plan.purpose,
      holdout: plan.limits.holdout,
      ratePerMinute: plan.limits.ratePerMinute,
      people,
      at: startOf(campaign, now),
    },
    { reason, most: limit },
  )
  return named(ctx, accountId, contactIds)
}

async function named(ctx: Ctx, accountId: string, contactIds: readonly string[]): Promise<PreflightPerson[]> {
  const fans = await fansOfPeople(
    ctx.db,
    contactIds.map((contactId) => ({ accountId, contactId, fanId: null })),
  )
  const people = contactIds.flatMap((contactId) => {
    const fanId = fans.get(`${accountId}:${contactId}`)
    return fanId === undefined ? [] : [{ contactId, fanId }]
  })
  const refs = await refsOf(ctx, people)
  return people.flatMap(({ fanId }) => refs.get(fanId) ?? [])
}
