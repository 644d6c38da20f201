import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { notFound } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { getFan } from '../../contacts/index.ts'
import {
  createSend,
  findSend,
  isDrained,
  listDeliveries,
  planDeliveries,
  wakeDeliveries,
} from '../../deliveries/index.ts'
import { freezeContent } from '../content.ts'
import { subjectOf } from '../lifecycle/prepare.ts'
import { presentPeople } from '../people.ts'
import type { CampaignPerson } from '../schema/shapes.ts'
import { type CampaignKey, findCampaign } from '../store/campaigns.ts'

/**
 * 测试发送: the message to named fans, ahead of everything else, through the same pipeline. Frequency caps, quiet hours and
 * hold-out don't count for it; what WeChat allows does.
 */
export async function testSend(
  ctx: Ctx,
  key: CampaignKey,
  fanIds: readonly string[],
): Promise<{ sendId: string }> {
  const campaign = await findCampaign(ctx.db, key)
  if (campaign === undefined) throw notFound('campaign')
  const fans: { id: string; contact_id: string }[] = []
  for (const fanId of new Set(fanIds)) fans.push(await getFan(ctx, key.accountId, fanId))
  const sendId = await inTransaction(ctx.db, async (trx) => {
    const { accountId, kind, plan, name } = campaign
    const frozen = await freezeContent(ctx, trx, { accountId, kind, plan })
    const made = await createSend(ctx, trx, {
      ...frozen,
      accountId,
      ownerKind: 'test',
      ownerId: campaign.id,
      name,
      channel: kind,
      purpose: plan.purpose,
      lane: 'immediate',
    })
    const now = ctx.clock.now()
    const rows = fans.map((fan) => ({
      contactId: fan.contact_id,
      fanId: fan.id,
      occurrence: '0',
      dueAt: now,
      version: made.version,
    }))
    await planDeliveries(trx, made.sendId, rows, now)
    await audit(ctx, trx, {
      action: 'campaign.test_sent',
      accountId,
      subject: subjectOf(campaign.id),
      detail: { sendId: made.sendId, fans: fans.length },
    })
    return made.sendId
  })
  await wakeDeliveries(ctx, 'immediate')
  return { sendId }
}

/** What came of a test send, person by person. */
export async function testSendResults(
  ctx: Ctx,
  key: CampaignKey & { sendId: string },
): Promise<{ done: boolean; items: CampaignPerson[] }> {
  const campaign = await findCampaign(ctx.db, key)
  const send = await findSend(ctx.db, key.sendId)
  if (campaign === undefined || send?.ownerKind !== 'test' || send.ownerId !== campaign.id)
    throw notFound('send')
  const { items } = await listDeliveries(ctx.db, { sendId: send.id, limit: 50 })
  return { done: await isDrained(ctx.db, send.id), items: await presentPeople(ctx, items) }
}
