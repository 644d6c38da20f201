import type { Ctx } from '../../../context.ts'
import { beijingDay, beijingHour } from '../../../kernel/beijing.ts'
import type { QueryOf } from '../../../kernel/endpoint.ts'
import type { ArticleResult } from '../schema/figures.ts'
import type { MassFigure, massFiguresEndpoint } from '../schema/records.ts'
import { articlesOf } from './figures.ts'
import { checkRange, filterOf } from './list.ts'
import { allRecords, type RecordRow } from './store.ts'

/** Articles that a chart shows. */
const MOST_ARTICLES = 30

/** Sums of a range for a chart. A read rate is taken over those that the sends with figures were delivered to, and no others. */
export async function addUp(
  ctx: Ctx,
  { by, ...asked }: QueryOf<typeof massFiguresEndpoint>,
): Promise<{ items: MassFigure[] }> {
  checkRange(asked)
  const filter = await filterOf(ctx, asked)
  const sums = new Map<string, Sum>()
  const best: MassFigure[] = []
  for await (const rows of allRecords(ctx.db, filter)) {
    const articles = await articlesOf(ctx.db, rows)
    for (const row of rows) {
      const own = articles.get(row.armId) ?? []
      if (by === 'article') best.push(...own.flatMap((article) => figureOf(row, article)))
      else
        add(sums, by === 'day' ? beijingDay(row.sentAt) : String(beijingHour(row.sentAt)), {
          row,
          lead: own[0],
        })
    }
    best.sort((a, b) => b.readers - a.readers).splice(MOST_ARTICLES)
  }
  if (by === 'article') return { items: best }
  const keys = [...sums.keys()].sort((a, b) => (by === 'hour' ? Number(a) - Number(b) : a < b ? -1 : 1))
  return { items: keys.map((key) => itemOf(key, sums.get(key) as Sum)) }
}

type Sum = Pick<MassFigure, 'sends' | 'delivered' | 'readers' | 'shares' | 'favourites'> & { counted: number }
type One = { row: RecordRow; lead: ArticleResult | undefined }

function add(sums: Map<string, Sum>, key: string, { row, lead }: One): void {
  const sum = sums.get(key) ?? { sends: 0, delivered: 0, readers: 0, shares: 0, favourites: 0, counted: 0 }
  const figures = lead?.figures
  sums.set(key, {
    sends: sum.sends + 1,
    delivered: sum.delivered + row.delivered,
    readers: sum.readers + (figures?.readers ?? 0),
    shares: sum.shares + (figures?.shares ?? 0),
    favourites: sum.favourites + (figures?.favourites ?? 0),
    counted: sum.counted + (figures ? row.delivered : 0),
  })
}

const itemOf = (key: string, { counted, ...sum }: Sum): MassFigure => ({
  key,
  ...sum,
  readRate: counted > 0 ? sum.readers / counted : null,
  article: null,
})

function figureOf(row: RecordRow, { place, title, figures }: ArticleResult): MassFigure[] {
  if (figures === null) return []
  const { readers, readRate, shares, favourites } = figures
  return [
    {
      key: `${row.armId}_${place}`,
      sends: 1,
      delivered: row.delivered,
      readers,
      readRate,
      shares,
      favourites,
      article: { title, place, broadcastId: row.id, accountId: row.accountId },
    },
  ]
}
