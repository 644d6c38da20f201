import { z } from 'zod'
import { done, flag, id64, openId, outgoingId64, post } from './api-call.ts'
import { mediaId } from './material.ts'

const withMedia = z.object({ media_id: mediaId })
const images = z.object({
  media_ids: z.array(mediaId).min(1),
  recommend: z.string().optional(),
  title: z.string().optional(),
  need_open_comment: flag.optional(),
  only_fans_can_comment: flag.optional(),
})

/** What a mass send carries. Pictures: the type is `image`, the object is `images`. */
export const massContent = z.discriminatedUnion('msgtype', [
  z.object({ msgtype: z.literal('mpnews'), mpnews: withMedia }),
  z.object({ msgtype: z.literal('text'), text: z.object({ content: z.string().min(1) }) }),
  z.object({ msgtype: z.literal('voice'), voice: withMedia }),
  z.object({ msgtype: z.literal('image'), images }),
  z.object({
    msgtype: z.literal('mpvideo'),
    mpvideo: withMedia.extend({ title: z.string().optional(), description: z.string().optional() }),
  }),
])
export type MassContent = z.output<typeof massContent>

const options = z.object({
  /** 1 sends also where the originality check finds a permitted reprint, 0 stops. */
  send_ignore_reprint: flag.optional(),
  clientmsgid: z.string().max(32).optional(),
})
const submitted = z.object({
  errcode: z.literal(0),
  errmsg: z.string().optional(),
  msg_id: id64,
  msg_data_id: id64.optional(),
})

/** 根据标签进行群发 and 群发给全部用户. */
export const massSendAll = post(
  '/cgi-bin/message/mass/sendall',
  z.intersection(
    options.extend({
      filter: z.object({ is_to_all: z.boolean(), tag_id: z.number().int().min(0).optional() }),
    }),
    massContent,
  ),
  submitted,
)
/** 根据 OpenID 列表群发, service accounts. */
export const massSend = post(
  '/cgi-bin/message/mass/send',
  z.intersection(options.extend({ touser: z.array(openId).min(2).max(10_000) }), massContent),
  submitted,
)
/** What 45065 (the same clientmsgid within 24 h) carries besides the code. */
export const massDuplicate = z.object({ msg_id: id64.optional(), msg_data_id: id64.optional() })

/** 预览接口; by WeChat id 100 a day. */
export const massPreview = post(
  '/cgi-bin/message/mass/preview',
  z.intersection(
    z.object({ touser: openId.optional(), towxname: z.string().min(1).optional() }),
    massContent,
  ),
  z.object({ errcode: z.literal(0), errmsg: z.string().optional(), msg_id: id64.optional() }),
)
/** `article_idx` counts from 1; 0 or absent takes all articles away. */
export const massDelete = post(
  '/cgi-bin/message/mass/delete',
  z.object({
    msg_id: outgoingId64,
    article_idx: z.number().int().min(0).optional(),
    url: z.string().optional(),
  }),
  done,
)
export const massStatus = z.enum(['SEND_SUCCESS', 'SENDING', 'SEND_FAIL', 'DELETE'])
export type MassStatus = z.output<typeof massStatus>
export const massGet = post(
  '/cgi-bin/message/mass/get',
  z.object({ msg_id: z.string() }),
  z.object({ msg_id: id64, msg_status: massStatus }),
)
/** `speed` 0…4 is 800 k, 600 k, 450 k, 300 k, 100 k a minute. */
const speedReply = z.object({ speed: z.number().int().min(0).max(4), realspeed: z.number() })
export const massGetSpeed = post('/cgi-bin/message/mass/speed/get', z.object({}), speedReply)
export const massSetSpeed = post(
  '/cgi-bin/message/mass/speed/set',
  z.object({ speed: z.number().int().min(0).max(4) }),
  done.extend({ speed: z.number().optional(), realspeed: z.number().optional() }),
)
/** Turns an uploaded video into the media id that `mpvideo` takes. */
export const uploadMassVideo = post(
  '/cgi-bin/media/uploadvideo',
  z.object({ media_id: mediaId, title: z.string(), description: z.string() }),
  z.object({ media_id: mediaId, created_at: z.number().optional() }),
)
