import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { holdMaterials } from '../../contents/index.ts'
import { materialsIn } from '../../messages/index.ts'
import type { RecallContent } from '../schema/rule.ts'

type Stored = { accountId: string; name: string; live: boolean; content: RecallContent | null }

/** Says what a rule names, as it is stored now. One that was deleted names nothing; what a keyword answers is held by that rule. */
export async function holdMaterialsOf(trx: Executor, ruleId: string): Promise<void> {
  const { rows } = await sql<Stored>`select account_id as "accountId", name, state = 'on' as live,
      case when archived_at is null then content end as content
    from recall_rules where id = ${ruleId}::bigint`.execute(trx)
  for (const { content, ...rule } of rows) {
    const refs = content?.kind === 'custom' ? content.replies.flatMap(materialsIn) : []
    await holdMaterials(trx, { kind: 'recall', id: ruleId, ...rule }, refs)
  }
}
