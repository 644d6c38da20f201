import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid, notFound } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { replyRulesChanged, saveOwnedRule } from '../../auto-replies/index.ts'
import type { Answer } from '../../auto-replies/schema.ts'
import { requireSound } from '../../segments/index.ts'
import { makeSend, reviseReplies } from '../content.ts'
import { readRule } from '../present.ts'
import { audienceOf, degenerate, isInRange } from '../rules/index.ts'
import { MAX_MINUTES, MAX_RULES, MIN_MINUTES, type RecallRuleFields } from '../schema/rule.ts'
import type { RecallRule } from '../schema/views.ts'
import * as store from '../store/rules.ts'
import { RECALLS_TOPIC } from '../turns.ts'

type Input = RecallRuleFields & {
  acceptDegenerate: boolean
  /** What the phrase of a default reply is answered with; null: no rule of its own. */
  keywordReply: Answer | null
}

export const operatorOf = ({ actor }: Ctx): string | null => (actor.kind === 'system' ? null : actor.id)
export const subjectOf = (ruleId: string) => ({ kind: 'recall-rule', id: ruleId })

/** How many rules an account may have. */
export const limitOf = ({ config }: Ctx): number => Math.min(config.recallRules ?? MAX_RULES, MAX_RULES)

/** C1: makes a rule. Silences that began in this second or later count. */
export async function createRule(
  ctx: Ctx,
  accountId: string,
  { on, ...input }: Input & { on: boolean },
): Promise<RecallRule> {
  await getAccount(ctx, accountId)
  const fields = await checked(ctx, accountId, input)
  const ruleId = await inTransaction(ctx.db, async (trx) => {
    await requireRoom(ctx, trx, accountId)
    const now = ctx.clock.now()
    const madeAt = new Date(Math.floor(now.getTime() / 1_000) * 1_000)
    const by = operatorOf(ctx)
    const id = await store.insertRule(trx, { accountId, fields, on, madeAt, now, by })
    const keywordRuleId = await saveKeyword(ctx, trx, { accountId, ruleId: id, before: null, input })
    const send = await makeSend(ctx, trx, { accountId, ruleId: id, fields, on })
    await store.changeRule(trx, id, now, { ...send, keywordRuleId })
    await store.insertVersion(trx, { ruleId: id, version: 1, fields, by, now })
    await audit(ctx, trx, {
      action: 'recall_rule.created',
      accountId,
      subject: subjectOf(id),
      detail: { ...summaryOf(fields), on },
    })
    return id
  })
  await changed(ctx, accountId)
  return readRule(ctx, { accountId, ruleId })
}

/**
 * C6: changes a rule. Its place among the silences stays: an earlier time makes the moments between come at once, a later one lets
 * everybody wait longer, and nobody is counted anew.
 */
export async function updateRule(
  ctx: Ctx,
  key: store.RecallKey,
  { version, ...input }: Input & { version: number },
): Promise<RecallRule> {
  await getAccount(ctx, key.accountId)
  const fields = await checked(ctx, key.accountId, input)
  await inTransaction(ctx.db, async (trx) => {
    const before = await existing(trx, key)
    // the account's keyword rules are held before the rule, as everybody does
    const keywordRuleId = await saveKeyword(ctx, trx, { ...key, before: before.keywordRuleId, input })
    const current = await existing(trx, key, { lock: true })
    if (current.version !== version)
      throw conflict('changed_meanwhile', 'someone else changed it meanwhile', { version: current.version })
    const now = ctx.clock.now()
    const by = operatorOf(ctx)
    const send =
      current.sendId === null
        ? await makeSend(ctx, trx, { ...key, fields, on: current.state === 'on' })
        : sameMessages(current, fields)
          ? {}
          : {
              replyVersions: await reviseReplies(ctx, trx, current.sendId, {
                ...key,
                fields,
                before: current.replyVersions,
              }),
            }
    await store.changeRule(trx, current.id, now, { fields, version: version + 1, keywordRuleId, ...send })
    await store.insertVersion(trx, { ruleId: current.id, version: version + 1, fields, by, now })
    await audit(ctx, trx, {
      action: 'recall_rule.updated',
      accountId: key.accountId,
      subject: subjectOf(current.id),
      detail: { before: summaryOf(current), after: summaryOf(fields) },
    })
  })
  await changed(ctx, key.accountId)
  return readRule(ctx, key)
}

export async function existing(
  trx: Executor,
  key: store.RecallKey,
  options: { lock?: boolean } = {},
): Promise<store.RecallRow> {
  const row = await store.findRule(trx, key, options)
  if (row === undefined || row.archivedAt !== null) throw notFound('recall rule')
  return row
}

async function checked(ctx: Ctx, accountId: string, input: Input): Promise<RecallRuleFields> {
  const { acceptDegenerate, keywordReply: _, ...fields } = input
  if (!isInRange(fields))
    throw invalid('minutes_out_of_range', 'the time is out of its range', {
      from: MIN_MINUTES,
      to: MAX_MINUTES,
    })
  const end = degenerate(fields)
  if (end !== null && !acceptDegenerate)
    throw invalid('recall_degenerate', 'at this end of the range the rule makes no sense', { why: end })
  const audience = audienceOf(fields)
  if (audience !== null) await requireSound(ctx, audience, accountId)
  return fields
}

async function requireRoom(ctx: Ctx, trx: Executor, accountId: string): Promise<void> {
  await store.lockRules(trx, accountId)
  const limit = limitOf(ctx)
  if ((await store.listRules(trx, accountId)).length >= limit)
    throw conflict('recall_limit', 'there may be no more rules', { limit })
}

type Keyword = { accountId: string; ruleId: string; before: string | null; input: Input }

/** C4: the keyword reply to what a tap on the phrase says, made and changed with the rule. */
async function saveKeyword(
  ctx: Ctx,
  trx: Executor,
  { accountId, ruleId, before, input }: Keyword,
): Promise<string | null> {
  const { content, name, keywordReply } = input
  const wanted = content.kind === 'default' ? keywordReply : null
  if (wanted === null && before === null) return null
  const saved = await saveOwnedRule(ctx, trx, {
    owner: { kind: 'recall', id: ruleId },
    kind: 'keyword',
    accountId,
    name,
    answer: wanted,
    keywords:
      content.kind === 'default' ? [{ text: content.says, match: 'exact', caseSensitive: false }] : [],
    ruleId: before,
  })
  return saved.ruleId
}

const sameMessages = (a: RecallRuleFields, b: RecallRuleFields): boolean =>
  [a.content, a.limits, a.include, a.exclude].every(
    (part, index) =>
      JSON.stringify(part) === JSON.stringify([b.content, b.limits, b.include, b.exclude][index]),
  )

/** What the trail keeps: the words of a message are in the rule's versions. */
const summaryOf = ({ name, minutes, reading, include, exclude, content }: RecallRuleFields) => ({
  name,
  minutes,
  reading,
  include: include.length,
  exclude: exclude.length,
  content: content.kind,
})

export async function changed(ctx: Ctx, accountId: string): Promise<void> {
  await ctx.wake.notify(RECALLS_TOPIC)
  await replyRulesChanged(ctx, [accountId])
}
