import type { Ctx } from '../../context.ts'
import { addBeijingDays, beijingDay, beijingDaysBetween } from '../../kernel/beijing.ts'
import { invalid } from '../../kernel/errors.ts'
import { getAccount } from '../accounts/index.ts'
import { ruleOf } from './present.ts'
import type { RecallFigures, RecallNext } from './schema/views.ts'
import { daysOf, nextOf } from './store/figures.ts'
import type { RecallKey } from './store/rules.ts'

const MOST_DAYS = 400
/** Returns whose people are looked after at once. */
const MOST_RETURNS = 20_000

/** Days shown where nobody asked for others. */
const USUAL_DAYS = 30

type Asked = { from?: string | undefined; to?: string | undefined }
type Range = { from: string; to: string }

function rangeOf(ctx: Ctx, asked: Asked): Range {
  const to = asked.to ?? beijingDay(ctx.clock.now())
  const from = asked.from ?? addBeijingDays(to, 1 - USUAL_DAYS)
  if (from > to || beijingDaysBetween(from, to) >= MOST_DAYS)
    throw invalid('range_too_long', 'the range ends before it begins or is too long', { max: MOST_DAYS })
  return { from, to }
}

/** C5: sent and recalled of each day asked for, and of today and yesterday. */
export async function figuresOf(
  ctx: Ctx,
  accountId: string,
  { ruleId, ...asked }: Asked & { ruleId?: string | undefined },
): Promise<RecallFigures> {
  await getAccount(ctx, accountId)
  const range = rangeOf(ctx, asked)
  const today = beijingDay(ctx.clock.now())
  const yesterday = addBeijingDays(today, -1)
  const [days, near] = await Promise.all([
    daysOf(ctx.db, { accountId, ruleId, ...range }),
    daysOf(ctx.db, { accountId, ruleId, from: yesterday, to: today }),
  ])
  const of = (rows: typeof days, day: string) => {
    const found = rows.find((row) => row.day === day)
    return { sent: found?.sent ?? 0, returned: found?.returned ?? 0 }
  }
  const all = Array.from({ length: beijingDaysBetween(range.from, range.to) + 1 }, (_, n) =>
    addBeijingDays(range.from, n),
  )
  return {
    today: of(near, today),
    yesterday: of(near, yesterday),
    days: all.map((day) => ({ day, ...of(days, day) })),
  }
}

/** What those who were recalled did next. */
export async function nextSteps(ctx: Ctx, key: RecallKey, asked: Asked): Promise<RecallNext> {
  const { id } = await ruleOf(ctx, key)
  const { returns, tapped, message, menu, follow, scan, events } = await nextOf(ctx.db, {
    ruleId: id,
    ...rangeOf(ctx, asked),
    most: MOST_RETURNS,
  })
  return {
    returns,
    more: returns === MOST_RETURNS,
    tapped,
    byKind: { message, menu, follow, scan },
    events,
  }
}
