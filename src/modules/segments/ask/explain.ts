import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { canSeePersons, findCanonical } from '../../contacts/index.ts'
import { type Catalogue, type Frame, peopleSet, questions, readCatalogue, walk } from '../compiler/index.ts'
import type { Explanation } from '../schema/ask.ts'
import { type Condition, conditionsOf, isGroup, type Rule } from '../schema/rule.ts'
import { requireSound } from './check.ts'
import { instantOf } from './people.ts'
import { nodeAt, readingOrder } from './places.ts'
import { seenBy } from './saw.ts'

/** Conditions asked about in one statement. */
const AT_ONCE = 50

/**
 * 为什么: whether each node of a rule is true of one person at an instant, decided by the queries that decide for
 * everyone, and what each condition saw. `not_found` for a person outside the caller's scope.
 */
export async function explainRule(
  ctx: Ctx,
  question: { rule: Rule; contactId: string; at?: string | undefined },
): Promise<Explanation> {
  const { rule } = question
  await requireSound(ctx, rule)
  const { at, when } = instantOf(ctx, question.at)
  const { id: contactId } = await findCanonical(ctx, question.contactId)
  return inTransaction(
    ctx.db,
    async (trx) => {
      const catalogue = await readCatalogue(trx, rule, at)
      const frame = questions(
        sql`select 1 as n, ${contactId}::bigint as contact_id, ${at.toISOString()}::timestamptz as at`,
        when === 'earlier',
      )
      const passes = await decideEach(trx, rule, frame, catalogue)
      const nodes: Explanation['nodes'] = []
      walk<boolean>(
        rule,
        {
          leaf: (condition) => passes.get(condition) ?? false,
          and: (parts) => parts.every(Boolean),
          or: (parts) => parts.some(Boolean),
          not: (part) => !part,
        },
        (path, result) => nodes.push({ path: [...path], passes: result, condition: null, saw: null }),
      )
      nodes.sort((a, b) => readingOrder(a.path, b.path))
      for (const node of nodes) {
        const condition = nodeAt(rule, node.path)
        if (isGroup(condition) || condition.kind === 'not') continue
        node.condition = condition
        node.saw = await seenBy(trx, condition, { frame, catalogue, whole: canSeePersons(ctx.actor) })
      }
      return { contactId, at: at.toISOString(), passes: nodes[0]?.passes ?? false, nodes }
    },
    { isolation: 'repeatable read' },
  )
}

async function decideEach(
  db: Executor,
  rule: Rule,
  frame: Frame,
  catalogue: Catalogue,
): Promise<Map<Condition, boolean>> {
  const conditions = [...conditionsOf(rule)]
  const passes = new Map<Condition, boolean>()
  for (let start = 0; start < conditions.length; start += AT_ONCE) {
    const portion = conditions.slice(start, start + AT_ONCE)
    const sets = portion.map((condition) => peopleSet(condition, frame, catalogue))
    const { rows } = await sql<{ passes: boolean[] }>`select array[${sql.join(
      sets.map((set) => sql`exists (${set.keys})`),
    )}] as passes`.execute(db)
    for (const [index, condition] of portion.entries())
      passes.set(condition, rows[0]?.passes[index] !== sets[index]?.negated)
  }
  return passes
}
