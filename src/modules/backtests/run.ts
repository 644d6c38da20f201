import type { Ctx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { executeRun, RunInterrupted, type RunReport } from '../runs/index.ts'
import { type Found, play } from './play.ts'
import * as store from './store/backtests.ts'

/** Real time between two looks at whether somebody cancelled it. */
const LOOK_EVERY_MS = 1_000

/**
 * The job behind a back-test. What came of it is written in one transaction at the end: cut off anywhere before, it begins
 * again from nothing and comes to the same.
 */
export const runBacktest = (ctx: Ctx, runId: string, signal: AbortSignal): Promise<void> =>
  executeRun(ctx, runId, signal, async (run, report) => {
    const key = { accountId: run.accountId ?? '', backtestId: String(run.payload['backtestId']) }
    const asked = await store.findBacktest(ctx.db, key)
    if (asked === undefined || asked.cancelledAt !== null || asked.result !== null) return
    const found = await playUnlessCancelled(ctx, asked, report)
    if (found === null) return
    await inTransaction(ctx.db, async (trx) => {
      const { people } = found.result.read
      await report.progress({ done: people, total: people }, trx)
      await store.writeResult(trx, asked.id, { ...found, now: ctx.clock.now() })
    })
  })

async function playUnlessCancelled(
  ctx: Ctx,
  asked: store.BacktestRow,
  report: RunReport,
): Promise<Found | null> {
  const cancelled = new AbortController()
  const look = async () => {
    if (await store.isCancelled(ctx.db, asked.id)) cancelled.abort()
  }
  const looking = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS)
  const stop = AbortSignal.any([report.signal, cancelled.signal])
  try {
    return await play(ctx, asked, {
      signal: stop,
      progress: (done, total) => report.progress({ done, total }),
    })
  } catch (error) {
    if (report.signal.aborted) throw new RunInterrupted()
    if (cancelled.signal.aborted) return null
    throw error
  } finally {
    clearInterval(looking)
  }
}
