import { sql } from 'kysely'
import { z } from 'zod'
import type { Executor } from '../../../infra/transaction.ts'
import { keepSent } from '../../contents/index.ts'
import type { Content } from '../schema.ts'
import type { FrozenContent } from '../store/groups.ts'

type Row = { accountId: string; frozen: FrozenContent; content: Content | null; urls: unknown }
const told = z.array(z.object({ articleIndex: z.number().int(), url: z.string() })).catch([])

/** Keeps the articles of a delivered batch under 历史. Those of a rest are its variant's. */
export async function keepArticlesOf(trx: Executor, batchId: string, at: Date): Promise<void> {
  const { rows } = await sql<Row>`
    select a.account_id as "accountId", a.frozen_content as frozen, coalesce(a.content, v.content) as content,
      t.detail -> 'urls' as urls
    from broadcast_batches t join broadcast_arms a on a.broadcast_id = t.broadcast_id and a.number = t.arm
      left join broadcast_arms v on v.broadcast_id = a.broadcast_id and v.number = a.chosen_arm
    where t.id = ${batchId}::bigint and a.frozen_content ->> 'kind' = 'articles'`.execute(trx)
  for (const { accountId, frozen, content, urls } of rows) {
    if (frozen.kind !== 'articles') continue
    const choices = content?.kind === 'articles' ? content.articles : []
    await keepSent(trx, { accountId, articles: frozen.articles, choices, urls: told.parse(urls), at })
  }
}
