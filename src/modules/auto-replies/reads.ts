import type { Ctx } from '../../context.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import type { AnswerProblem, ReplyRule } from './schema.ts'
import { type RuleFilter, type RuleRow, selectRules } from './store/reads.ts'

type Filter = RuleFilter & { cursor?: string | undefined; limit: number }

/** Rules of an account in the order in which they are tried. */
export async function listRules(ctx: Ctx, { cursor, limit, ...filter }: Filter): Promise<Page<ReplyRule>> {
  const rows = await selectRules(ctx.db, filter)
  const from = cursor === undefined ? 0 : rows.findIndex(({ id }) => id === cursor) + 1
  const page = toPage(rows.slice(from, from + limit + 1), limit, ({ id }) => id)
  return { ...page, items: page.items.map((row) => withProblems(row, [])) }
}

export const presentRule = async (_ctx: Ctx, _accountId: string, row: RuleRow): Promise<ReplyRule> =>
  withProblems(row, [])

const withProblems = (row: RuleRow, problems: AnswerProblem[]): ReplyRule => ({
  ...row,
  everyMs: row.everyMs === null ? null : Number(row.everyMs),
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  problems,
})
