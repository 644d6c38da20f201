import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { holdMaterials, type MaterialUser } from '../../contents/index.ts'
import { materialsIn } from '../../messages/index.ts'
import type { Answer } from '../schema.ts'

/** Says what rules name, as they are stored now; after every change of them. One that is archived names nothing. */
export async function holdMaterialsOf(trx: Executor, ruleIds: readonly string[]): Promise<void> {
  const { rows } = await sql<{
    id: string
    name: string
    on: boolean
    answer: Answer | null
    owner: NonNullable<MaterialUser['owner']> | null
    accountId: string
  }>`
    select r.id, r.name, r.state = 'on' as "on", case when r.archived_at is null then r.answer end as answer,
      case when r.owner_kind is not null then json_build_object('kind', r.owner_kind, 'id', r.owner_id::text) end as owner,
      (select min(a.account_id) from reply_rule_accounts a where a.rule_id = r.id) as "accountId"
    from reply_rules r where r.id = any(${[...ruleIds]}::bigint[]) order by r.id`.execute(trx)
  for (const { on: live, answer, ...rule } of rows) {
    const refs = (answer?.replies ?? []).flatMap(({ content }) => materialsIn(content))
    await holdMaterials(trx, { kind: 'reply-rule', live, ...rule }, refs)
  }
}
