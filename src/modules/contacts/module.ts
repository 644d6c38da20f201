import { type Manifest, route, streamRoute } from '../manifest.ts'
import { attributeRoutes } from './attributes/routes.ts'
import { learnNewFans } from './details.ts'
import { countFansBy, getFanDetail, listFans } from './fans.ts'
import { createFanList, deleteFanList, getFanList, listFanLists, listMembers } from './lists.ts'
import { peopleRoutes } from './people/routes.ts'
import * as schema from './schema.ts'
import { runFanSync, SYNC_FANS, startFanSync } from './sync.ts'
import { uploadFanList } from './upload.ts'

export const contactsModule: Manifest = {
  name: 'contacts',
  routes: [
    ...peopleRoutes,
    ...attributeRoutes,
    route(schema.listFansEndpoint, (ctx, { params, query }) => listFans(ctx, params.accountId, query)),
    route(schema.countFansEndpoint, (ctx, { params, query }) => countFansBy(ctx, params.accountId, query)),
    route(schema.getFanEndpoint, (ctx, { params }) => getFanDetail(ctx, params.accountId, params.fanId)),
    route(schema.syncFansEndpoint, async (ctx, { params }) => ({
      runId: await startFanSync(ctx, params.accountId),
    })),
    route(schema.listFanListsEndpoint, (ctx, { params, query }) =>
      listFanLists(ctx, params.accountId, query),
    ),
    route(schema.createFanListEndpoint, (ctx, { params, body }) =>
      createFanList(ctx, params.accountId, body),
    ),
    streamRoute(schema.uploadFanListEndpoint, async (ctx, request, reply) =>
      reply.send(await uploadFanList(ctx, request)),
    ),
    route(schema.getFanListEndpoint, (ctx, { params }) => getFanList(ctx, params.accountId, params.listId)),
    route(schema.listFanListMembersEndpoint, (ctx, { params, query }) =>
      listMembers(ctx, params.accountId, { ...query, listId: params.listId }),
    ),
    route(schema.deleteFanListEndpoint, async (ctx, { params }) => {
      await deleteFanList(ctx, params.accountId, params.listId)
      return {}
    }),
  ],
  jobs: {
    [SYNC_FANS]: (ctx, payload, signal) => runFanSync(ctx, payload['runId'] ?? '', signal),
  },
  sweeps: [{ name: 'contacts.learn-new-fans', everyMs: 1_000, run: learnNewFans }],
}
