import * as api from '../../wechat/payloads/drafts.ts'
import type { OfficialAccountClient } from './client.ts'

export type { Article, ArticleInput, DraftItem } from '../../wechat/payloads/drafts.ts'

/** Returns the new draft's media id, which dies when the draft is sent or published. */
export const addDraft = async (
  client: OfficialAccountClient,
  articles: readonly api.ArticleInput[],
): Promise<string> => (await client.call(api.addDraft, { articles: [...articles] })).media_id

/** `index` counts from 0. */
export async function updateDraft(
  client: OfficialAccountClient,
  { mediaId, index, article }: { mediaId: string; index: number; article: api.ArticleInput },
): Promise<void> {
  await client.call(api.updateDraft, { media_id: mediaId, index, articles: article })
}

export const getDraft = async (client: OfficialAccountClient, mediaId: string): Promise<api.Article[]> =>
  (await client.call(api.getDraft, { media_id: mediaId })).news_item

export async function deleteDraft(client: OfficialAccountClient, mediaId: string): Promise<void> {
  await client.call(api.deleteDraft, { media_id: mediaId })
}

export const countDrafts = async (client: OfficialAccountClient): Promise<number> =>
  (await client.call(api.countDrafts, {})).total_count

/** Newest first, 1 to 20 a page. */
export async function listDrafts(
  client: OfficialAccountClient,
  { offset, count, withContent }: { offset: number; count: number; withContent: boolean },
): Promise<{ total: number; items: api.DraftItem[] }> {
  const { total_count, item } = await client.call(api.listDrafts, {
    offset,
    count,
    no_content: withContent ? 0 : 1,
  })
  return { total: total_count, items: item }
}

/** A read article as one to send again: the copy each batch of a mass send needs. */
export const copyOf = (article: api.Article): api.ArticleInput => ({
  ...(article.article_type === 'newspic' ? { article_type: 'newspic' as const } : {}),
  title: article.title,
  author: article.author,
  digest: article.digest,
  content: article.content ?? '',
  content_source_url: article.content_source_url,
  ...(article.thumb_media_id ? { thumb_media_id: article.thumb_media_id } : {}),
  need_open_comment: article.need_open_comment ? 1 : 0,
  only_fans_can_comment: article.only_fans_can_comment ? 1 : 0,
  ...(article.cover_info?.crop_percent_list.length ? { cover_info: article.cover_info } : {}),
  ...(article.image_info?.image_list.length ? { image_info: article.image_info } : {}),
})
