import { assert } from '../../kernel/errors.ts'
import { type Manifest, route } from '../manifest.ts'
import { deleteArticleSet, deleteMedia } from './commands/delete.ts'
import { refreshArticleSet } from './commands/refresh.ts'
import { runSyncArticles, syncArticles } from './commands/sync.ts'
import { folderRoutes } from './folders/routes.ts'
import { mediaRoutes } from './media-routes.ts'
import { runSyncMedia } from './media-sync/run.ts'
import { SYNC_MEDIA, syncMedia } from './media-sync/start.ts'
import { CONTENTS_TOPIC, publishResults } from './publish/results.ts'
import { publishArticleSet } from './publish/start.ts'
import { publishNext } from './publish/step.ts'
import { nextPublicationDue, selectPublications } from './publish/store.ts'
import {
  findLastSync,
  getArticleSet,
  getMediaAsset,
  listArticleSets,
  listMedia,
  SYNC_ARTICLES,
} from './reads.ts'
import * as schema from './schema.ts'
import { usesOf } from './uses/reads.ts'
import { brokenUses } from './uses/store.ts'

export const contentsModule: Manifest = {
  name: 'contents',
  routes: [
    route(schema.listArticleSetsEndpoint, async (ctx, { params: { accountId }, query }) => ({
      ...(await listArticleSets(ctx, accountId, query)),
      lastSyncedAt: await findLastSync(ctx, accountId),
    })),
    route(schema.getArticleSetEndpoint, (ctx, { params }) =>
      getArticleSet(ctx, params.accountId, params.articleSetId),
    ),
    route(schema.refreshArticleSetEndpoint, (ctx, { params }) =>
      refreshArticleSet(ctx, params.accountId, params.articleSetId),
    ),
    route(schema.syncArticlesEndpoint, (ctx, { params, body }) => syncArticles(ctx, params.accountId, body)),
    route(schema.publishArticleSetEndpoint, (ctx, { params }) =>
      publishArticleSet(ctx, params.accountId, params.articleSetId),
    ),
    route(schema.listArticlePublicationsEndpoint, (ctx, { params, query }) =>
      selectPublications(ctx.db, params.accountId, query),
    ),
    route(schema.listMediaEndpoint, async (ctx, { params: { accountId }, query }) => ({
      ...(await listMedia(ctx.db, accountId, query)),
      lastSyncedAt: await findLastSync(ctx, accountId, SYNC_MEDIA),
    })),
    route(schema.getMediaEndpoint, (ctx, { params }) =>
      getMediaAsset(ctx, params.accountId, params.mediaAssetId),
    ),
    route(schema.syncMediaEndpoint, (ctx, { params, body }) => syncMedia(ctx, params.accountId, body.scope)),
    ...folderRoutes,
    route(
      schema.listMaterialUsesEndpoint,
      async (ctx, { params: { accountId, material, materialId: id } }) => ({
        items: await usesOf(ctx, accountId, { material, id }),
      }),
    ),
    route(schema.deleteMediaEndpoint, async (ctx, { params: { accountId, ...of }, query }) => {
      await deleteMedia(ctx, accountId, { ...of, ...query })
      return {}
    }),
    route(schema.deleteArticleSetEndpoint, async (ctx, { params: { accountId, ...of }, query }) => {
      await deleteArticleSet(ctx, accountId, { ...of, ...query })
      return {}
    }),
    route(schema.listBrokenUsesEndpoint, async (ctx, { params }) => ({
      items: await brokenUses(ctx.db, params.accountId),
    })),
    ...mediaRoutes,
  ],
  reactions: [publishResults],
  sweeps: [{ name: 'contents.publish', topic: CONTENTS_TOPIC, everyMs: 2_000, run: publishNext }],
  nextDue: (ctx) => nextPublicationDue(ctx.db, ctx.clock.now()),
  jobs: {
    [SYNC_ARTICLES]: (ctx, { runId }, signal) => {
      assert(runId, 'the job names its run')
      return runSyncArticles(ctx, runId, signal)
    },
    [SYNC_MEDIA]: (ctx, { runId }, signal) => {
      assert(runId, 'the job names its run')
      return runSyncMedia(ctx, runId, signal)
    },
  },
}
