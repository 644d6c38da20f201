import type { Pool } from 'pg'
import { createDb } from '../../../infra/transaction.ts'
import { goneAmong, type MaterialRef } from '../../contents/index.ts'
import { materialsIn } from '../../messages/index.ts'
import type { MessageContent } from '../../messages/schema.ts'
import type { ResolvedAnswer } from '../resolve.ts'
import type { ActiveHours, Keyword, ReplyKind } from '../schema.ts'

export type LiveRow = {
  accountId: string
  id: string
  kind: ReplyKind
  priority: number
  keywords: Keyword[]
  hours: ActiveHours
  everyMs: string | null
  version: number
  answer: ResolvedAnswer
  /** What each of its replies names. */
  materials: MaterialRef[][]
}
export type TargetRow = { kind: 'scan' | 'menu'; target: string; ruleId: string }
/** Read at a time: what is read and kept of them takes the event loop for a few milliseconds at most. */
const TARGETS_AT_ONCE = 2_000

/** How often the rules of each account have changed. */
export async function readRevisions(pool: Pool): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ account_id: string; n: string }>(
    'select account_id, n from reply_revisions',
  )
  return new Map(rows.map((row) => [row.account_id, row.n]))
}

/** What these accounts answer by, and how they are called. */
export async function readLive(
  pool: Pool,
  accountIds: readonly string[],
): Promise<{
  rules: LiveRow[]
  names: Map<string, string>
  gone: Map<string, Set<string>>
}> {
  const ids = [accountIds]
  const read = await pool.query<Omit<LiveRow, 'materials'> & { contents: MessageContent[] }>(
    `select a.account_id as "accountId", r.id, r.kind, r.priority, r.keywords, r.hours, r.every_ms as "everyMs", r.version,
       v.answer, jsonb_path_query_array(r.answer, '$.replies[*].content') as contents
     from reply_rule_accounts a join reply_rules r on r.id = a.rule_id
     join reply_versions v on v.rule_id = r.id and v.account_id = a.account_id and v.version = r.version
     where a.account_id = any($1::bigint[]) and r.state = 'on' and r.archived_at is null`,
    ids,
  )
  // as it was entered: versions of before there were materials say nothing of them
  const rules = read.rows.map(({ contents, ...row }) => ({ ...row, materials: contents.map(materialsIn) }))
  const names = await pool.query<{ id: string; name: string }>(
    'select id, name from accounts where id = any($1::bigint[])',
    ids,
  )
  const db = createDb(pool)
  const gone = new Map<string, Set<string>>()
  for (const [accountId, own] of Map.groupBy(rules, (row) => row.accountId)) {
    const named = own.flatMap(({ materials }) => materials.flat())
    gone.set(accountId, await goneAmong(db, accountId, named))
  }
  return {
    rules,
    names: new Map(names.rows.map(({ id, name }) => [id, name])),
    gone,
  }
}

/** What codes and buttons of an account are answered by, in pieces: an account has a hundred thousand codes. */
export async function* readTargets(pool: Pool, accountId: string): AsyncGenerator<TargetRow[]> {
  let after: Pick<TargetRow, 'kind' | 'target'> | undefined
  do {
    const { rows } = await pool.query<TargetRow>(
      `select kind, target, rule_id as "ruleId" from reply_targets
       where account_id = $1 and (kind, target) > ($2, $3) order by kind, target limit ${TARGETS_AT_ONCE}`,
      [accountId, after?.kind ?? '', after?.target ?? ''],
    )
    yield rows
    after = rows.length < TARGETS_AT_ONCE ? undefined : rows.at(-1)
  } while (after !== undefined)
}

/** An answer as it was given under a version, and what the account is called. */
export async function readVersion(
  pool: Pool,
  { ruleId, accountId, version }: { ruleId: string; accountId: string; version: number },
): Promise<{ answer: ResolvedAnswer; accountName: string } | undefined> {
  const { rows } = await pool.query<{ answer: ResolvedAnswer; accountName: string }>(
    `select v.answer, a.name as "accountName" from reply_versions v join accounts a on a.id = v.account_id
     where v.rule_id = $1 and v.account_id = $2 and v.version = $3`,
    [ruleId, accountId, version],
  )
  return rows[0]
}
