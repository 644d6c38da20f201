import { z } from 'zod'
import { count, done, get, nothing, post, unixSeconds } from './api-call.ts'

export const mediaId = z.string().min(1).max(256)
export const mediaKind = z.enum(['image', 'voice', 'video', 'thumb'])
export type MediaKind = z.output<typeof mediaKind>

/** Uploads are multipart with the file in the part `media`; `call` here is the query. */
export const uploadTemporary = post(
  '/cgi-bin/media/upload',
  z.object({ type: mediaKind }),
  z
    .object({
      type: z.string(),
      media_id: mediaId.optional(),
      thumb_media_id: mediaId.optional(),
      created_at: unixSeconds,
    })
    // Old answers to a thumb carry its id under another name.
    .transform((reply, ctx) => {
      const id = reply.media_id ?? reply.thumb_media_id
      if (id) return { type: reply.type, media_id: id, created_at: reply.created_at }
      ctx.addIssue({ code: 'custom', message: 'media_id missing' })
      return z.NEVER
    }),
)
/** 上传图文消息内的图片: gives a URL for article bodies and costs no material. */
export const uploadArticleImage = post(
  '/cgi-bin/media/uploadimg',
  nothing,
  z.object({ url: z.string().min(1) }),
)
export const addMaterial = post(
  '/cgi-bin/material/add_material',
  z.object({ type: mediaKind }),
  z.object({ media_id: mediaId, url: z.string().optional() }),
)
export const videoDescription = z.object({ title: z.string(), introduction: z.string() })

/** Answers with the file itself; a video answers with this. */
export const getTemporary = get(
  '/cgi-bin/media/get',
  z.object({ media_id: mediaId }),
  z.object({ video_url: z.string() }),
)
/** Pictures and voice answer with the file itself; a video answers with this. */
export const getMaterial = post(
  '/cgi-bin/material/get_material',
  z.object({ media_id: mediaId }),
  z.object({ title: z.string(), description: z.string(), down_url: z.string() }),
)
export const deleteMaterial = post('/cgi-bin/material/del_material', z.object({ media_id: mediaId }), done)
export const countMaterial = get(
  '/cgi-bin/material/get_materialcount',
  nothing,
  z.object({ voice_count: count, video_count: count, image_count: count, news_count: count }),
)
export const listMaterial = post(
  '/cgi-bin/material/batchget_material',
  z.object({
    type: z.enum(['image', 'voice', 'video']),
    offset: z.number().int().min(0),
    count: z.number().int().min(1).max(20),
  }),
  z.object({
    total_count: count,
    item_count: count,
    item: z.array(
      z.object({
        media_id: mediaId,
        name: z.string().optional(),
        update_time: unixSeconds,
        url: z.string().optional(),
      }),
    ),
  }),
)
export type MaterialItem = z.output<typeof listMaterial.reply>['item'][number]
