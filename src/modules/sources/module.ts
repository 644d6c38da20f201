import { type Manifest, route } from '../manifest.ts'
import * as commands from './commands.ts'
import { getSource, listRejections, listSources } from './reads.ts'
import * as schema from './schema.ts'
import { sweepOld } from './sweep.ts'

export const sourcesModule: Manifest = {
  name: 'sources',
  routes: [
    route(schema.listSourcesEndpoint, async (ctx) => ({ items: await listSources(ctx) })),
    route(schema.getSourceEndpoint, (ctx, { params }) => getSource(ctx, params.sourceId)),
    route(schema.createSourceEndpoint, async (ctx, { body }) => {
      const { id, keys } = await commands.createSource(ctx, body)
      return { ...(await getSource(ctx, id)), keys }
    }),
    route(schema.updateSourceEndpoint, async (ctx, { params, body }) => {
      await commands.updateSource(ctx, params.sourceId, body)
      return getSource(ctx, params.sourceId)
    }),
    route(schema.showSourceKeysEndpoint, (ctx, { params }) => commands.showSourceKeys(ctx, params.sourceId)),
    route(schema.rotateSourceKeysEndpoint, (ctx, { params, body }) =>
      commands.rotateSourceKeys(ctx, params.sourceId, body),
    ),
    route(schema.listRejectionsEndpoint, (ctx, { params, query }) =>
      listRejections(ctx, { ...params, ...query }),
    ),
  ],
  sweeps: [{ name: 'sources.old', everyMs: 600_000, run: sweepOld }],
}
