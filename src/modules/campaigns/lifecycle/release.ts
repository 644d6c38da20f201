import type { Executor } from '../../../infra/transaction.ts'
import { releaseSegments } from '../../segments/index.ts'
import { setTemplateUses } from '../../templates/index.ts'
import { templateIdOf } from '../content.ts'
import type { CampaignRow } from '../store/campaigns.ts'
import { userOf } from './prepare.ts'

/** It will ask no crowd and send by no template again. */
export async function releaseCampaign(trx: Executor, { id, name, plan }: CampaignRow): Promise<void> {
  await releaseSegments(trx, userOf(id))
  const templateId = templateIdOf(plan)
  await setTemplateUses(
    trx,
    { kind: 'campaign', id, name, active: false },
    templateId === null ? [] : [templateId],
  )
}
