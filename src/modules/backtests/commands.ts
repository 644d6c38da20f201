import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { conflict, invalid, notFound } from '../../kernel/errors.ts'
import { getAccount } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import { requireOwnAccounts } from '../campaigns/index.ts'
import { calendarOf, type Plan, planProblems, runsBetween } from '../campaigns/schema.ts'
import { EVENTS } from '../ingest/schema.ts'
import { audienceOf, isInRange, MAX_MINUTES, MIN_MINUTES } from '../recalls/schema.ts'
import { startRun } from '../runs/index.ts'
import { requireSound } from '../segments/index.ts'
import { MOST_RUNS } from './games.ts'
import { readBacktest } from './present.ts'
import type { Backtest, BacktestVariant, NewBacktest } from './schema.ts'
import * as store from './store/backtests.ts'
import { findSubject } from './store/surroundings.ts'

export const PLAY_BACKTEST = 'backtests.play'
const DAY_MS = 86_400_000
const operatorOf = ({ actor }: Ctx) => (actor.kind === 'system' ? null : actor.id)
const subjectOf = (id: string) => ({ kind: 'backtest', id })

/**
 * Begins to play one version, or two of one kind, as if they had been made so many days ago. One at a time an account
 * (`backtest_running`): it reads the whole log of these days.
 */
export async function createBacktest(ctx: Ctx, accountId: string, asked: NewBacktest): Promise<Backtest> {
  await getAccount(ctx, accountId)
  const kinds = new Set(asked.variants.map((one) => (one.kind === 'recall' ? 'recall' : one.campaignKind)))
  const kind = asked.variants[0]?.kind
  if (kind === undefined || kinds.size > 1)
    throw invalid('backtest_kinds_differ', 'two versions of one kind can be compared')
  const to = ctx.clock.now()
  const from = new Date(to.getTime() - asked.days * DAY_MS)
  for (const variant of asked.variants) await requirePlayable(ctx, accountId, { variant, from, to })
  await requireSubject(ctx.db, { accountId, kind, id: asked.subjectId })
  const backtestId = await inTransaction(ctx.db, async (trx) => {
    const by = operatorOf(ctx)
    const id = await store.insertBacktest(trx, { ...asked, accountId, kind, from, to, by })
    const run = await startRun(ctx, { accountId, kind: PLAY_BACKTEST, payload: { backtestId: id } }, trx)
    if (!run.started) throw conflict('backtest_running', 'another back-test of this account is going on')
    await store.setRun(trx, id, run.id)
    await audit(ctx, trx, {
      action: 'backtest.run',
      accountId,
      subject: subjectOf(id),
      detail: { name: asked.name, kind, subjectId: asked.subjectId, days: asked.days, sample: asked.sample },
    })
    return id
  })
  return readBacktest(ctx, { accountId, backtestId })
}

type Of = { variant: BacktestVariant; from: Date; to: Date }

async function requirePlayable(ctx: Ctx, accountId: string, { variant, from, to }: Of): Promise<void> {
  if (variant.kind === 'recall') {
    if (!isInRange(variant.rule))
      throw invalid('minutes_out_of_range', 'not so many minutes', { from: MIN_MINUTES, to: MAX_MINUTES })
    const audience = audienceOf(variant.rule)
    if (audience !== null) await requireSound(ctx, audience, accountId)
    return
  }
  const plan = { ...variant.plan, content: null, goal: null, tracked: false } satisfies Plan
  const { trigger, audience } = plan
  if (trigger.kind === 'once' || (trigger.kind !== 'repeat' && trigger.event?.event === EVENTS.called))
    throw invalid('backtest_no_past', 'what is started by hand, or by an answer, has no past')
  const problems = planProblems(variant.campaignKind, plan, from).filter(({ step }) => step !== 'content')
  if (problems.length > 0)
    throw invalid('backtest_incomplete', 'the plan can’t be played as it is', { problems })
  if (trigger.kind === 'repeat' && runsBetween(calendarOf(trigger), from, to, MOST_RUNS).length === MOST_RUNS)
    throw invalid('backtest_too_many_runs', 'it runs too often for so many days', { most: MOST_RUNS })
  await requireOwnAccounts(ctx, accountId, { before: null, part: plan })
  if (audience.kind === 'rule' && audience.rule !== null) await requireSound(ctx, audience.rule, accountId)
}

type Subject = { accountId: string; kind: Backtest['kind']; id: string | null }

async function requireSubject(db: Executor, subject: Subject): Promise<void> {
  if (subject.id !== null && !(await findSubject(db, { ...subject, id: subject.id })))
    throw notFound(subject.kind === 'recall' ? 'recall rule' : 'campaign')
}

/** Stops one that waits or runs. One that is over stays as it is. */
export async function cancelBacktest(ctx: Ctx, key: store.BacktestKey): Promise<Backtest> {
  await readBacktest(ctx, key)
  await inTransaction(ctx.db, async (trx) => {
    if (!(await store.cancel(trx, key.backtestId, ctx.clock.now()))) return
    await audit(ctx, trx, {
      action: 'backtest.cancelled',
      accountId: key.accountId,
      subject: subjectOf(key.backtestId),
    })
  })
  return readBacktest(ctx, key)
}
