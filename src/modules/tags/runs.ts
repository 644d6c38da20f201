import type { Ctx } from '../../context.ts'
import { notFound } from '../../kernel/errors.ts'
import { scopeOf } from '../contacts/index.ts'
import { getRun } from '../runs/index.ts'
import { CHANGE_PEOPLE } from './change-own.ts'
import type { TagRun } from './schema.ts'
import { CHANGE_FANS } from './wechat/change-fans.ts'
import { countWaiting } from './wechat/changes-store.ts'

/** How far giving and taking is. Seen by those who see every account the run may reach people of. */
export async function getTagRun(ctx: Ctx, runId: string): Promise<TagRun> {
  const run = await getRun(ctx, runId)
  const mine = run.kind === CHANGE_PEOPLE || run.kind === CHANGE_FANS
  if (!mine || !isVisible(scopeOf(ctx), run)) throw notFound('run')
  const [results, waiting] = await Promise.all([
    ctx.db
      .selectFrom('tag_run_results')
      .select(['outcome', 'people'])
      .where('run_id', '=', runId)
      .orderBy('outcome')
      .execute(),
    run.kind === CHANGE_FANS ? countWaiting(ctx.db, runId) : 0,
  ])
  const { id, accountId, state, done, total, error } = run
  return {
    id,
    accountId,
    state,
    done,
    total,
    error,
    results: results.map((row) => ({ outcome: row.outcome, people: Number(row.people) })),
    waiting,
  }
}

function isVisible(
  scope: readonly string[] | null,
  run: { accountId: string | null; payload: Record<string, unknown> },
): boolean {
  if (scope === null) return true
  if (run.accountId !== null) return scope.includes(run.accountId)
  const reach = run.payload['scope'] as string[] | null
  return reach?.every((accountId) => scope.includes(accountId)) ?? false
}
