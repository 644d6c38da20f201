import { type Manifest, route } from '../manifest.ts'
import { listTags, SYNC_MEMBERS, startMemberSync, syncTags } from './commands.ts'
import { runMemberSync } from './members.ts'
import * as schema from './schema.ts'

export const tagsModule: Manifest = {
  name: 'tags',
  routes: [
    route(schema.listTagsEndpoint, async (ctx, { params }) => ({
      items: await listTags(ctx, params.accountId),
    })),
    route(schema.syncTagsEndpoint, async (ctx, { params }) => ({
      items: await syncTags(ctx, params.accountId),
    })),
    route(schema.syncTagMembersEndpoint, async (ctx, { params }) => ({
      runId: await startMemberSync(ctx, params.accountId),
    })),
  ],
  jobs: {
    [SYNC_MEMBERS]: (ctx, payload, signal) => runMemberSync(ctx, payload['runId'] ?? '', signal),
  },
}
