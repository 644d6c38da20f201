import { notFound } from '../../kernel/errors.ts'
import * as activities from '../activities/schema.ts'
import { findSend } from '../deliveries/index.ts'
import { type Manifest, route } from '../manifest.ts'
import { activityFigures, listFiledWork } from './activity-figures.ts'
import { attribute } from './attribute.ts'
import { figuresOf } from './figures.ts'
import { getSendFiguresEndpoint } from './schema.ts'

/** Events a chunk: each is one look at the person's messages. */
const CHUNK = 1_000

export const goalsModule: Manifest = {
  name: 'goals',
  routes: [
    route(getSendFiguresEndpoint, async (ctx, { params }) => {
      const send = await findSend(ctx.db, params.sendId)
      if (send === undefined || send.accountId !== params.accountId) throw notFound('send')
      return figuresOf(ctx.db, send.id)
    }),
    route(activities.listFiledWorkEndpoint, (ctx, { params, query }) =>
      listFiledWork(ctx, { ...params, ...query }),
    ),
    route(activities.getActivityFiguresEndpoint, (ctx, { params }) =>
      activityFigures(ctx, params.activityId),
    ),
  ],
  reactions: [{ name: 'goals.attribution', events: 'all', chunk: CHUNK, react: attribute }],
}
