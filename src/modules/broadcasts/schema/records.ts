import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { broadcastListItem } from './broadcast.ts'
import { articleResult, day, deliveredResult, figuresState } from './figures.ts'
import { id, label } from './shapes.ts'
import { withdrawal } from './withdraw.ts'

const tag = 'broadcasts'
export const CONTENT_KINDS = ['articles', 'text', 'image', 'voice', 'video'] as const
/** A download and a chart span no more than a leap year. */
export const MAX_RECORD_DAYS = 366

const filter = z.object({
  accountId: id.optional(),
  label: label.optional(),
  kind: z.enum(CONTENT_KINDS).optional(),
  activityId: id.optional(),
  /** Part of its name or of an article's title. */
  q: z.string().max(60).optional(),
})
/** Beijing days on which it went out, both included. */
const optionalDays = { from: day.optional(), to: day.optional() }
const days = { from: day, to: day }

export const massRecord = broadcastListItem.omit({ groups: true, can: true }).extend({
  accountId: z.string(),
  accountName: z.string(),
  recordId: z.string(),
  /** Which part of the send; the group's name where there are several. */
  arm: z.number(),
  groupName: z.string().nullable(),
  /** Those who remained after an A/B test. */
  isRest: z.boolean(),
  delivered: deliveredResult,
  /** What was taken offline, or is being. */
  withdrawals: z.array(withdrawal),
  figures: z.object({ state: figuresState, articles: z.array(articleResult) }),
})
export type MassRecord = z.infer<typeof massRecord>

export const listMassRecordsEndpoint = endpoint({
  method: 'GET',
  path: '/api/mass-records',
  access: 'broadcasts:read',
  tag,
  summary: '群发记录 across the accounts of the caller, newest first, with what people did with the articles',
  query: pageQuery.extend({ ...filter.shape, ...optionalDays }),
  response: page(massRecord),
})

export const RECORD_FORMATS = ['csv', 'xlsx'] as const
export const downloadMassRecordsEndpoint = endpoint({
  method: 'GET',
  path: '/api/mass-records/file',
  access: 'broadcasts:read',
  tag,
  summary: 'The records of at most 366 days as a table, one row an article',
  query: filter.extend({ ...days, format: z.enum(RECORD_FORMATS).default('xlsx') }),
  response: z.unknown(),
})

export const massFiguresEndpoint = endpoint({
  method: 'GET',
  path: '/api/mass-figures',
  access: 'broadcasts:read',
  tag,
  summary:
    'The records of at most 366 days added up by day, by hour of sending, or the articles that were read most',
  query: filter.extend({ ...days, by: z.enum(['day', 'hour', 'article']) }),
  response: z.object({
    items: z.array(
      z.object({
        /** A day, an hour from 0 to 23, or `<broadcast>_<place>`. */
        key: z.string(),
        sends: z.number(),
        delivered: z.number(),
        /** Of the first articles; of the article itself where asked by article. */
        readers: z.number(),
        /** Over those that the sends with figures were delivered to. */
        readRate: z.number().nullable(),
        shares: z.number(),
        favourites: z.number(),
        article: z
          .object({ title: z.string(), place: z.number(), broadcastId: z.string(), accountId: z.string() })
          .nullable(),
      }),
    ),
  }),
})
export type MassFigure = z.infer<typeof massFiguresEndpoint.response>['items'][number]
