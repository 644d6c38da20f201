import { z } from 'zod'
import { count, done, id64, outgoingId64, post, unixSeconds } from './api-call.ts'

/** `index` counts from 0 within the mass send that `msg_data_id` names. */
const articleOf = z.object({ msg_data_id: outgoingId64, index: z.number().int().min(0).optional() })
const commentOf = articleOf.extend({ user_comment_id: outgoingId64 })

/** `openid` is absent for commenters that are not WeChat users. */
export const comment = z.object({
  user_comment_id: id64,
  openid: z.string().optional(),
  create_time: unixSeconds,
  content: z.string(),
  comment_type: z.number().int(),
  reply: z.object({ content: z.string(), create_time: unixSeconds }).optional(),
})
export type Comment = z.output<typeof comment>

export const openComments = post('/cgi-bin/comment/open', articleOf, done)
export const closeComments = post('/cgi-bin/comment/close', articleOf, done)
export const listComments = post(
  '/cgi-bin/comment/list',
  articleOf.extend({
    begin: z.number().int().min(0),
    count: z.number().int().min(1).max(49),
    /** 0 all, 1 not elected, 2 elected (精选). */
    type: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  }),
  z.object({ total: count, comment: z.array(comment).default([]) }),
)
export const electComment = post('/cgi-bin/comment/markelect', commentOf, done)
export const unelectComment = post('/cgi-bin/comment/unmarkelect', commentOf, done)
export const deleteComment = post('/cgi-bin/comment/delete', commentOf, done)
export const replyToComment = post(
  '/cgi-bin/comment/reply/add',
  commentOf.extend({ content: z.string().min(1) }),
  done,
)
export const deleteCommentReply = post('/cgi-bin/comment/reply/delete', commentOf, done)
