import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { holdMaterials } from '../../contents/index.ts'
import { materialsIn } from '../../messages/index.ts'
import { isOver } from '../rules/state.ts'
import type { CampaignState, Plan } from '../schema.ts'

type Stored = { accountId: string; name: string; state: CampaignState; content: Plan['content'] }

/** Says what a campaign names, as it is stored now. One that is over names nothing. */
export async function holdMaterialsOf(trx: Executor, campaignId: string): Promise<void> {
  const { rows } =
    await sql<Stored>`select account_id as "accountId", name, state, plan -> 'content' as content
    from campaigns where id = ${campaignId}::bigint`.execute(trx)
  for (const { state, content, ...campaign } of rows) {
    const refs = content === null || isOver(state) ? [] : materialsIn(content)
    const live = state !== 'draft'
    await holdMaterials(trx, { kind: 'campaign', id: campaignId, live, ...campaign }, refs)
  }
}
