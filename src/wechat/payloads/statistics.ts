import { z } from 'zod'
import { post } from './api-call.ts'

/** Both ends included, `yyyy-MM-dd`, Beijing days; `end_date` is yesterday at the latest. */
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const span = z.object({ begin_date: day, end_date: day })
const number = z.number().default(0)
const isDelay = z.boolean().optional()

const readSource = z.object({ user_count: number, scene_desc: z.string().default('') })
const behaviour = z.object({
  read_user: number,
  read_user_source: z.array(readSource).default([]),
  share_user: number,
  zaikan_user: number,
  like_user: number,
  comment_count: number,
  collection_user: number,
})

/** 获取用户增减数据: one row per source and day, days at most 7. */
export const getUserSummary = post(
  '/datacube/getusersummary',
  span,
  z.object({
    list: z.array(
      z.object({ ref_date: day, user_source: z.number().int(), new_user: number, cancel_user: number }),
    ),
  }),
)
export const getUserCumulate = post(
  '/datacube/getusercumulate',
  span,
  z.object({ list: z.array(z.object({ ref_date: day, cumulate_user: number })) }),
)
/** `msgid` is `<msg_data_id>_<article index from 1>`. */
export const getArticleRead = post(
  '/datacube/getarticleread',
  span,
  z.object({
    is_delay: isDelay,
    list: z.array(
      z.object({
        ref_date: day,
        msgid: z.string(),
        detail: behaviour.pick({ read_user: true, read_user_source: true }),
      }),
    ),
  }),
)
export const getArticleShare = post(
  '/datacube/getarticleshare',
  span,
  z.object({
    is_delay: isDelay,
    list: z.array(
      z.object({ ref_date: day, msgid: z.string(), detail: behaviour.pick({ share_user: true }) }),
    ),
  }),
)
export const getBizSummary = post(
  '/datacube/getbizsummary',
  span,
  z.object({
    is_delay: isDelay,
    list: z.array(
      z.object({
        ref_date: day,
        detail: behaviour.extend({ redirect_ori_page_user: number, send_page_count: number }),
      }),
    ),
  }),
)
/** One day of publication; each row of `detail_list` is the sum from that day to its `stat_date`, for 30 days. */
export const getArticleTotalDetail = post(
  '/datacube/getarticletotaldetail',
  span,
  z.object({
    is_delay: isDelay,
    list: z.array(
      z.object({
        ref_date: day,
        msgid: z.string(),
        /** 0 with a notification (mass send), 1 without (publish). */
        publish_type: z.number().int(),
        title: z.string().default(''),
        content_url: z.string().default(''),
        detail_list: z.array(
          behaviour.extend({
            stat_date: day,
            redirect_ori_page_user: number,
            praise_money: number,
            read_subscribe_user: number,
            read_delivery_rate: number,
            read_finish_rate: number,
            read_avg_activetime: number,
            read_jump_position: z
              .array(z.object({ position: z.number().int(), rate: z.number() }))
              .default([]),
          }),
        ),
      }),
    ),
  }),
)
export type ArticleTotal = z.output<typeof getArticleTotalDetail.reply>['list'][number]
export const getUpstreamMessages = post(
  '/datacube/getupstreammsg',
  span,
  z.object({
    list: z.array(
      z.object({ ref_date: day, msg_type: z.number().int(), msg_user: number, msg_count: number }),
    ),
  }),
)
export const getInterfaceSummary = post(
  '/datacube/getinterfacesummary',
  span,
  z.object({
    list: z.array(
      z.object({
        ref_date: day,
        callback_count: number,
        fail_count: number,
        total_time_cost: number,
        max_time_cost: number,
      }),
    ),
  }),
)
