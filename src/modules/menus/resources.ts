import type { Ctx } from '../../context.ts'
import { AppError } from '../../kernel/errors.ts'
import { findMediaAsset, getArticleSet, usableIn } from '../contents/index.ts'
import { listLinkedAppIds } from '../mini-programs/index.ts'
import { listTags } from '../tags/index.ts'
import { leavesOf, type MenuFacts, type WireIds } from './rules.ts'
import type { MenuDraft } from './schema.ts'

/** What the menus name, as it is here now: what `checkMenus` asks for, and what WeChat calls it. */
export async function readResources(
  ctx: Ctx,
  accountId: string,
  menus: readonly MenuDraft[],
): Promise<{ facts: MenuFacts; ids: WireIds }> {
  const leaves = leavesOf(menus).map(({ button }) => button)
  const named = (ids: readonly (string | null)[]) => [...new Set(ids.filter((id) => id !== null))]
  const media = new Map<string, string>()
  const articles = new Map<string, string>()
  for (const id of named(leaves.map((one) => (one.type === 'media_id' ? one.mediaAssetId : null)))) {
    const found = await findMediaAsset(ctx.db, accountId, id)
    if (found) media.set(id, found.mediaId)
  }
  const isArticle = (type: string) => type === 'article_id' || type === 'article_view_limited'
  for (const id of named(leaves.map((one) => (isArticle(one.type) ? one.articleSetId : null)))) {
    const found = await publishedId(ctx, accountId, id)
    if (found !== undefined) articles.set(id, found)
  }
  const tagged = menus.some(({ match }) => match !== null && match.tagId !== null)
  return {
    facts: {
      linkedAppIds: await listLinkedAppIds(ctx, accountId),
      mediaAssetIds: new Set(media.keys()),
      articleSetIds: new Set(articles.keys()),
      ...(tagged ? { tagIds: (await listTags(ctx, accountId)).map(({ tagId }) => tagId) } : {}),
    },
    ids: { mediaIdOf: (id) => media.get(id), articleIdOf: (id) => articles.get(id) },
  }
}

/** Only published articles can be named by a menu, and only while they are there. */
async function publishedId(ctx: Ctx, accountId: string, articleSetId: string): Promise<string | undefined> {
  try {
    const { kind, wechatId, goneAt } = await getArticleSet(ctx, accountId, articleSetId)
    return usableIn({ kind, gone: goneAt !== null }, 'menu').can ? wechatId : undefined
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return undefined
    throw error
  }
}
