import type { Ctx } from '../../context.ts'
import { notFound } from '../../kernel/errors.ts'
import { getAccount } from '../accounts/index.ts'
import { countsOf } from '../deliveries/index.ts'
import type { RecallFunnel, RecallRule } from './schema/views.ts'
import { passesOf, type RuleTotals, totalsOf } from './store/figures.ts'
import { findRule, listRules, type RecallKey, type RecallRow } from './store/rules.ts'

export async function readRules(ctx: Ctx, accountId: string): Promise<RecallRule[]> {
  await getAccount(ctx, accountId)
  const rows = await listRules(ctx.db, accountId)
  const totals = await totalsOf(
    ctx.db,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => present(row, totals.get(row.id)))
}

export async function readRule(ctx: Ctx, key: RecallKey): Promise<RecallRule> {
  const row = await ruleOf(ctx, key)
  return present(row, (await totalsOf(ctx.db, [row.id])).get(row.id))
}

export async function ruleOf(ctx: Ctx, key: RecallKey): Promise<RecallRow> {
  await getAccount(ctx, key.accountId)
  const row = await findRule(ctx.db, key)
  if (row === undefined || row.archivedAt !== null) throw notFound('recall rule')
  return row
}

export async function readDetail(
  ctx: Ctx,
  key: RecallKey,
): Promise<{ rule: RecallRule; funnel: RecallFunnel }> {
  const row = await ruleOf(ctx, key)
  const totals = (await totalsOf(ctx.db, [row.id])).get(row.id)
  const [counts, passes] = await Promise.all([
    row.sendId === null ? [] : countsOf(ctx.db, row.sendId),
    passesOf(ctx.db, row.id),
  ])
  return {
    rule: present(row, totals),
    funnel: {
      planned: counts.reduce((sum, { n }) => sum + n, 0),
      sent: totals?.sent ?? 0,
      returned: totals?.returned ?? 0,
      counts,
      passes,
    },
  }
}

function present(row: RecallRow, totals: RuleTotals | undefined): RecallRule {
  const { id, accountId, name, state, minutes, reading, include, exclude, content, limits, version } = row
  const stopped = state === 'on' && totals?.sendState === 'paused'
  return {
    id,
    accountId,
    name,
    state,
    minutes,
    reading,
    include,
    exclude,
    content,
    limits,
    version,
    madeAt: row.madeAt.toISOString(),
    onSince: row.onSince?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
    keywordRuleId: row.keywordRuleId,
    keywordReply: row.keywordReply,
    sent: totals?.sent ?? 0,
    returned: totals?.returned ?? 0,
    paused: stopped
      ? { reason: totals.pauseReason ?? 'send_paused', detail: totals.pauseDetail ?? {} }
      : null,
  }
}
