import type { Ctx } from '../../context.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Page } from '../../kernel/paging.ts'
import { getAccount } from '../accounts/index.ts'
import { canSeePersons, maskName } from '../contacts/index.ts'
import type { Backtest, BacktestPerson } from './schema.ts'
import * as store from './store/backtests.ts'

export async function readBacktest(ctx: Ctx, key: store.BacktestKey): Promise<Backtest> {
  return present(await existing(ctx, key))
}

async function existing(ctx: Ctx, key: store.BacktestKey): Promise<store.BacktestRow> {
  await getAccount(ctx, key.accountId)
  const row = await store.findBacktest(ctx.db, key)
  if (row === undefined) throw notFound('back-test')
  return row
}

type Query = Omit<Parameters<typeof store.listBacktests>[1], 'accountId'>

export async function listBacktests(ctx: Ctx, accountId: string, query: Query): Promise<Page<Backtest>> {
  await getAccount(ctx, accountId)
  const { items, nextCursor } = await store.listBacktests(ctx.db, { ...query, accountId })
  return { items: items.map(present), nextCursor }
}

function stateOf({ cancelledAt, result, run }: store.BacktestRow): Backtest['state'] {
  if (cancelledAt !== null) return 'cancelled'
  if (result !== null) return 'done'
  return run?.state === 'queued' || run?.state === 'running' ? run.state : 'failed'
}

function present(row: store.BacktestRow): Backtest {
  const { id, accountId, name, kind, subjectId, variants, days, sample, result, createdBy } = row
  const state = stateOf(row)
  return {
    id,
    accountId,
    name,
    kind,
    subjectId,
    variants,
    days,
    sample,
    from: row.from.toISOString(),
    to: row.to.toISOString(),
    state,
    progress: { done: row.run?.done ?? 0, total: row.run?.total ?? null },
    error:
      state === 'failed' ? { reason: row.run?.reason ?? 'internal', detail: row.run?.detail ?? {} } : null,
    result,
    createdAt: row.createdAt.toISOString(),
    finishedAt: (row.finishedAt ?? (state === 'failed' ? row.run?.finishedAt : null))?.toISOString() ?? null,
    createdBy,
  }
}

type Sample = { variant: number; outcome: 'reached' | 'not-reached' }

/** Names as the caller may see them. */
export async function samplePeople(
  ctx: Ctx,
  key: store.BacktestKey,
  { variant, outcome }: Sample,
): Promise<{ items: BacktestPerson[] }> {
  const { id } = await existing(ctx, key)
  const rows = await store.listSamplePeople(ctx.db, { id, variant, reached: outcome === 'reached' })
  const shown = (name: string | null) => (name === null || canSeePersons(ctx.actor) ? name : maskName(name))
  return {
    items: rows.map((row) => ({
      ...row,
      name: shown(row.name),
      nickname: shown(row.nickname),
      turnAt: row.turnAt.toISOString(),
      decidedAt: row.decidedAt.toISOString(),
    })),
  }
}
