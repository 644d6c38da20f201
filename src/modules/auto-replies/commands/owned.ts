import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { notFound } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import type { Answer, Keyword } from '../schema.ts'
import {
  archiveRules,
  bumpRevisions,
  insertTargets,
  ownedRules,
  type RuleOwner,
  setTargets,
} from '../store/rules.ts'
import { writeRule } from './save.ts'

export type OwnedRule = {
  owner: RuleOwner
  kind: 'keyword' | 'scan' | 'menu'
  accountId: string
  name: string
  /** Null: there is no answer any more. */
  answer: Answer | null
  keywords?: Keyword[]
  /** Codes or buttons it answers, and no others. */
  targets?: string[]
  /** The rule to change; left out, the owner's one of this kind, of several the one that answers one of `targets`. */
  ruleId?: string | null
}

/**
 * Makes, changes or archives a rule that is edited on another page (a recall's, a code's, a button's), in the transaction of
 * that change and with its entry in the trail. Call `replyRulesChanged` after the commit.
 */
export async function saveOwnedRule(
  ctx: Ctx,
  trx: Executor,
  rule: OwnedRule,
): Promise<{ ruleId: string | null }> {
  const { owner, kind, accountId, answer, targets } = rule
  await bumpRevisions(trx, [accountId])
  const found =
    rule.ruleId != null ? [rule.ruleId] : await ownedRules(trx, owner, { kind, targets: targets ?? null })
  const detail = { name: rule.name, kind, owner }
  if (answer === null) {
    await archiveRules(trx, found, ctx.clock.now())
    for (const id of found)
      await audit(ctx, trx, {
        action: 'reply_rule.deleted',
        accountId,
        subject: { kind: 'reply-rule', id },
        detail,
      })
    return { ruleId: null }
  }
  const written = await writeRule(ctx, trx, {
    ruleId: found[0] ?? null,
    kind,
    name: rule.name,
    priority: 0,
    keywords: rule.keywords ?? [],
    hours: [],
    answer,
    everyMs: null,
    owner,
    accountIds: [accountId],
  })
  if (written === undefined) throw notFound('reply rule')
  const { ruleId, version } = written
  if (kind !== 'keyword' && targets !== undefined) await setTargets(trx, { ruleId, accountId, kind, targets })
  await audit(ctx, trx, {
    action: version === 1 ? 'reply_rule.created' : 'reply_rule.updated',
    accountId,
    subject: { kind: 'reply-rule', id: ruleId },
    detail: { ...detail, version },
  })
  return { ruleId }
}

/** Further codes or buttons that a rule answers. Call `replyRulesChanged` after the commit. */
export async function addTargets(
  _ctx: Ctx,
  trx: Executor,
  ruleId: string,
  accountId: string,
  kind: 'scan' | 'menu',
  targets: readonly string[],
): Promise<void> {
  await bumpRevisions(trx, [accountId])
  await insertTargets(trx, { ruleId, accountId, kind, targets })
}
