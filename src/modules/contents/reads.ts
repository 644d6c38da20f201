import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Page } from '../../kernel/paging.ts'
import { findLastDone } from '../runs/index.ts'
import { selectAsset, selectAssets } from './media-store.ts'
import type { ArticleSetKind, ArticleSetPreview, ArticleSetSummary, MediaAsset } from './schema.ts'
import * as store from './store.ts'
import { preview, summarise } from './views.ts'

export const SYNC_ARTICLES = 'contents.sync-articles'

type SetFilter = {
  kind?: ArticleSetKind | undefined
  q?: string | undefined
  folder?: string | undefined
  gone?: boolean
  cursor?: string | undefined
  limit?: number
}

/** Synced sets, last changed first, without bodies. */
export async function listArticleSets(
  ctx: Ctx,
  accountId: string,
  filter: SetFilter = {},
): Promise<Page<ArticleSetSummary>> {
  const { gone = false, limit = 50 } = filter
  const page = await store.selectSummaries(ctx.db, accountId, { ...filter, gone, limit })
  return { items: page.items.map(summarise), nextCursor: page.nextCursor }
}

/** When articles of the account were last synced to the end; null before the first time. */
export const findLastSync = async (
  ctx: Ctx,
  accountId: string,
  kind = SYNC_ARTICLES,
): Promise<string | null> => (await findLastDone(ctx, accountId, kind))?.toISOString() ?? null

/** One set of the account with sanitised bodies. */
export const getArticleSet = async (
  ctx: Ctx,
  accountId: string,
  articleSetId: string,
): Promise<ArticleSetPreview> => preview(await getStoredSet(ctx, accountId, articleSetId))

export async function getStoredSet(
  ctx: Ctx,
  accountId: string,
  articleSetId: string,
): Promise<store.StoredSet> {
  const [set] = await store.selectSets(ctx.db, accountId, [articleSetId])
  if (set === undefined) throw notFound('article set')
  return set
}

/** One image, voice or video of the account, with its permanent `mediaId`. */
export async function getMediaAsset(ctx: Ctx, accountId: string, mediaAssetId: string): Promise<MediaAsset> {
  const found = await selectAsset(ctx.db, accountId, mediaAssetId)
  if (found === undefined) throw notFound('media')
  return found.asset
}

/** The same, undefined where there is none; in whatever transaction. */
export const findMediaAsset = async (
  db: Executor,
  accountId: string,
  mediaAssetId: string,
): Promise<MediaAsset | undefined> => (await selectAsset(db, accountId, mediaAssetId))?.asset

export const listMedia = selectAssets
