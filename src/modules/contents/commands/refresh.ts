import { isDeepStrictEqual } from 'node:util'
import { getDraft } from '../../../channels/official-account/drafts.ts'
import { getPublishedArticle } from '../../../channels/official-account/publish.ts'
import { isWechatError, type OfficialAccountClient } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import type { Article } from '../../../wechat/payloads/drafts.ts'
import { accountClient } from '../../accounts/index.ts'
import { explained } from '../../runs/index.ts'
import { getStoredSet } from '../reads.ts'
import type { ArticleSetPreview, SyncedKind } from '../schema.ts'
import * as store from '../store.ts'
import { preview } from '../views.ts'

/**
 * Reads one set from WeChat again. `changed` tells whether it is another than what we had, also when it is gone
 * there (`goneAt`) or back.
 */
export async function refreshArticleSet(
  ctx: Ctx,
  accountId: string,
  articleSetId: string,
): Promise<ArticleSetPreview & { changed: boolean }> {
  const before = await getStoredSet(ctx, accountId, articleSetId)
  const { id, kind, wechatId } = before
  // WeChat has nothing to compare what was sent with
  if (kind === 'history') return { ...preview(before), changed: false }
  const client = await accountClient(ctx, accountId)
  await explained(look(ctx, { client, accountId, set: { id, kind, wechatId } }))
  const after = await getStoredSet(ctx, accountId, articleSetId)
  const changed =
    !isDeepStrictEqual(before.articles, after.articles) ||
    (before.goneAt === null) !== (after.goneAt === null)
  return { ...preview(after), changed }
}

type Look = {
  client: OfficialAccountClient
  accountId: string
  set: { id: string; kind: SyncedKind; wechatId: string }
}

/** Writes down what WeChat says of one set now: its articles, or that it is gone. */
export async function look(ctx: Ctx, { client, accountId, set }: Look): Promise<void> {
  const articles = await fetchArticles(client, set)
  if (articles === undefined) await store.markGone(ctx.db, set.id, ctx.clock.now())
  else {
    await store.upsertSets(ctx.db, accountId, {
      kind: set.kind,
      sets: [{ wechatId: set.wechatId, articles, updatedAt: null }],
      at: ctx.clock.now(),
    })
  }
}

/** 40007 for a draft and 53600 for a published article: there is none of that id. */
const GONE: Record<SyncedKind, number> = { draft: 40007, published: 53600 }

/** What WeChat has of one set now; undefined where it has none of that id. */
export async function fetchArticles(
  client: OfficialAccountClient,
  { kind, wechatId }: Omit<Look['set'], 'id'>,
): Promise<Article[] | undefined> {
  try {
    return await (kind === 'draft' ? getDraft(client, wechatId) : getPublishedArticle(client, wechatId))
  } catch (error) {
    if (isWechatError(error) && error.errcode === GONE[kind]) return undefined
    throw error
  }
}
