import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { expectFigures } from '../../article-figures/index.ts'

/**
 * Has the articles of a delivered batch counted. Near midnight WeChat may file them under the day on which the job was accepted
 * or the day on which it ended: both are read.
 */
export async function expectFiguresOf(trx: Executor, batchId: string): Promise<void> {
  const { rows } = await sql<{ accountId: string; acceptedAt: Date | null; finishedAt: Date | null }>`
    select t.account_id as "accountId", t.accepted_at as "acceptedAt", t.finished_at as "finishedAt"
    from broadcast_batches t join broadcast_arms b on b.broadcast_id = t.broadcast_id and b.number = t.arm
    where t.id = ${batchId}::bigint and t.msg_data_id is not null and b.frozen_content ->> 'kind' = 'articles'`.execute(
    trx,
  )
  for (const { accountId, acceptedAt, finishedAt } of rows)
    await expectFigures(trx, {
      accountId,
      at: [acceptedAt, finishedAt].filter((at) => at !== null),
    })
}
