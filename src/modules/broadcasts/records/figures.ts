import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { notFound } from '../../../kernel/errors.ts'
import {
  type ArticleFigures,
  figureDays,
  figuresByDay,
  latestFigures,
  settledAt,
} from '../../article-figures/index.ts'
import type { ArticleResult, BroadcastFigures, Counts, FiguresState } from '../schema/figures.ts'
import { findRecord, type RecordRow } from './store.ts'

const NOTHING: Counts = {
  readers: 0,
  messageReaders: 0,
  readOriginal: 0,
  favourites: 0,
  shares: 0,
  likes: 0,
  wows: 0,
  comments: 0,
}

/** Both together; how many came by the message is known only where it is of both. */
const plus = (a: Counts, b: Counts, times: 1 | -1 = 1): Counts => ({
  readers: a.readers + times * b.readers,
  messageReaders:
    a.messageReaders === null || b.messageReaders === null
      ? null
      : a.messageReaders + times * b.messageReaders,
  readOriginal: a.readOriginal + times * b.readOriginal,
  favourites: a.favourites + times * b.favourites,
  shares: a.shares + times * b.shares,
  likes: a.likes + times * b.likes,
  wows: a.wows + times * b.wows,
  comments: a.comments + times * b.comments,
})

export function deliveredOf({ delivered, uncounted, endedAt }: RecordRow, now: Date) {
  const finalAt = endedAt && settledAt(endedAt)
  return {
    people: delivered,
    uncounted,
    isFinal: finalAt !== null && now >= finalAt,
    finalAt: finalAt?.toISOString() ?? null,
  }
}

/**
 * The articles of each send, by arm: the newest sums of all its batches together. Found by the key WeChat gave each batch
 * and the article's place, never by title.
 */
export async function articlesOf(
  db: Executor,
  rows: readonly RecordRow[],
): Promise<Map<string, ArticleResult[]>> {
  const byKey = new Map<string, ArticleFigures[]>()
  for (const [accountId, own] of Map.groupBy(rows, (row) => row.accountId)) {
    const found = await latestFigures(
      db,
      accountId,
      own.flatMap((row) => row.msgDataIds),
    )
    for (const figure of found) {
      const key = `${accountId}_${figure.msgDataId}`
      byKey.set(key, [...(byKey.get(key) ?? []), figure])
    }
  }
  return new Map(
    rows.map((row) => {
      const figures = row.msgDataIds.flatMap((key) => byKey.get(`${row.accountId}_${key}`) ?? [])
      return [row.armId, resultsOf(row, figures)]
    }),
  )
}

function resultsOf(
  { kind, titles, delivered }: RecordRow,
  figures: readonly ArticleFigures[],
): ArticleResult[] {
  if (kind !== 'articles') return []
  return titles.map((title, index) => {
    const own = figures.filter(({ place }) => place === index + 1)
    const first = own[0]
    if (first === undefined) return { place: index + 1, title, url: null, figures: null }
    const sums = own.reduce<Counts>((sum, one) => plus(sum, one), NOTHING)
    const asOf = own.map(({ statDay }) => statDay).sort()[0] as string
    const readRate = delivered > 0 ? sums.readers / delivered : null
    return { place: index + 1, title, url: first.url, figures: { ...sums, readRate, asOf } }
  })
}

type Reading = Awaited<ReturnType<typeof figureDays>>

/** How far the figures of a send are; `days` are those of its account and may be more than its own. */
export function stateOf(row: RecordRow, articles: readonly ArticleResult[], days: Reading): FiguresState {
  const own = days.filter(({ day }) => row.days.includes(day))
  if (row.kind !== 'articles' || own.length === 0) return 'none'
  if (own.every(({ dueAt }) => dueAt === null)) return 'final'
  return articles.some(({ figures }) => figures !== null) ? 'counting' : 'waiting'
}

/** 图文数据 of one arm of a send, with what each day added. */
export async function readFigures(
  ctx: Ctx,
  key: { accountId: string; broadcastId: string; arm: number },
): Promise<BroadcastFigures> {
  const row = await findRecord(ctx.db, key)
  if (row === undefined) throw notFound('broadcast')
  const [found, days, byDay] = await Promise.all([
    articlesOf(ctx.db, [row]),
    figureDays(ctx.db, row.accountId, row.days),
    figuresByDay(ctx.db, row.accountId, row.msgDataIds),
  ])
  const articles = found.get(row.armId) ?? []
  const dues = days.flatMap(({ dueAt }) => dueAt?.getTime() ?? [])
  const reads = days.flatMap(({ readAt }) => readAt?.getTime() ?? [])
  return {
    delivered: deliveredOf(row, ctx.clock.now()),
    state: stateOf(row, articles, days),
    problem: days.find(({ dueAt, problem }) => dueAt !== null && problem !== null)?.problem ?? null,
    readAt: reads.length === 0 ? null : new Date(Math.max(...reads)).toISOString(),
    nextAt: dues.length === 0 ? null : new Date(Math.min(...dues)).toISOString(),
    articles,
    days: perDay(byDay),
  }
}

/** WeChat tells sums: what a day added is the difference to the row before, batch by batch. */
function perDay(rows: readonly ArticleFigures[]): BroadcastFigures['days'] {
  const before = new Map<string, Counts>()
  const days = new Map<string, Map<number, Counts>>()
  for (const row of rows) {
    const key = `${row.msgDataId}_${row.place}`
    const added = plus(row, before.get(key) ?? NOTHING, -1)
    before.set(key, row)
    const places = days.get(row.statDay) ?? new Map<number, Counts>()
    places.set(row.place, plus(places.get(row.place) ?? NOTHING, added))
    days.set(row.statDay, places)
  }
  return [...days].map(([day, places]) => ({
    day,
    articles: [...places].sort(([a], [b]) => a - b).map(([place, counts]) => ({ place, ...counts })),
  }))
}
