import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { addBeijingDays, beijingDaysBetween, startOfDay } from '../../kernel/beijing.ts'
import { invalid } from '../../kernel/errors.ts'
import { getAccount } from '../accounts/index.ts'
import { EVENTS } from '../ingest/schema.ts'
import { MOST_FIGURE_DAYS } from './schema.ts'
import type { Tapped } from './taps.ts'

type Range = { from: string; to: string }
type Figures = { items: (Tapped & { taps: number; days: { day: string; taps: number }[] })[] }

/** Taps by button and day, also of buttons that are no more, most tapped first. */
export async function menuFigures(ctx: Ctx, accountId: string, range: Range): Promise<Figures> {
  await getAccount(ctx, accountId)
  requireRange(range)
  const { rows } = await sql<Figures['items'][number]>`
    select kind, target, sum(taps)::int as taps,
      jsonb_agg(jsonb_build_object('day', day, 'taps', taps) order by day) as days
    from menu_days where account_id = ${accountId}::bigint and day between ${range.from}::date and ${range.to}::date
    group by kind, target order by taps desc, target limit 500`.execute(ctx.db)
  return { items: rows }
}

/** How many people tapped one button: asked of the log itself, so for a quarter at most. */
export async function menuPeople(
  ctx: Ctx,
  accountId: string,
  { kind, target, ...range }: Tapped & Range,
): Promise<{ people: number; taps: number }> {
  await getAccount(ctx, accountId)
  requireRange(range)
  const from = startOfDay(range.from)
  const to = startOfDay(addBeijingDays(range.to, 1))
  const named =
    kind === 'view'
      ? sql`name = ${EVENTS.menuView} and (properties ->> 'url' = ${target} or properties ->> 'page' = ${target})`
      : sql`name in (${EVENTS.menuClick}, ${EVENTS.menuView}) and properties ->> 'key' = ${target}`
  const { rows } = await sql<{ people: number; taps: number }>`
    select count(distinct fan_id)::int as people, count(*)::int as taps from events
    where account_id = ${accountId}::bigint and at >= ${from} and at < ${to} and properties ? 'event' and ${named}`.execute(
    ctx.db,
  )
  return rows[0] ?? { people: 0, taps: 0 }
}

function requireRange({ from, to }: Range): void {
  const days = beijingDaysBetween(from, to) + 1
  if (days < 1 || days > MOST_FIGURE_DAYS)
    throw invalid('range_invalid', 'the days must be one quarter at most', { most: MOST_FIGURE_DAYS })
}
