import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { factsOf } from '../resolve.ts'
import { type LintFacts, type LintFinding, type LintRule, lintFacts, type MessageContent } from '../schema.ts'
import { LINT_RULES, lint } from './lint.ts'

async function selectBlocking(db: Executor): Promise<Set<string>> {
  const row = await db.selectFrom('message_check_settings').select('blocking').executeTakeFirst()
  return new Set(row?.blocking ?? [])
}

export async function listLintRules(ctx: Ctx, db: Executor = ctx.db): Promise<{ items: LintRule[] }> {
  const blocking = await selectBlocking(db)
  return {
    items: LINT_RULES.map(({ id, severity, title, advice, source }) => ({
      id,
      severity,
      title,
      advice,
      source,
      blocks: blocking.has(id),
    })),
  }
}

/** Which rules stop a send from now on; those that already run are not touched. */
export async function setBlocking(ctx: Ctx, ids: readonly string[]): Promise<{ items: LintRule[] }> {
  const unknown = ids.filter((id) => !LINT_RULES.some((rule) => rule.id === id))
  if (unknown.length > 0) throw invalid('check_rule_unknown', 'no such rule', { rules: unknown })
  const blocking = [...new Set(ids)].sort()
  return inTransaction(ctx.db, async (trx) => {
    const before = [...(await selectBlocking(trx))].sort()
    await trx
      .insertInto('message_check_settings')
      .values({ singleton: true, blocking })
      .onConflict((on) => on.column('singleton').doUpdateSet({ blocking }))
      .execute()
    await audit(ctx, trx, {
      action: 'message-checks.changed',
      detail: { before, after: blocking },
    })
    return listLintRules(ctx, trx)
  })
}

/** What the compliance check says about a content of an account, as it would be sent. */
export async function findingsOf(
  ctx: Ctx,
  db: Executor,
  accountId: string,
  { content, facts }: { content: MessageContent; facts?: LintFacts | undefined },
): Promise<LintFinding[]> {
  const { template = null } = await factsOf(ctx, db, accountId, content)
  return lint({ content, template, facts: facts ?? lintFacts.parse({}) }, await selectBlocking(db))
}

/** Refuses, as `content_blocked_by_check`, what an administrator said must not be sent. */
export async function assertAllowed(
  ctx: Ctx,
  db: Executor,
  accountId: string,
  asked: { content: MessageContent; facts?: LintFacts | undefined },
): Promise<void> {
  const blocked = (await findingsOf(ctx, db, accountId, asked)).filter(({ blocks }) => blocks)
  if (blocked.length === 0) return
  throw conflict('content_blocked_by_check', 'the compliance check does not let this content out', {
    rules: blocked.map(({ rule }) => rule),
    titles: blocked.map(({ title }) => title.zh).join('、'),
    titlesEn: blocked.map(({ title }) => title.en).join(', '),
  })
}
