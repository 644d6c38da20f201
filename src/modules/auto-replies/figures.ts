import type { Ctx } from '../../context.ts'
import { addBeijingDays, beijingDay } from '../../kernel/beijing.ts'
import { notFound } from '../../kernel/errors.ts'
import { getAccount } from '../accounts/index.ts'
import { countsOf } from '../deliveries/index.ts'
import { normalise } from './rules/normalise.ts'
import type { ReplyFigures } from './schema.ts'
import { findReplySend } from './send.ts'
import { readDays, readMisses, readPeople } from './store/figures.ts'
import { findRule } from './store/reads.ts'

/** Messages looked at for what nobody answered; an account may have millions. */
const MOST_MESSAGES = 20_000
const MOST_MISSES = 100
const SHOWN_DAYS = 30

/** How often a rule answered in an account, and what became of its replies. */
export async function replyFigures(
  ctx: Ctx,
  of: { accountId: string; ruleId: string },
  asked: { from?: string | undefined; to?: string | undefined },
): Promise<ReplyFigures> {
  const to = asked.to ?? beijingDay(ctx.clock.now())
  const from = asked.from ?? addBeijingDays(to, 1 - SHOWN_DAYS)
  if ((await findRule(ctx.db, of)) === undefined) throw notFound('reply rule')
  const rows = await readDays(ctx.db, of, { from, to })
  const sendId = await findReplySend(ctx.db, of.accountId)
  return {
    days: summed(rows, ({ day }) => day).map(([day, group]) => ({
      day,
      hits: sum(group, ({ hits }) => hits),
      passive: sum(group, ({ passive }) => passive),
      muted: sum(group, ({ muted }) => muted),
    })),
    keywords: summed(
      rows.filter(({ keyword }) => keyword >= 0),
      ({ keyword }) => keyword,
    ).map(([keyword, group]) => ({ keyword, hits: sum(group, ({ hits }) => hits) })),
    people: await readPeople(ctx.db, of),
    replies: sendId === undefined ? [] : await countsOf(ctx.db, sendId, of.ruleId),
  }
}

const summed = <R, K extends string | number>(rows: readonly R[], key: (row: R) => K): [K, R[]][] =>
  [...Map.groupBy(rows, key)].sort(([a], [b]) => (a < b ? -1 : 1))
const sum = <R>(rows: readonly R[], of: (row: R) => number) => rows.reduce((all, row) => all + of(row), 0)

/** Texts of the last days that no keyword answered, alike ones together, the most frequent first. */
export async function listMisses(ctx: Ctx, accountId: string, days: number) {
  await getAccount(ctx, accountId)
  const since = new Date(ctx.clock.now().getTime() - days * 86_400_000)
  const rows = await readMisses(ctx.db, accountId, { since, most: MOST_MESSAGES })
  const groups = Map.groupBy(rows, ({ text }) => normalise(text).toLowerCase())
  groups.delete('')
  const items = [...groups.values()]
    .map((group) => {
      const newest = group.reduce((a, b) => (b.at > a.at ? b : a))
      return {
        text: newest.text,
        times: group.length,
        people: new Set(group.map(({ fanId }) => fanId)).size,
        lastAt: newest.at.toISOString(),
        byDefault: newest.byDefault,
      }
    })
    .sort((a, b) => b.times - a.times || (a.lastAt < b.lastAt ? 1 : -1))
  return { messages: rows.length, items: items.slice(0, MOST_MISSES) }
}
