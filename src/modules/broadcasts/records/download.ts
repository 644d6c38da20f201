import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Ctx, localeOf } from '../../../context.ts'
import { type Cell, writeCsv, writeXlsx } from '../../../infra/spreadsheets/index.ts'
import { beijingMinute } from '../../../kernel/beijing.ts'
import { assert } from '../../../kernel/errors.ts'
import { withdrawalsOf } from '../following/withdrawals.ts'
import type { ArticleResult } from '../schema/figures.ts'
import { downloadMassRecordsEndpoint } from '../schema/records.ts'
import type { Withdrawal } from '../schema/withdraw.ts'
import { articlesOf, deliveredOf } from './figures.ts'
import { checkRange, filterOf } from './list.ts'
import { allRecords, type RecordFilter, type RecordRow } from './store.ts'
import { headingsOf, type Locale, wordsOf } from './words.ts'

const TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** The records of a range as a file, one row an article, written while it is sent; memory holds a page of them. */
export async function sendRecords(ctx: Ctx, request: FastifyRequest, reply: FastifyReply) {
  const query = downloadMassRecordsEndpoint.query?.parse(request.query)
  assert(query, 'the call has a query')
  const { format, ...asked } = query
  // whoever may not see it is refused before an answer has begun
  checkRange(asked)
  const filter = await filterOf(ctx, asked)
  const rows = tableOf(ctx, filter)
  return reply
    .type(TYPES[format])
    .header('cache-control', 'private, no-store')
    .header('content-disposition', `attachment; filename="mass-records-${asked.from}-${asked.to}.${format}"`)
    .send(Readable.from(format === 'csv' ? writeCsv(rows) : writeXlsx(rows), { objectMode: false }))
}

async function* tableOf(ctx: Ctx, filter: RecordFilter): AsyncGenerator<Cell[][]> {
  const locale = localeOf(ctx)
  yield [headingsOf(locale)]
  const now = ctx.clock.now()
  for await (const rows of allRecords(ctx.db, filter)) {
    const articles = await articlesOf(ctx.db, rows)
    const offline = await withdrawalsOf(ctx.db, [...new Set(rows.map(({ id }) => id))])
    yield rows.flatMap((row) =>
      linesOf(row, articles.get(row.armId) ?? [], {
        locale,
        now,
        withdrawals: offline
          .filter((one) => one.broadcastId === row.id && one.arm === row.arm)
          .map(({ withdrawal }) => withdrawal),
      }),
    )
  }
}

function linesOf(
  row: RecordRow,
  articles: readonly ArticleResult[],
  { locale, now, withdrawals }: { locale: Locale; now: Date; withdrawals: readonly Withdrawal[] },
): Cell[][] {
  const words = wordsOf(locale)
  const delivered = deliveredOf(row, now)
  const head: Cell[] = [
    row.accountName,
    [row.name, row.groupName, row.isRest && words.rest].filter(Boolean).join(' · '),
    row.activityName,
    words.kind[row.kind],
    words.label[row.label],
    beijingMinute(row.sentAt),
    row.endedAt && beijingMinute(row.endedAt),
    delivered.people,
    delivered.isFinal ? words.yes : words.no,
  ]
  const offline = (place: number | null) => offlineOf(withdrawals, place, locale)
  if (articles.length === 0) return [[...head, offline(null), ...Array<Cell>(12).fill(null)]]
  return articles.map((article) => [
    ...head,
    offline(article.place),
    article.place,
    article.title,
    ...figuresOf(article),
  ])
}

/** How far taking it offline is: the whole message takes its articles along. */
function offlineOf(withdrawals: readonly Withdrawal[], place: number | null, locale: Locale): Cell {
  const one =
    withdrawals.find(({ article }) => article === null) ??
    withdrawals.find(({ article }) => article === place)
  return one === undefined ? null : wordsOf(locale).offline[one.state](one)
}

const SHARE_DIGITS = 4

function figuresOf({ url, figures }: ArticleResult): Cell[] {
  if (figures === null) return [url, ...Array<Cell>(9).fill(null)]
  const { readers, readRate, readOriginal, favourites, shares, likes, wows, comments, asOf } = figures
  const rate = readRate === null ? null : Number(readRate.toFixed(SHARE_DIGITS))
  return [url, readers, rate, readOriginal, favourites, shares, likes, wows, comments, asOf]
}
