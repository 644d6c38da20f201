import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { beijingMonth, startOfMonth } from '../../../kernel/beijing.ts'
import { retentionMonths } from '../retention-store.ts'

/** Says that the registry or the settings changed. */
export const COLLECTION_TOPIC = 'collection'

type State = { ignored: ReadonlySet<string>; retentionMonths: number }
type Kept = { state: Promise<State>; until: number }

/** Real time that it may be old if a wake-up is lost. */
const KEPT_MS = 5_000
const kept = new WeakMap<Ctx['pool'], { current: Kept | undefined }>()

/** What decides about every message, asked of the database every 5 s at most. */
export function collectionState(ctx: Ctx): Promise<State> {
  const cell = cellOf(ctx)
  if (cell.current !== undefined && cell.current.until > performance.now()) return cell.current.state
  const state = load(ctx)
  const fresh = { state, until: performance.now() + KEPT_MS }
  cell.current = fresh
  state.catch(() => {
    if (cell.current === fresh) cell.current = undefined
  })
  return state
}

function cellOf(ctx: Ctx): { current: Kept | undefined } {
  const existing = kept.get(ctx.pool)
  if (existing !== undefined) return existing
  const cell: { current: Kept | undefined } = { current: undefined }
  kept.set(ctx.pool, cell)
  ctx.wake.on(COLLECTION_TOPIC, () => {
    cell.current = undefined
  })
  return cell
}

async function load(ctx: Ctx): Promise<State> {
  const [months, ignored] = await Promise.all([
    retentionMonths(ctx.db),
    sql<{ name: string }>`select name from event_names where ignored`.execute(ctx.db),
  ])
  return { retentionMonths: months, ignored: new Set(ignored.rows.map((row) => row.name)) }
}

/** The first instant of which events are kept: so many whole business months before this one. */
export function oldestKept(now: Date, months: number): Date {
  const [year = 0, month = 0] = beijingMonth(now).split('-').map(Number)
  const first = new Date(Date.UTC(year, month - 1 - months, 15))
  return startOfMonth(first.toISOString().slice(0, 7))
}
