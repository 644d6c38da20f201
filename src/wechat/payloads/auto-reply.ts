import { z } from 'zod'
import { get, nothing } from './api-call.ts'

const flag = z.union([z.literal(0), z.literal(1)])
const article = z.object({
  title: z.string(),
  author: z.string().optional(),
  digest: z.string().optional(),
  show_cover: z.number().optional(),
  cover_url: z.string().optional(),
  content_url: z.string(),
  source_url: z.string().optional(),
})

/** `text`, `img`, `voice`, `video`, and of keywords also `news`. `content` is the text, an id of media, or a film's address. */
const reply = z.object({
  type: z.string(),
  content: z.string().optional(),
  news_info: z.object({ list: z.array(article) }).optional(),
})
export type CurrentReply = z.output<typeof reply>

const keywordRule = z.object({
  rule_name: z.string(),
  create_time: z.number(),
  reply_mode: z.enum(['reply_all', 'random_one']),
  keyword_list_info: z.array(
    z.object({ type: z.string(), match_mode: z.enum(['contain', 'equal']), content: z.string().optional() }),
  ),
  reply_list_info: z.array(reply),
})
export type CurrentKeywordRule = z.output<typeof keywordRule>

/**
 * 获取自动回复规则 (checked 2026-11): what is set up on WeChat's own pages, and nothing that is answered from elsewhere. Pictures,
 * recordings and films are temporary media, new each time; news are permanent.
 */
export const currentAutoReply = z.object({
  is_add_friend_reply_open: flag,
  is_autoreply_open: flag,
  add_friend_autoreply_info: reply.optional(),
  message_default_autoreply_info: reply.optional(),
  keyword_autoreply_info: z.object({ list: z.array(keywordRule) }).optional(),
})
export const getCurrentAutoReply = get('/cgi-bin/get_current_autoreply_info', nothing, currentAutoReply)
