import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { id, instant } from './shapes.ts'

export const day = z.iso.date()

/** What people did with one article, as WeChat counts them; whoever reads on two days is counted on both. */
const counts = z.object({
  readers: z.number(),
  /** Those who came by the message itself; null where WeChat doesn't split them. */
  messageReaders: z.number().nullable(),
  readOriginal: z.number(),
  favourites: z.number(),
  shares: z.number(),
  likes: z.number(),
  wows: z.number(),
  comments: z.number(),
})
export type Counts = z.infer<typeof counts>

export const articleResult = z.object({
  place: z.number(),
  title: z.string(),
  url: z.string().nullable(),
  /** Sums up to `asOf`; null while WeChat has told nothing of it. */
  figures: counts
    .extend({
      /** Readers over those the send was delivered to; null where WeChat never said how many that were. */
      readRate: z.number().nullable(),
      /** The last day that is in all of it. */
      asOf: day,
    })
    .nullable(),
})
export type ArticleResult = z.infer<typeof articleResult>

/** 实际送达: WeChat goes on correcting it; what stands at 09:00 of the day after the end is final (E8). */
export const deliveredResult = z.object({
  people: z.number(),
  uncounted: z.number(),
  isFinal: z.boolean(),
  finalAt: instant.nullable(),
})

/** `none`: not articles, or nothing delivered; `waiting`: not read yet; `counting`: read every morning; `final`: seven days are over. */
export const figuresState = z.enum(['none', 'waiting', 'counting', 'final'])
export type FiguresState = z.infer<typeof figuresState>

export const broadcastFigures = z.object({
  delivered: deliveredResult,
  state: figuresState,
  /** Why the last look brought nothing: it is repeated at `nextAt`. */
  problem: z.enum(['late', 'calls-used-up', 'busy', 'refused']).nullable(),
  readAt: instant.nullable(),
  nextAt: instant.nullable(),
  articles: z.array(articleResult),
  /** What each day added. */
  days: z.array(z.object({ day, articles: z.array(counts.extend({ place: z.number() })) })),
})
export type BroadcastFigures = z.infer<typeof broadcastFigures>

export const broadcastFiguresEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/broadcasts/:broadcastId/figures',
  access: 'broadcasts:read',
  tag: 'broadcasts',
  summary:
    '图文数据 of a record of a mass send: readers, read rate, read-original, favourites, shares, likes and comments of each article',
  params: z.object({ accountId: id, broadcastId: id }),
  query: z.object({ arm: z.coerce.number().int().min(0).max(99).default(0) }),
  response: broadcastFigures,
})
