import type { Ctx } from '../../../context.ts'
import { getAccount } from '../../accounts/index.ts'
import { ARTICLE_FIGURES_TOPIC } from '../../article-figures/index.ts'
import { type Manifest, route } from '../../manifest.ts'
import * as schema from '../schema/outside.ts'
import { chargeNext } from './charge.ts'
import * as commands from './commands.ts'
import { findOutsideSends, nextOutsideDue } from './find.ts'
import { presentOutside } from './present.ts'
import { listOutside } from './store.ts'

/** 后台或其他系统的群发: what went out without us, and what it costs. */
export const outsidePart = {
  routes: [
    route(schema.listOutsideSendsEndpoint, async (ctx, { params, query }) => {
      await getAccount(ctx, params.accountId)
      const page = await listOutside(ctx.db, { ...query, accountId: params.accountId })
      return {
        items: await Promise.all(page.items.map((row) => presentOutside(ctx, row))),
        nextCursor: page.nextCursor,
      }
    }),
    route(schema.enterOutsideSendEndpoint, (ctx, { params, body }) =>
      commands.enterOutsideSend(ctx, params.accountId, body),
    ),
    route(schema.chargeOutsideSendEndpoint, (ctx, { params, body }) =>
      commands.chargeOutsideSend(ctx, params, body),
    ),
    route(schema.undoOutsideSendEndpoint, (ctx, { params }) => commands.undoOutsideSend(ctx, params)),
    route(schema.ignoreOutsideSendEndpoint, (ctx, { params }) => commands.ignoreOutsideSend(ctx, params)),
    route(schema.linkOutsideSendEndpoint, (ctx, { params, body }) =>
      commands.linkOutsideSend(ctx, params, body),
    ),
  ],
  sweeps: [
    {
      name: 'broadcasts.find-outside',
      topic: ARTICLE_FIGURES_TOPIC,
      everyMs: 30_000,
      run: findOutsideSends,
    },
    { name: 'broadcasts.charge-outside', topic: commands.OUTSIDE_TOPIC, everyMs: 10_000, run: chargeNext },
  ],
  nextDue: (ctx: Ctx) => nextOutsideDue(ctx.db, ctx.clock.now()),
} satisfies Partial<Manifest>
