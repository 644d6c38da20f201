import { z } from 'zod'
import { count, done, flag, get, nothing, post, unixSeconds } from './api-call.ts'
import { mediaId } from './material.ts'

/** A share of width or height, 0 to 1, written as a string. */
const corner = z.union([z.string(), z.number()]).transform(String)
const cropPercent = z.object({
  ratio: z.enum(['2.35_1', '1_1', '16_9']),
  x1: corner,
  y1: corner,
  x2: corner,
  y2: corner,
})

/** An article as we send it. Lengths are judged by `rules/content-limits.ts`, so that a form can explain them. */
export const articleInput = z.object({
  article_type: z.enum(['news', 'newspic']).optional(),
  title: z.string(),
  author: z.string().optional(),
  digest: z.string().optional(),
  content: z.string(),
  content_source_url: z.string().optional(),
  thumb_media_id: mediaId.optional(),
  need_open_comment: flag.optional(),
  only_fans_can_comment: flag.optional(),
  image_info: z.object({ image_list: z.array(z.object({ image_media_id: mediaId })) }).optional(),
  cover_info: z.object({ crop_percent_list: z.array(cropPercent) }).optional(),
})
export type ArticleInput = z.output<typeof articleInput>

/** An article as it comes back: `url` and `thumb_url` are added, `content` is missing where `no_content` was asked. */
export const article = z.object({
  article_type: z.string().optional(),
  title: z.string().default(''),
  author: z.string().default(''),
  digest: z.string().default(''),
  content: z.string().optional(),
  content_source_url: z.string().default(''),
  thumb_media_id: z.string().default(''),
  thumb_url: z.string().optional(),
  show_cover_pic: z.number().optional(),
  need_open_comment: z.number().int().default(0),
  only_fans_can_comment: z.number().int().default(0),
  url: z.string().optional(),
  is_deleted: z.boolean().optional(),
  cover_info: z.object({ crop_percent_list: z.array(cropPercent).default([]) }).optional(),
  image_info: z
    .object({ image_list: z.array(z.object({ image_media_id: z.string() })).default([]) })
    .optional(),
})
export type Article = z.output<typeof article>

export const addDraft = post(
  '/cgi-bin/draft/add',
  z.object({ articles: z.array(articleInput).min(1) }),
  z.object({ media_id: mediaId }),
)
/** `index` counts from 0; `articles` is one article, in spite of its name. */
export const updateDraft = post(
  '/cgi-bin/draft/update',
  z.object({ media_id: mediaId, index: z.number().int().min(0), articles: articleInput }),
  done,
)
export const getDraft = post(
  '/cgi-bin/draft/get',
  z.object({ media_id: mediaId }),
  z.object({ news_item: z.array(article) }),
)
export const deleteDraft = post('/cgi-bin/draft/delete', z.object({ media_id: mediaId }), done)
export const countDrafts = get('/cgi-bin/draft/count', nothing, z.object({ total_count: count }))

export const batchRange = z.object({
  offset: z.number().int().min(0),
  count: z.number().int().min(1).max(20),
  no_content: flag.optional(),
})
export const listDrafts = post(
  '/cgi-bin/draft/batchget',
  batchRange,
  z.object({
    total_count: count,
    item_count: count,
    item: z.array(
      z.object({
        media_id: mediaId,
        content: z.object({ news_item: z.array(article) }),
        update_time: unixSeconds,
      }),
    ),
  }),
)
export type DraftItem = z.output<typeof listDrafts.reply>['item'][number]
