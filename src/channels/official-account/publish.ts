import type { Article } from '../../wechat/payloads/drafts.ts'
import * as api from '../../wechat/payloads/publish.ts'
import type { OfficialAccountClient } from './client.ts'

export type { PublishedItem } from '../../wechat/payloads/publish.ts'

/** 发布: shows on the profile and notifies nobody. The draft is gone afterwards. */
export async function submitPublish(
  client: OfficialAccountClient,
  mediaId: string,
): Promise<{ publishId: string; msgDataId: string | undefined }> {
  const reply = await client.call(api.submitPublish, { media_id: mediaId })
  return { publishId: reply.publish_id, msgDataId: reply.msg_data_id }
}

export async function getPublish(
  client: OfficialAccountClient,
  publishId: string,
): Promise<{
  /** 0 done, 1 publishing, 2 originality, 3 failed, 4 review refused, 5 deleted, 6 blocked. */
  status: number
  articleId: string | undefined
  urls: { index: number; url: string }[]
  failedIndexes: number[]
}> {
  const reply = await client.call(api.getPublish, { publish_id: publishId })
  return {
    status: reply.publish_status,
    articleId: reply.article_id || undefined,
    urls: (reply.article_detail?.item ?? []).map((item) => ({ index: item.idx, url: item.article_url })),
    failedIndexes: reply.fail_idx,
  }
}

export const getPublishedArticle = async (
  client: OfficialAccountClient,
  articleId: string,
): Promise<Article[]> => (await client.call(api.getPublishedArticle, { article_id: articleId })).news_item

/** Newest first, 1 to 20 a page. */
export async function listPublished(
  client: OfficialAccountClient,
  { offset, count, withContent }: { offset: number; count: number; withContent: boolean },
): Promise<{ total: number; items: api.PublishedItem[] }> {
  const reply = await client.call(api.listPublished, { offset, count, no_content: withContent ? 0 : 1 })
  return { total: reply.total_count, items: reply.item }
}

/** `position` counts from 1; without it all articles go. */
export async function deletePublished(
  client: OfficialAccountClient,
  articleId: string,
  position?: number,
): Promise<void> {
  await client.call(api.deletePublished, { article_id: articleId, index: position ?? 0 })
}
