import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import { type Answer, answerSchema } from '../../auto-replies/schema.ts'
import { type RecallRuleFields, recallRuleFields } from '../schema/rule.ts'
import { holdMaterialsOf } from './uses.ts'

export type RecallRow = RecallRuleFields & {
  id: string
  accountId: string
  state: 'on' | 'off'
  sendId: string | null
  /** Versions of the send, one a reply. */
  replyVersions: number[]
  keywordRuleId: string | null
  /** What that one answers. */
  keywordReply: Answer | null
  version: number
  madeAt: Date
  lookedTo: Date
  onSince: Date | null
  updatedAt: Date
  archivedAt: Date | null
}
export type RecallKey = { accountId: string; ruleId: string }

type Stored = Omit<RecallRow, keyof RecallRuleFields> & { [K in keyof RecallRuleFields]: unknown }

const COLUMNS = sql`r.id, r.account_id as "accountId", r.name, r.state, r.minutes, r.reading, r.include, r.exclude, r.content,
  r.limits, r.send_id as "sendId", r.reply_versions as "replyVersions", r.keyword_rule_id as "keywordRuleId",
  (select k.answer from reply_rules k where k.id = r.keyword_rule_id) as "keywordReply", r.version,
  r.made_at as "madeAt", r.looked_to as "lookedTo", r.on_since as "onSince", r.updated_at as "updatedAt",
  r.archived_at as "archivedAt"`

const rowOf = (stored: Stored): RecallRow => ({
  ...stored,
  ...recallRuleFields.parse(stored),
  keywordReply: stored.keywordReply === null ? null : answerSchema.parse(stored.keywordReply),
})

export async function listRules(db: Executor, accountId: string): Promise<RecallRow[]> {
  const { rows } = await sql<Stored>`select ${COLUMNS} from recall_rules r
    where r.account_id = ${accountId}::bigint and r.archived_at is null order by r.id`.execute(db)
  return rows.map(rowOf)
}

/** Archived ones are found too: what they sent stays on record. */
export async function findRule(
  db: Executor,
  { accountId, ruleId }: RecallKey,
  { lock = false }: { lock?: boolean } = {},
): Promise<RecallRow | undefined> {
  const { rows } = await sql<Stored>`select ${COLUMNS} from recall_rules r
    where r.id = ${ruleId}::bigint and r.account_id = ${accountId}::bigint ${lock ? sql`for update` : sql``}`.execute(
    db,
  )
  return rows[0] && rowOf(rows[0])
}

/** A rule that is on and that nobody else looks after right now, held until the end of the transaction. */
export async function claimRule(db: Executor, ruleId: string): Promise<RecallRow | undefined> {
  const { rows } = await sql<Stored>`${prepare}select ${COLUMNS} from recall_rules r
    where r.id = ${ruleId}::bigint and r.state = 'on' and r.archived_at is null for update skip locked`.execute(
    db,
  )
  return rows[0] && rowOf(rows[0])
}

/** Only one at a time makes rules of an account: how many there are is counted before. */
export const lockRules = (trx: Executor, accountId: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended('recall-rules', ${accountId}::bigint))`.execute(trx)

const fieldsOf = (fields: RecallRuleFields) => ({
  name: fields.name,
  minutes: fields.minutes,
  reading: fields.reading,
  include: JSON.stringify(fields.include),
  exclude: JSON.stringify(fields.exclude),
  content: JSON.stringify(fields.content),
  limits: JSON.stringify(fields.limits),
})

export async function insertRule(
  trx: Executor,
  rule: {
    accountId: string
    fields: RecallRuleFields
    on: boolean
    madeAt: Date
    now: Date
    by: string | null
  },
): Promise<string> {
  const { id } = await trx
    .insertInto('recall_rules')
    .values({
      account_id: rule.accountId,
      ...fieldsOf(rule.fields),
      state: rule.on ? 'on' : 'off',
      made_at: rule.madeAt,
      looked_to: new Date(rule.madeAt.getTime() - 1),
      on_since: rule.on ? rule.now : null,
      created_by: rule.by,
      created_at: rule.now,
      updated_at: rule.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await holdMaterialsOf(trx, id)
  return id
}

export type RuleChanges = {
  fields?: RecallRuleFields
  version?: number
  state?: 'on' | 'off'
  onSince?: Date | null
  lookedTo?: Date
  sendId?: string
  replyVersions?: number[]
  keywordRuleId?: string | null
  archivedAt?: Date
}

export async function changeRule(
  trx: Executor,
  ruleId: string,
  now: Date,
  changes: RuleChanges,
): Promise<void> {
  await trx
    .updateTable('recall_rules')
    .set({
      ...(changes.fields && fieldsOf(changes.fields)),
      ...(changes.version !== undefined && { version: changes.version }),
      ...(changes.state !== undefined && { state: changes.state }),
      ...(changes.onSince !== undefined && { on_since: changes.onSince }),
      ...(changes.lookedTo !== undefined && { looked_to: changes.lookedTo }),
      ...(changes.sendId !== undefined && { send_id: changes.sendId }),
      ...(changes.replyVersions !== undefined && { reply_versions: changes.replyVersions }),
      ...(changes.keywordRuleId !== undefined && { keyword_rule_id: changes.keywordRuleId }),
      ...(changes.archivedAt !== undefined && { archived_at: changes.archivedAt }),
      updated_at: now,
    })
    .where('id', '=', ruleId)
    .execute()
  if (changes.fields ?? changes.state ?? changes.archivedAt) await holdMaterialsOf(trx, ruleId)
}

export async function insertVersion(
  trx: Executor,
  {
    ruleId,
    version,
    fields,
    by,
    now,
  }: {
    ruleId: string
    version: number
    fields: RecallRuleFields
    by: string | null
    now: Date
  },
): Promise<void> {
  await trx
    .insertInto('recall_versions')
    .values({ rule_id: ruleId, version, rule: JSON.stringify(fields), changed_by: by, changed_at: now })
    .execute()
}

const MOST_VERSIONS = 100

export async function listVersions(db: Executor, ruleId: string) {
  const { rows } = await sql<{ version: number; rule: unknown; changedBy: string | null; changedAt: Date }>`
    select v.version, v.rule, o.name as "changedBy", v.changed_at as "changedAt"
    from recall_versions v left join operators o on o.id = v.changed_by
    where v.rule_id = ${ruleId}::bigint order by v.version desc limit ${MOST_VERSIONS}`.execute(db)
  return rows.map((row) => ({ ...row, rule: recallRuleFields.parse(row.rule) }))
}
