import type { Ctx } from '../../../context.ts'
import { scopeOf } from '../../contacts/index.ts'
import { walk } from '../compiler/index.ts'
import type { Estimate, SamplePerson } from '../schema/ask.ts'
import { isGroup, type Rule } from '../schema/rule.ts'
import { and, type Bits, or, pick, size, without } from './bits.ts'
import { requireSound } from './check.ts'
import { type Answers, answerAll } from './leaves.ts'
import type { Asked } from './people.ts'
import { nodeAt, readingOrder } from './places.ts'
import { selectPeople } from './store.ts'

type Question = { rule: Rule; accountId?: string | undefined; at?: string | undefined }

/**
 * 受众预估: how many people a rule finds at an instant, exactly, with what each of its nodes finds alone and what is
 * left after it. Refuses rules that name what doesn't exist (`rule_invalid`, with every problem and its place).
 */
export async function estimateRule(
  ctx: Ctx,
  { funnel, ...question }: Question & { funnel: boolean },
  signal?: AbortSignal,
): Promise<Estimate> {
  const begun = performance.now()
  const answers = await ask(ctx, question, signal)
  const clauses: Estimate['clauses'] = []
  const found = combine(question.rule, answers, clauses)
  clauses.sort((a, b) => readingOrder(a.path, b.path))
  return {
    at: answers.at.toISOString(),
    count: size(found),
    total: size(answers.everyone),
    tookMs: Math.round(performance.now() - begun),
    clauses: funnel ? clauses : [],
  }
}

/** Some people of whom a rule is true, the same ones as long as it finds the same people. */
export async function samplePeople(
  ctx: Ctx,
  { limit, ...question }: Question & { limit: number },
  signal?: AbortSignal,
): Promise<SamplePerson[]> {
  const answers = await ask(ctx, question, signal)
  return selectPeople(ctx, pick(combine(question.rule, answers), limit).map(String))
}

async function ask(ctx: Ctx, question: Question, signal: AbortSignal | undefined): Promise<Answers> {
  await requireSound(ctx, question.rule, question.accountId)
  const asked: Asked = {
    rule: question.rule,
    accountId: question.accountId,
    scope: scopeOf(ctx),
    ...(question.at !== undefined && { at: new Date(question.at) }),
  }
  return answerAll(ctx, asked, signal)
}

/** The rule over sets of bits; `clauses` gets what every node came to. */
function combine(rule: Rule, { everyone, of }: Answers, clauses?: Estimate['clauses']): Bits {
  const none: Bits = new Map()
  const running = new Map<string, number>()
  const result = walk<Bits>(
    rule,
    {
      leaf: (condition) => {
        const { bits, negated } = of(condition)
        return negated ? without(everyone, bits) : and(everyone, bits)
      },
      and: (parts) => parts.reduce(and, everyone),
      or: (parts) => parts.reduce(or, none),
      not: (part) => without(everyone, part),
    },
    (path, found, children) => {
      if (clauses === undefined) return
      clauses.push({ path: [...path], alone: size(found), running: size(found) })
      const node = nodeAt(rule, path)
      if (!isGroup(node)) return
      let left = node.kind === 'and' ? everyone : none
      for (const [index, child] of children.entries()) {
        left = node.kind === 'and' ? and(left, child) : or(left, child)
        running.set([...path, index].join('.'), size(left))
      }
    },
  )
  for (const clause of clauses ?? []) clause.running = running.get(clause.path.join('.')) ?? clause.running
  return result
}
