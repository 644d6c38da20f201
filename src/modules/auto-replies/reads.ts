import type { Ctx } from '../../context.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import { problemsOf } from './problems.ts'
import type { AnswerProblem, ReplyRule } from './schema.ts'
import { type RuleFilter, type RuleRow, selectRules } from './store/reads.ts'

type Filter = RuleFilter & {
  problem?: 'true' | 'false' | undefined
  cursor?: string | undefined
  limit: number
}

/** Rules of an account in the order in which they are tried. */
export async function listRules(
  ctx: Ctx,
  { cursor, limit, problem, ...filter }: Filter,
): Promise<Page<ReplyRule>> {
  const rows = await selectRules(ctx.db, filter)
  const problems = await problemsOf(ctx, filter.accountId, rows)
  const wanted = rows.filter(
    ({ id }) => problem === undefined || (problem === 'true') === (problems.get(id) ?? []).length > 0,
  )
  const from = cursor === undefined ? 0 : wanted.findIndex(({ id }) => id === cursor) + 1
  const page = toPage(wanted.slice(from, from + limit + 1), limit, ({ id }) => id)
  return { ...page, items: page.items.map((row) => present(row, problems.get(row.id) ?? [])) }
}

export async function presentRule(ctx: Ctx, accountId: string, row: RuleRow): Promise<ReplyRule> {
  return present(row, (await problemsOf(ctx, accountId, [row])).get(row.id) ?? [])
}

/** What is wrong with the rules of an account that are on. */
export async function problemsOfRules(ctx: Ctx, accountId: string): Promise<AnswerProblem[]> {
  const rows = await selectRules(ctx.db, { accountId, state: 'on' })
  return [...(await problemsOf(ctx, accountId, rows)).values()].flat()
}

/** The same by owner, of rules that are edited on the page of one kind of owner. */
export async function problemsOfOwned(
  ctx: Ctx,
  accountId: string,
  kind: 'scan' | 'menu',
): Promise<{ ownerId: string; problem: AnswerProblem }[]> {
  const rows = await selectRules(ctx.db, { accountId, kind, state: 'on' })
  const problems = await problemsOf(ctx, accountId, rows)
  return rows.flatMap(({ id, owner }) =>
    owner === null ? [] : (problems.get(id) ?? []).map((problem) => ({ ownerId: owner.id, problem })),
  )
}

const present = (row: RuleRow, problems: AnswerProblem[]): ReplyRule => ({
  ...row,
  everyMs: row.everyMs === null ? null : Number(row.everyMs),
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  problems,
})
