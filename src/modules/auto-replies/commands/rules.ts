import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict, forbidden, invalid, notFound } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { scopeOf } from '../../contacts/index.ts'
import { replyRulesChanged } from '../changed.ts'
import { presentRule } from '../reads.ts'
import type { ReplyRule, RuleInput } from '../schema.ts'
import { findRule, type RuleRow } from '../store/reads.ts'
import { archiveRules, bumpRevisions, setPriorities, setState } from '../store/rules.ts'
import { writeRule } from './save.ts'

type Of = { accountId: string; ruleId: string }

/** Makes a rule. It answers from here on: in this process before the call returns, in others once they hear of it. */
export async function createRule(ctx: Ctx, accountId: string, input: RuleInput): Promise<{ id: string }> {
  const accountIds = await scopedAccounts(ctx, accountId, input)
  const id = await inTransaction(ctx.db, async (trx) => {
    const written = await writeRule(ctx, trx, { ...fieldsOf(input), ruleId: null, owner: null, accountIds })
    if (written === undefined) throw notFound('reply rule')
    await note(ctx, trx, 'created', { accountId, ruleId: written.ruleId, detail: { name: input.name } })
    return written.ruleId
  })
  await replyRulesChanged(ctx, accountIds)
  return { id }
}

/** A new version of a rule, for what comes from now on. */
export async function updateRule(ctx: Ctx, of: Of, input: RuleInput): Promise<ReplyRule> {
  const accountIds = await scopedAccounts(ctx, of.accountId, input)
  await inTransaction(ctx.db, async (trx) => {
    const before = await editable(ctx, trx, of)
    if (before.kind !== input.kind)
      throw invalid('reply_kind_fixed', 'a rule stays of the kind it was made as')
    const written = await writeRule(ctx, trx, {
      ...fieldsOf(input),
      ruleId: of.ruleId,
      owner: null,
      accountIds,
      formerly: before.accountIds,
    })
    if (written === undefined) throw notFound('reply rule')
    await note(ctx, trx, 'updated', { ...of, detail: { name: input.name, version: written.version } })
  })
  await replyRulesChanged(ctx, accountIds)
  return readRule(ctx, of)
}

/** Takes a rule out for good; what it did stays in the figures. */
export async function deleteRule(ctx: Ctx, of: Of): Promise<void> {
  const before = await inTransaction(ctx.db, async (trx) => {
    const rule = await editable(ctx, trx, of)
    await bumpRevisions(trx, rule.accountIds)
    await archiveRules(trx, [of.ruleId], ctx.clock.now())
    await note(ctx, trx, 'deleted', { ...of, detail: { name: rule.name } })
    return rule
  })
  await replyRulesChanged(ctx, before.accountIds)
}

/** Switches a rule on or off; a rule of a code or a button too. */
export async function switchRule(ctx: Ctx, of: Of, on: boolean): Promise<ReplyRule> {
  const before = await inTransaction(ctx.db, async (trx) => {
    const rule = await within(ctx, trx, of)
    await bumpRevisions(trx, rule.accountIds)
    if (await setState(trx, of.ruleId, on ? 'on' : 'off', ctx.clock.now()))
      await note(ctx, trx, on ? 'on' : 'off', { ...of, detail: { name: rule.name } })
    return rule
  })
  await replyRulesChanged(ctx, before.accountIds)
  return readRule(ctx, of)
}

/** Priorities that bring rules into this order; those left out keep theirs. */
export async function orderRules(ctx: Ctx, accountId: string, ids: readonly string[]): Promise<void> {
  const wanted = [...new Set(ids)]
  const first = Math.min(HIGHEST, wanted.length - 1)
  const accountIds = await inTransaction(ctx.db, async (trx) => {
    const rules = []
    for (const ruleId of wanted) rules.push(await within(ctx, trx, { accountId, ruleId }))
    const all = rules.flatMap((rule) => rule.accountIds)
    await bumpRevisions(trx, all)
    await setPriorities(
      trx,
      wanted.map((id, index) => ({ id, priority: first - index })),
    )
    await audit(ctx, trx, { action: 'reply_rule.ordered', accountId, detail: { rules: wanted } })
    return all
  })
  await replyRulesChanged(ctx, accountIds)
}
const HIGHEST = 100

export async function readRule(ctx: Ctx, of: Of): Promise<ReplyRule> {
  const rule = await findRule(ctx.db, of)
  if (rule === undefined) throw notFound('reply rule')
  return presentRule(ctx, of.accountId, rule)
}

const fieldsOf = (input: RuleInput) => ({
  kind: input.kind,
  name: input.name,
  priority: input.priority,
  hours: input.hours,
  answer: input.answer,
  keywords: input.kind === 'keyword' ? input.keywords : [],
  everyMs: input.kind === 'default' ? input.everyMs : null,
})

/** The accounts of a rule, each of which the caller may change. */
async function scopedAccounts(ctx: Ctx, accountId: string, input: RuleInput): Promise<string[]> {
  const accountIds = [...new Set(input.accountIds ?? [accountId])]
  if (!accountIds.includes(accountId))
    throw invalid('reply_account_missing', 'the rule is not one of this account')
  mayChange(ctx, accountIds)
  for (const id of accountIds) await getAccount(ctx, id)
  return accountIds
}

function mayChange(ctx: Ctx, accountIds: readonly string[]): void {
  const scope = scopeOf(ctx)
  if (scope !== null && accountIds.some((id) => !scope.includes(id)))
    throw forbidden('account_not_allowed', 'the rule also answers for an account that is not among yours')
}

async function within(ctx: Ctx, trx: Executor, of: Of): Promise<RuleRow> {
  const rule = await findRule(trx, of)
  if (rule === undefined) throw notFound('reply rule')
  mayChange(ctx, rule.accountIds)
  return rule
}

async function editable(ctx: Ctx, trx: Executor, of: Of): Promise<RuleRow> {
  const rule = await within(ctx, trx, of)
  if (rule.owner !== null)
    throw conflict('reply_rule_owned', 'this rule is edited where it was made', { owner: rule.owner })
  return rule
}

const note = (
  ctx: Ctx,
  trx: Executor,
  verb: string,
  { accountId, ruleId, detail }: Of & { detail: Record<string, unknown> },
): Promise<void> =>
  audit(ctx, trx, {
    action: `reply_rule.${verb}`,
    accountId,
    subject: { kind: 'reply-rule', id: ruleId },
    detail,
  })
