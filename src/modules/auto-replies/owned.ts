import type { Executor } from '../../infra/transaction.ts'
import type { Answer } from './schema.ts'
import { findRule } from './store/reads.ts'

/** The answer of a rule that is edited on another page; undefined where it was archived. */
export async function ownedAnswer(
  db: Executor,
  of: { accountId: string; ruleId: string },
): Promise<{ name: string; answer: Answer } | undefined> {
  const rule = await findRule(db, of)
  return rule && { name: rule.name, answer: rule.answer }
}
