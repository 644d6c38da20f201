import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { ReplyKind } from '../schema/answer.ts'
import type { ReplyRule } from '../schema/rules.ts'

export type RuleRow = Omit<ReplyRule, 'problems' | 'createdAt' | 'updatedAt' | 'everyMs'> & {
  everyMs: string | null
  createdAt: Date
  updatedAt: Date
}

const COLUMNS = sql`r.id, r.kind, r.name, r.state, r.priority, r.keywords, r.hours, r.answer, r.every_ms as "everyMs",
  case when r.owner_kind is not null then json_build_object('kind', r.owner_kind, 'id', r.owner_id::text) end as owner,
  r.version, r.created_at as "createdAt", r.updated_at as "updatedAt",
  (select coalesce(json_agg(a.account_id::text order by a.account_id), '[]') from reply_rule_accounts a where a.rule_id = r.id)
    as "accountIds"`

const ofAccount = (accountId: string) => sql`r.archived_at is null
  and exists (select from reply_rule_accounts a where a.rule_id = r.id and a.account_id = ${accountId}::bigint)`

export async function findRule(
  db: Executor,
  { accountId, ruleId }: { accountId: string; ruleId: string },
): Promise<RuleRow | undefined> {
  const { rows } = await sql<RuleRow>`select ${COLUMNS} from reply_rules r
    where r.id = ${ruleId}::bigint and ${ofAccount(accountId)}`.execute(db)
  return rows[0]
}

export type RuleFilter = {
  accountId: string
  kind?: ReplyKind | undefined
  q?: string | undefined
  state?: 'on' | 'off' | undefined
}

/** Rules of an account in the order in which they are tried; an account has hundreds at most. */
export async function selectRules(
  db: Executor,
  { accountId, kind, q, state }: RuleFilter,
): Promise<RuleRow[]> {
  const named =
    q === undefined || q === ''
      ? sql`true`
      : sql`(strpos(lower(r.name), lower(${q})) > 0 or exists (
          select from jsonb_array_elements(r.keywords) k where strpos(lower(k ->> 'text'), lower(${q})) > 0))`
  const { rows } = await sql<RuleRow>`select ${COLUMNS} from reply_rules r
    where ${ofAccount(accountId)} and ${kind === undefined ? sql`true` : sql`r.kind = ${kind}`}
      and ${state === undefined ? sql`true` : sql`r.state = ${state}`} and ${named}
    order by r.priority desc, r.id`.execute(db)
  return rows
}

/** The rule that a code or a button is answered by. */
export async function findTarget(
  db: Executor,
  { accountId, kind, target }: { accountId: string; kind: 'scan' | 'menu'; target: string },
): Promise<string | undefined> {
  const { rows } = await sql<{ rule_id: string }>`select rule_id from reply_targets
    where account_id = ${accountId}::bigint and kind = ${kind} and target = ${target}`.execute(db)
  return rows[0]?.rule_id
}

/** Names of rules, archived ones too. */
export async function namesOfRules(db: Executor, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from reply_rules where id = any(${[...ids]}::bigint[])`.execute(db)
  return new Map(rows.map(({ id, name }) => [id, name]))
}
