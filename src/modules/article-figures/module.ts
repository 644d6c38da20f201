import type { Manifest } from '../manifest.ts'
import { collectFigures } from './collect.ts'
import { nextFiguresDue } from './store.ts'
import { watchDays } from './watch.ts'

/** 图文数据: reads what WeChat counts of articles that were sent; knows accounts and days, and no broadcast. */
export const articleFiguresModule: Manifest = {
  name: 'article-figures',
  sweeps: [
    { name: 'article-figures.collect', everyMs: 5_000, run: collectFigures },
    { name: 'article-figures.watch', everyMs: 60_000, run: watchDays },
  ],
  nextDue: (ctx) => nextFiguresDue(ctx.db, ctx.clock.now()),
}
