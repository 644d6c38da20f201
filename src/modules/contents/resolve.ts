import { type ArticleInput, copyOf } from '../../channels/official-account/drafts.ts'
import type { Ctx } from '../../context.ts'
import { type AppError, assert, invalid } from '../../kernel/errors.ts'
import { checkArticles } from '../../wechat/rules/content-limits.ts'
import { selectPictures } from './media-store.ts'
import { mediaMaterial, type Unusable, usableIn } from './rules/usable.ts'
import { type ArticleChoice, GONE, MAX_ARTICLES, type MediaAsset } from './schema.ts'
import * as store from './store.ts'
import { problemOf } from './views.ts'

/**
 * What `draft/add` takes for a message put together from synced articles, in the order chosen, each with its own or
 * a new cover. Taken from what was last synced: see `refreshArticleSet` for being sure. Refused as `articles_invalid`
 * with every problem at its place (`articles.0.title`, …).
 */
export async function resolveArticles(
  ctx: Ctx,
  accountId: string,
  choices: readonly ArticleChoice[],
): Promise<ArticleInput[]> {
  if (choices.length === 0) throw refused([{ field: 'articles', reason: 'articles_missing' }])
  if (choices.length > MAX_ARTICLES) {
    throw refused([
      { field: 'articles', reason: 'too_many_articles', limit: MAX_ARTICLES, actual: choices.length },
    ])
  }
  const found = await store.selectSets(
    ctx.db,
    accountId,
    choices.map((choice) => choice.articleSetId),
  )
  const sets = new Map(found.map((set) => [set.id, set]))
  const covers = await selectPictures(
    ctx.db,
    accountId,
    choices.flatMap((choice) => (choice.cover === undefined ? [] : [choice.cover.mediaAssetId])),
  )
  const picked = choices.map((choice) => pick(choice, { sets, covers, alone: choices.length === 1 }))
  const problems = picked.flatMap(({ reason }, index) =>
    reason === undefined ? [] : [{ field: `articles.${index}`, reason }],
  )
  if (problems.length > 0) throw refused(problems)
  const articles = picked.map(({ article }) => {
    assert(article, 'an article without a problem was picked')
    return article
  })
  const broken = checkArticles(articles.map(fieldsOf))
  if (broken.length > 0) throw refused(broken)
  return articles
}

type Reason =
  | 'article_unknown'
  | 'article_gone'
  | Exclude<Unusable, 'gone'>
  | 'cover_unknown'
  | 'cover_animated'
  | 'cover_not_applicable'
  | 'picture_article_not_alone'
type Picked = { article: ArticleInput; reason?: undefined } | { article?: undefined; reason: Reason }

type Known = {
  sets: ReadonlyMap<string, store.StoredSet>
  covers: ReadonlyMap<string, MediaAsset>
  alone: boolean
}

function pick(choice: ArticleChoice, { sets, covers, alone }: Known): Picked {
  const set = sets.get(choice.articleSetId)
  const article = set?.articles[choice.index]
  if (set === undefined || article === undefined) return { reason: 'article_unknown' }
  const gone = set.goneAt !== null && choice.kept !== GONE
  const usable = usableIn({ kind: set.kind, gone, problem: problemOf(article) }, 'mass-send')
  if (!usable.can) return { reason: usable.reason === 'gone' ? 'article_gone' : usable.reason }
  const copy = copyOf(article)
  // 图片消息 is a message by itself and shows its pictures, not a cover.
  if (copy.article_type === 'newspic' && !alone) return { reason: 'picture_article_not_alone' }
  if (choice.cover === undefined) return { article: copy }
  if (copy.article_type === 'newspic') return { reason: 'cover_not_applicable' }
  const cover = covers.get(choice.cover.mediaAssetId)
  if (cover === undefined) return { reason: 'cover_unknown' }
  if (!usableIn(mediaMaterial(cover), 'mass-send').can) return { reason: 'cover_animated' }
  // the old cover's cut-outs don't fit the new one
  const { cover_info: _, ...rest } = copy
  return { article: { ...rest, thumb_media_id: cover.mediaId } }
}

const fieldsOf = (article: ArticleInput) => ({
  type: article.article_type,
  title: article.title,
  author: article.author,
  digest: article.digest,
  content: article.content,
  sourceUrl: article.content_source_url,
  coverMediaId: article.thumb_media_id,
  pictureMediaIds: article.image_info?.image_list.map((image) => image.image_media_id),
})

const refused = (problems: readonly object[]): AppError =>
  invalid('articles_invalid', 'these articles can not be sent together as they are', { problems })
