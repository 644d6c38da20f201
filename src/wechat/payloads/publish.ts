import { z } from 'zod'
import { count, done, id64, post, unixSeconds } from './api-call.ts'
import { article, batchRange } from './drafts.ts'
import { mediaId } from './material.ts'

/** 0 done, 1 publishing, 2 originality failed, 3 failed, 4 review refused, 5 deleted by the user, 6 blocked. */
export const publishStatus = z.coerce.number().int()

export const submitPublish = post(
  '/cgi-bin/freepublish/submit',
  z.object({ media_id: mediaId }),
  z.object({ publish_id: id64, msg_data_id: id64.optional() }),
)
export const getPublish = post(
  '/cgi-bin/freepublish/get',
  z.object({ publish_id: z.string() }),
  z.object({
    publish_id: id64,
    publish_status: publishStatus,
    article_id: z.string().optional(),
    article_detail: z
      .object({ count, item: z.array(z.object({ idx: z.number().int(), article_url: z.string() })) })
      .optional(),
    fail_idx: z.array(z.number().int()).default([]),
  }),
)
export const getPublishedArticle = post(
  '/cgi-bin/freepublish/getarticle',
  z.object({ article_id: z.string() }),
  z.object({ news_item: z.array(article) }),
)
export const listPublished = post(
  '/cgi-bin/freepublish/batchget',
  batchRange,
  z.object({
    total_count: count,
    item_count: count,
    item: z.array(
      z.object({
        article_id: z.string(),
        content: z.object({ news_item: z.array(article) }),
        update_time: unixSeconds,
      }),
    ),
  }),
)
export type PublishedItem = z.output<typeof listPublished.reply>['item'][number]
/** `index` counts from 1; 0 or absent takes all articles away. */
export const deletePublished = post(
  '/cgi-bin/freepublish/delete',
  z.object({ article_id: z.string(), index: z.number().int().min(0).optional() }),
  done,
)
