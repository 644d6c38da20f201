import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { type CampaignState, listCallable } from '../campaigns/index.ts'
import { goneAmong, keyOfMaterial } from '../contents/index.ts'
import { checkContent, materialsIn } from '../messages/index.ts'
import type { MessageContent } from '../messages/schema.ts'
import { listLinkedAppIds } from '../mini-programs/index.ts'
import { slowRules } from './compiled.ts'
import { createShadows } from './rules/shadow.ts'
import type { AnswerProblem } from './schema.ts'
import { type RuleRow, selectRules } from './store/reads.ts'

const LIVE: readonly CampaignState[] = ['scheduled', 'preparing', 'running', 'paused']

/** What is wrong with answers as things stand now: a few queries, whatever the number of rules. */
export async function problemsOf(
  ctx: Ctx,
  accountId: string,
  rules: readonly RuleRow[],
): Promise<Map<string, AnswerProblem[]>> {
  if (rules.length === 0) return new Map()
  const facts = await factsOf(ctx, ctx.db, accountId, rules)
  return new Map(rules.map((rule) => [rule.id, problemsIn(rule, facts)]))
}

type Facts = {
  gone: ReadonlySet<string>
  linkedAppIds: readonly string[]
  callable: ReadonlyMap<string, CampaignState>
  slow: ReadonlyMap<string, number>
  shadowOf: (rule: RuleRow) => RuleRow | undefined
}

async function factsOf(ctx: Ctx, db: Executor, accountId: string, rules: readonly RuleRow[]): Promise<Facts> {
  const named = rules.flatMap(({ answer }) => answer.replies.flatMap(({ content }) => materialsIn(content)))
  const called = rules.some(({ answer }) => answer.effects.campaignId !== null)
  const callable = called ? await listCallable(db, accountId) : []
  return {
    gone: await goneAmong(db, accountId, named),
    linkedAppIds: await listLinkedAppIds(ctx, accountId),
    callable: new Map(callable.map(({ id, state }) => [id, state])),
    slow: slowRules(ctx, accountId),
    shadowOf: createShadows(await selectRules(db, { accountId, state: 'on' })),
  }
}

function problemsIn(asked: RuleRow, facts: Facts): AnswerProblem[] {
  const { id: rule, answer } = asked
  const problems = answer.replies.flatMap(({ content }, reply) => replyProblems(rule, reply, content, facts))
  const { campaignId } = answer.effects
  const state = campaignId === null ? undefined : facts.callable.get(campaignId)
  if (campaignId !== null && (state === undefined || !LIVE.includes(state)))
    problems.push({ rule, reply: null, reason: 'campaign_not_live', detail: { campaignId } })
  const times = facts.slow.get(rule)
  if (times !== undefined) problems.push({ rule, reply: null, reason: 'regex_slow', detail: { times } })
  const shadow = asked.state === 'off' ? undefined : facts.shadowOf(asked)
  if (shadow !== undefined)
    problems.push({ rule, reply: null, reason: 'shadowed', detail: { by: shadow.id, name: shadow.name } })
  return problems
}

function replyProblems(rule: string, reply: number, content: MessageContent, facts: Facts): AnswerProblem[] {
  const gone = materialsIn(content).filter((one) => facts.gone.has(keyOfMaterial(one)))
  if (gone.length > 0) return [{ rule, reply, reason: 'material_gone', detail: { materials: gone } }]
  const wrong = checkContent(content, { linkedAppIds: facts.linkedAppIds, hasEvent: true })
  if (wrong.length === 0) return []
  return [{ rule, reply, reason: 'not_resolvable', detail: { problems: wrong } }]
}
