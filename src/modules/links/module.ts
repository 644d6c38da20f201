import { notFound } from '../../kernel/errors.ts'
import { type Manifest, route, streamRoute } from '../manifest.ts'
import { openLink } from './open.ts'
import * as schema from './schema.ts'
import { hasSend, selectLinkFigures } from './store.ts'

export const linksModule: Manifest = {
  name: 'links',
  routes: [
    streamRoute(schema.openLinkEndpoint, openLink),
    route(schema.listLinkFiguresEndpoint, async (ctx, { params }) => {
      if (!(await hasSend(ctx.db, params))) throw notFound('send')
      return { items: await selectLinkFigures(ctx.db, params.sendId) }
    }),
  ],
}
