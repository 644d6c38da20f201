import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { id, MAX_ARTICLES } from './shapes.ts'

/** 评论 of an article of a send, as WeChat tells it: it names the person by openid at best, never by nickname. */
export const comment = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  text: z.string(),
  arm: z.number(),
  /** From 1. */
  article: z.number(),
  title: z.string(),
  /** Null where WeChat doesn't say who wrote it. */
  fanId: z.string().nullable(),
  contactId: z.string().nullable(),
  /** The customer's name or the fan's remark, where there is one and the caller may see persons. */
  name: z.string().nullable(),
})
export type BroadcastComment = z.infer<typeof comment>

export const listCommentsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/broadcasts/:broadcastId/comments',
  access: 'broadcasts:read',
  tag: 'broadcasts',
  summary: 'Comments on the articles of a mass send, newest first, as far as they were read from WeChat',
  params: z.object({ accountId: id, broadcastId: id }),
  query: pageQuery.extend({
    arm: z.coerce.number().int().min(0).max(99).optional(),
    article: z.coerce.number().int().min(1).max(MAX_ARTICLES).optional(),
    /** Part of the text. */
    q: z.string().trim().max(60).optional(),
  }),
  response: page(comment).extend({
    /** All of the send, whatever is asked for. */
    total: z.number(),
    /** When they are read from WeChat next; null once that is over. */
    nextReadAt: z.iso.datetime().nullable(),
  }),
})
