import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'

const id = z.string().regex(/^\d{1,19}$/)
const params = z.object({ accountId: id })
const tag = 'contents'

/** `submitting` until WeChat took the draft, `publishing` until it told the result; `unknown`: whether it has it can't be told. */
export const articlePublicationState = z.enum(['submitting', 'publishing', 'done', 'failed', 'unknown'])
export type ArticlePublicationState = z.infer<typeof articlePublicationState>

/** 发布图文: one draft put on the account's profile. It notifies nobody and takes no mass send. */
export const articlePublication = z.object({
  id: z.string(),
  articleSetId: z.string(),
  title: z.string(),
  state: articlePublicationState,
  /** Why it failed, is unknown or has to wait; a word of the console's `publishing.reason` or a `platform_…`. */
  reason: z.string().nullable(),
  /** `errcode`, `rid` and `advice` of a refusal. */
  detail: z.record(z.string(), z.unknown()),
  /** Addresses of the published articles, in their order. */
  urls: z.array(z.string()),
  /** Which articles were in the way, counted from 1. */
  failed: z.array(z.number()),
  /** What can be used in replies and menus from now on. */
  publishedSetId: z.string().nullable(),
  createdBy: z.string().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
})
export type ArticlePublication = z.infer<typeof articlePublication>

export const publishArticleSetEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/article-sets/:articleSetId/publish',
  access: 'contents:publish',
  tag,
  summary: 'Publishes a draft as WeChat has it now; refused where that is another than what was last synced',
  params: params.extend({ articleSetId: id }),
  response: articlePublication,
})
export const listArticlePublicationsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/publications',
  access: 'contents:read',
  tag,
  summary: 'Drafts that were published from here, newest first',
  params,
  query: pageQuery,
  response: page(articlePublication),
})
