import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { notifyOnCommit } from '../../../infra/wake.ts'
import type { ResolvedAnswer } from '../resolve.ts'
import type { ActiveHours, Answer, Keyword, ReplyKind } from '../schema.ts'
import { holdMaterialsOf } from './uses.ts'

/** Says that the rules of some account changed. */
export const REPLIES_TOPIC = 'auto-replies'

export type RuleOwner = { kind: 'recall' | 'qr-code' | 'menu'; id: string }
export type RuleFields = {
  kind: ReplyKind
  name: string
  priority: number
  keywords: readonly Keyword[]
  hours: ActiveHours
  answer: Answer
  everyMs: number | null
  owner: RuleOwner | null
}

/**
 * Held by every change of an account's rules until it commits, before anything else is locked; what other processes compare. In
 * the order of the accounts' ids.
 */
export async function bumpRevisions(trx: Executor, accountIds: readonly string[]): Promise<void> {
  const ids = [...new Set(accountIds)].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
  if (ids.length === 0) return
  await sql`insert into reply_revisions as r (account_id, n) select i, 1 from unnest(${ids}::bigint[]) as i order by i
    on conflict (account_id) do update set n = r.n + 1`.execute(trx)
  await notifyOnCommit(trx, REPLIES_TOPIC)
}

const columnsOf = ({
  name,
  priority,
  keywords,
  hours,
  answer,
  everyMs,
}: Omit<RuleFields, 'owner' | 'kind'>) => ({
  name,
  priority,
  keywords: JSON.stringify(keywords),
  hours: JSON.stringify(hours),
  answer: JSON.stringify(answer),
  every_ms: everyMs,
})

export async function insertRule(
  trx: Executor,
  rule: RuleFields & { by: string | null; now: Date },
): Promise<string> {
  const row = await trx
    .insertInto('reply_rules')
    .values({
      ...columnsOf(rule),
      kind: rule.kind,
      owner_kind: rule.owner?.kind ?? null,
      owner_id: rule.owner?.id ?? null,
      created_by: rule.by,
      created_at: rule.now,
      updated_at: rule.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** The new version of a rule that is there; undefined where it isn't. */
export async function updateRule(
  trx: Executor,
  ruleId: string,
  rule: Omit<RuleFields, 'owner' | 'kind'> & { now: Date },
): Promise<number | undefined> {
  const row = await trx
    .updateTable('reply_rules')
    .set((eb) => ({
      ...columnsOf(rule),
      version: eb('version', '+', 1),
      updated_at: rule.now,
    }))
    .where('id', '=', ruleId)
    .where('archived_at', 'is', null)
    .returning('version')
    .executeTakeFirst()
  return row?.version
}

/** Takes rules out for good, and sets free what they were the answer to. */
export async function archiveRules(trx: Executor, ruleIds: readonly string[], now: Date): Promise<void> {
  await sql`update reply_rules set archived_at = ${now} where id = any(${[...ruleIds]}::bigint[]) and archived_at is null`.execute(
    trx,
  )
  await sql`delete from reply_targets where rule_id = any(${[...ruleIds]}::bigint[])`.execute(trx)
  await holdMaterialsOf(trx, ruleIds)
}

export async function setAccounts(
  trx: Executor,
  ruleId: string,
  accountIds: readonly string[],
): Promise<void> {
  await sql`delete from reply_rule_accounts where rule_id = ${ruleId}::bigint
    and account_id <> all(${[...accountIds]}::bigint[])`.execute(trx)
  await sql`insert into reply_rule_accounts (rule_id, account_id) select ${ruleId}::bigint, unnest(${[...accountIds]}::bigint[])
    on conflict do nothing`.execute(trx)
}

export async function insertReplyVersion(
  trx: Executor,
  of: { ruleId: string; accountId: string; version: number; answer: ResolvedAnswer; now: Date },
): Promise<void> {
  await trx
    .insertInto('reply_versions')
    .values({
      rule_id: of.ruleId,
      account_id: of.accountId,
      version: of.version,
      answer: JSON.stringify(of.answer),
      created_at: of.now,
    })
    .execute()
}

/** What codes or buttons a rule answers; one that another rule had is this one's from now on. */
export async function insertTargets(
  trx: Executor,
  of: { ruleId: string; accountId: string; kind: 'scan' | 'menu'; targets: readonly string[] },
): Promise<void> {
  const targets = [...new Set(of.targets)].sort()
  await sql`insert into reply_targets (account_id, kind, target, rule_id)
    select ${of.accountId}::bigint, ${of.kind}, t, ${of.ruleId}::bigint from unnest(${targets}::text[]) as t order by t
    on conflict (account_id, kind, target) do update set rule_id = excluded.rule_id`.execute(trx)
}

/** A rule answers these codes or buttons and no others. */
export async function setTargets(trx: Executor, of: Parameters<typeof insertTargets>[1]): Promise<void> {
  await sql`delete from reply_targets where rule_id = ${of.ruleId}::bigint
    and (account_id <> ${of.accountId}::bigint or kind <> ${of.kind} or target <> all(${[...of.targets]}::text[]))`.execute(
    trx,
  )
  await insertTargets(trx, of)
}

/** Live rules of an owner; with targets, only those that answer one of them. */
export async function ownedRules(
  trx: Executor,
  owner: RuleOwner,
  { kind, targets }: { kind: ReplyKind; targets: readonly string[] | null },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from reply_rules r
    where owner_kind = ${owner.kind} and owner_id = ${owner.id}::bigint and kind = ${kind} and archived_at is null
      and (${targets === null}::boolean or exists (
        select from reply_targets t where t.rule_id = r.id and t.kind = r.kind and t.target = any(${targets ?? []}::text[])))
    order by id for update`.execute(trx)
  return rows.map(({ id }) => id)
}

/** Live rules of an owner are called as it is. */
export async function renameOwned(trx: Executor, owner: RuleOwner, name: string): Promise<void> {
  const { rows } = await sql<{ id: string }>`update reply_rules set name = ${name}
    where owner_kind = ${owner.kind} and owner_id = ${owner.id}::bigint and archived_at is null and name <> ${name}
    returning id`.execute(trx)
  await holdMaterialsOf(
    trx,
    rows.map(({ id }) => id),
  )
}

/** False where it was so already. */
export async function setState(
  trx: Executor,
  ruleId: string,
  state: 'on' | 'off',
  now: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`update reply_rules set state = ${state}, updated_at = ${now}
    where id = ${ruleId}::bigint and state <> ${state}`.execute(trx)
  await holdMaterialsOf(trx, [ruleId])
  return numAffectedRows === 1n
}

export async function setPriorities(
  trx: Executor,
  rules: readonly { id: string; priority: number }[],
): Promise<void> {
  await sql`update reply_rules r set priority = u.priority
    from unnest(${rules.map(({ id }) => id)}::bigint[], ${rules.map(({ priority }) => priority)}::smallint[]) as u (id, priority)
    where r.id = u.id`.execute(trx)
}
