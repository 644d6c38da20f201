import type { Article } from '../../wechat/payloads/drafts.ts'
import { sanitise } from './sanitise.ts'
import type { ArticleSetPreview, ArticleSetSummary } from './schema.ts'
import type { StoredSet } from './store.ts'

export const summarise = (set: StoredSet): ArticleSetSummary => ({
  id: set.id,
  kind: set.kind,
  wechatId: set.wechatId,
  title: set.title,
  articles: set.articles.map(summariseArticle),
  folderId: set.folderId,
  wechatUpdatedAt: set.wechatUpdatedAt?.toISOString() ?? null,
  syncedAt: set.syncedAt.toISOString(),
  goneAt: set.goneAt?.toISOString() ?? null,
})

export const preview = (set: StoredSet): ArticleSetPreview => ({
  ...summarise(set),
  articles: set.articles.map((article, index) => ({
    ...summariseArticle(article, index),
    html: sanitise(article.content ?? ''),
    contentSourceUrl: /^https?:\/\//i.test(article.content_source_url) ? article.content_source_url : '',
    commentsOpen: article.need_open_comment === 1,
  })),
})

const summariseArticle = (article: Article, index: number): ArticleSetSummary['articles'][number] => ({
  index,
  title: article.title,
  author: article.author,
  digest: article.digest,
  thumbUrl: article.thumb_url || null,
  url: article.url || null,
  problem: problemOf(article),
})

/** Why an article can't be sent as it is. A missing cover can be put right where it is chosen. */
export function problemOf(article: Article): ArticleSetSummary['articles'][number]['problem'] {
  if (article.is_deleted === true) return 'deleted'
  const type = article.article_type || 'news'
  if (type !== 'news' && type !== 'newspic') return 'type_not_supported'
  return type === 'news' && article.thumb_media_id === '' ? 'cover_missing' : null
}
