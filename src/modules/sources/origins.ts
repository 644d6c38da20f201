import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'

/** Pages that a public source of the account, or of none, is used on: their origins, `*` apart. */
export async function listTrackedOrigins(db: Executor, accountId: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{
    origin: string
  }>`select distinct origin from sources, unnest(allowed_origins) as origin
    where kind = 'public' and state = 'active' and origin <> '*'
      and (account_id is null or account_id = ${accountId})`.execute(db)
  return new Set(rows.map(({ origin }) => origin))
}
