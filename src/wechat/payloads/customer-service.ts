import { z } from 'zod'
import { done, openId, post } from './api-call.ts'
import { mediaId } from './material.ts'

const text = z.string()
const address = z.string().max(2_048)

/**
 * What a customer-service message (客服消息) carries (发送客服消息, checked 2026-11). `news` holds exactly one article;
 * `mpnewsarticle` names a published one. Menu messages are not open to test accounts.
 */
export const customerServiceMessage = z.discriminatedUnion('msgtype', [
  z.object({ msgtype: z.literal('text'), text: z.object({ content: text.min(1) }) }),
  z.object({ msgtype: z.literal('image'), image: z.object({ media_id: mediaId }) }),
  z.object({ msgtype: z.literal('voice'), voice: z.object({ media_id: mediaId }) }),
  z.object({
    msgtype: z.literal('video'),
    video: z.object({
      media_id: mediaId,
      thumb_media_id: mediaId.optional(),
      title: text.optional(),
      description: text.optional(),
    }),
  }),
  z.object({
    msgtype: z.literal('music'),
    music: z.object({
      title: text.optional(),
      description: text.optional(),
      musicurl: address,
      hqmusicurl: address.optional(),
      thumb_media_id: mediaId,
    }),
  }),
  z.object({
    msgtype: z.literal('news'),
    news: z.object({
      articles: z.array(z.object({ title: text, description: text, url: address, picurl: address })),
    }),
  }),
  z.object({ msgtype: z.literal('mpnewsarticle'), mpnewsarticle: z.object({ article_id: text.min(1) }) }),
  z.object({
    msgtype: z.literal('msgmenu'),
    msgmenu: z.object({
      head_content: text.optional(),
      list: z.array(z.object({ id: text, content: text })),
      tail_content: text.optional(),
    }),
  }),
  z.object({
    msgtype: z.literal('miniprogrampage'),
    miniprogrampage: z.object({ title: text, appid: text, pagepath: text, thumb_media_id: mediaId }),
  }),
])
export type CustomerServiceMessage = z.output<typeof customerServiceMessage>

/** 发送客服消息. Answers with no message id, and no event tells what became of it. */
export const sendCustom = post(
  '/cgi-bin/message/custom/send',
  z.intersection(z.object({ touser: openId }), customerServiceMessage),
  done,
)

/** 客服输入状态. */
export const customTyping = post(
  '/cgi-bin/message/custom/typing',
  z.object({ touser: openId, command: z.enum(['Typing', 'CancelTyping']) }),
  done,
)
