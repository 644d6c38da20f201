import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { resolveReplies } from '../resolve.ts'
import { versionOfContent } from '../send.ts'
import {
  bumpRevisions,
  insertReplyVersion,
  insertRule,
  type RuleFields,
  setAccounts,
  updateRule,
} from '../store/rules.ts'
import { holdMaterialsOf } from '../store/uses.ts'
import { checkRule } from './check.ts'

/**
 * Makes a rule, or a new version of one, with the answer as each of its accounts gives it. The accounts it had before are told
 * as well. Undefined where the rule to change isn't there any more.
 */
export async function writeRule(
  ctx: Ctx,
  trx: Executor,
  rule: RuleFields & { ruleId: string | null; accountIds: readonly string[]; formerly?: readonly string[] },
): Promise<{ ruleId: string; version: number } | undefined> {
  const now = ctx.clock.now()
  await bumpRevisions(trx, [...rule.accountIds, ...(rule.formerly ?? [])])
  await checkRule(trx, rule)
  const by = ctx.actor.kind === 'system' ? null : ctx.actor.id
  const version = rule.ruleId === null ? 1 : await updateRule(trx, rule.ruleId, { ...rule, now })
  if (version === undefined) return undefined
  const ruleId = rule.ruleId ?? (await insertRule(trx, { ...rule, by, now }))
  await setAccounts(trx, ruleId, rule.accountIds)
  for (const accountId of rule.accountIds) {
    const replies = []
    for (const reply of await resolveReplies(ctx, trx, accountId, rule.answer))
      replies.push({ ...reply, sendVersion: await versionOfContent(ctx, trx, accountId, reply.content) })
    await insertReplyVersion(trx, { ruleId, accountId, version, answer: { ...rule.answer, replies }, now })
  }
  await holdMaterialsOf(trx, [ruleId])
  return { ruleId, version }
}
