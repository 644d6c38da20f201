import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { businessClockOffset } from '../../infra/metrics.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { AppError, conflict } from '../../kernel/errors.ts'
import { audit } from '../audit/index.ts'
import type { Due } from '../manifest.ts'
import type { ClockState } from './schema.ts'
import { control, requireSandbox } from './simulator.ts'

/** A sandbox rehearses months, not decades. */
const FARTHEST_MS = 400 * 24 * 3_600_000

type ClockRow = { offset_ms: string; fast_until: Date | null; next_due_at: Date | null; busy: boolean }

async function readClock(ctx: Ctx): Promise<ClockRow> {
  const { rows } =
    await sql<ClockRow>`select offset_ms, fast_until, next_due_at, busy from business_clock`.execute(ctx.db)
  const row = rows[0]
  if (row === undefined) throw new Error('the business clock has a row')
  return row
}

/** By the row itself: a process may hear of a move a moment late. */
const instantOf = (row: ClockRow): Date => new Date(Date.now() + Number(row.offset_ms))

/** Business time as the database has it, what is due next, and where a fast run is heading. */
export async function showClock(ctx: Ctx): Promise<ClockState> {
  const row = await readClock(ctx)
  return {
    now: instantOf(row).toISOString(),
    offsetSeconds: Math.round(Number(row.offset_ms) / 1_000),
    fastUntil: row.fast_until?.toISOString() ?? null,
    nextDueAt: row.next_due_at?.toISOString() ?? null,
    busy: row.busy,
  }
}

/**
 * Moves business time forward: `jump` at once, `fast` from due instant to due instant as the worker finds nothing
 * in flight. `clock_only_forward` for an instant in the past, `clock_too_far` beyond 400 days.
 */
export async function forwardClock(ctx: Ctx, to: Date, how: 'jump' | 'fast'): Promise<ClockState> {
  requireSandbox(ctx)
  const now = instantOf(await readClock(ctx))
  if (to <= now)
    throw conflict('clock_only_forward', 'business time only moves forward', { now: now.toISOString() })
  if (to.getTime() - now.getTime() > FARTHEST_MS)
    throw conflict('clock_too_far', 'at most 400 days at a time')
  const entry = { action: 'sandbox.clock_moved', detail: { to: to.toISOString(), how } }
  if (how === 'jump') await jumpTo(ctx, to, (trx) => audit(ctx, trx, entry))
  else {
    await inTransaction(ctx.db, async (trx) => {
      await sql`update business_clock set fast_until = ${to}`.execute(trx)
      await audit(ctx, trx, entry)
    })
  }
  await ctx.wake.notify('clock-driver')
  return showClock(ctx)
}

/** Jumps to what the worker last saw as due next. */
export async function jumpToNextDue(ctx: Ctx): Promise<ClockState> {
  requireSandbox(ctx)
  const row = await readClock(ctx)
  if (row.next_due_at === null || row.next_due_at <= instantOf(row))
    throw conflict('nothing_due', 'nothing is due later')
  return forwardClock(ctx, row.next_due_at, 'jump')
}

export async function stopFastRun(ctx: Ctx): Promise<ClockState> {
  requireSandbox(ctx)
  await sql`update business_clock set fast_until = null`.execute(ctx.db)
  return showClock(ctx)
}

/**
 * The platform first: it may be ahead of us for an instant, but must never judge by an earlier time than ours. Under
 * the lock of our clock's row, which a reset takes as well: a jump that comes too late must not follow it.
 */
async function jumpTo(
  ctx: Ctx,
  to: Date,
  record: (trx: Executor) => Promise<void> = async () => undefined,
): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    await lockClock(trx)
    await pushToSimulator(ctx, to)
    await sql`update business_clock set offset_ms = greatest(offset_ms,
      ceil(extract(epoch from ${to}::timestamptz - clock_timestamp()) * 1000)::bigint)`.execute(trx)
    await record(trx)
  })
  await ctx.wake.notify('clock')
}

/** `clock_was_reset` when the row we waited for is gone: a reset makes a new one. */
export async function lockClock(trx: Executor): Promise<void> {
  const { rows } = await sql`select 1 from business_clock for update`.execute(trx)
  if (rows.length === 0) throw conflict('clock_was_reset', 'the sandbox was reset meanwhile')
}

async function pushToSimulator(ctx: Ctx, to: Date): Promise<void> {
  try {
    await control(ctx, 'POST', '/clock', { now: to.toISOString() })
  } catch (error) {
    // it is there already: a jump of ours that did not get to the database
    if (!(error instanceof AppError && error.code === 'conflict')) throw error
  }
}

/** After a restart of either side: the later of both clocks holds. */
export async function alignClocks(ctx: Ctx): Promise<void> {
  const simulated = await control<{ now: string }>(ctx, 'GET', '/clock')
  const ours = instantOf(await readClock(ctx)).getTime()
  const theirs = new Date(simulated.now).getTime()
  if (Math.abs(theirs - ours) < 1_000) return
  if (theirs < ours) await pushToSimulator(ctx, new Date(ours))
  else await jumpTo(ctx, new Date(theirs))
}

/**
 * One step of the clock's driver, in the worker: publishes what is due next and, in a fast run, jumps there once
 * nothing is due now, in flight or awaited.
 */
export async function driveClock(ctx: Ctx, dues: (ctx: Ctx) => Promise<Due[]>): Promise<number> {
  if (ctx.mode !== 'sandbox') return 0
  const clock = await readClock(ctx)
  const [ours, platform] = await Promise.all([
    dues(ctx),
    control<{ nextDueAt: string | null; busy: boolean }>(ctx, 'GET', '/next-due'),
  ])
  const now = instantOf(clock)
  const instants = [
    ...ours.map((due) => due.dueAt),
    platform.nextDueAt === null ? null : new Date(platform.nextDueAt),
  ]
  const later = instants
    .filter((at): at is Date => at !== null && at > now)
    .sort((a, b) => a.getTime() - b.getTime())
  const overdue = instants.some((at) => at !== null && at <= now)
  const busy = overdue || platform.busy || ours.some((due) => due.busy)
  const next = later[0] ?? null
  await sql`update business_clock set next_due_at = ${next}, busy = ${busy}
    where next_due_at is distinct from ${next}::timestamptz or busy <> ${busy}`.execute(ctx.db)
  businessClockOffset.set((now.getTime() - Date.now()) / 1_000)
  const { fast_until } = await readClock(ctx)
  if (fast_until === null || busy) return 0
  const target = next === null || next > fast_until ? fast_until : next
  if (target > now) await jumpTo(ctx, target)
  if (target >= fast_until)
    await sql`update business_clock set fast_until = null where fast_until <= ${fast_until}`.execute(ctx.db)
  return 1
}
