import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { page, pageQuery } from '../../kernel/paging.ts'
import { runView } from '../runs/schema.ts'
import { folderFilter } from './folders/schema.ts'
import { type MediaKind, mediaKind } from './media-sync/schema.ts'
import { COMPARED } from './rules/compare.ts'

export * from './folders/schema.ts'
export * from './media-sync/schema.ts'
export * from './publish/schema.ts'
export * from './uses/schema.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'contents'
const params = z.object({ accountId: id })

/** 草稿 or 已发布: what WeChat has. */
export const syncedKind = z.enum(['draft', 'published'])
export type SyncedKind = z.infer<typeof syncedKind>
/** 历史 beside them: what was mass sent from here, kept as it went out. */
export const articleSetKind = z.enum([...syncedKind.options, 'history'])
export type ArticleSetKind = z.infer<typeof articleSetKind>

export const articleProblem = z.enum(['deleted', 'cover_missing', 'type_not_supported'])
export type ArticleProblem = z.infer<typeof articleProblem>
/** One article of a set, without its body. `index` counts from 0. */
export const articleSummary = z.object({
  index: z.number(),
  title: z.string(),
  author: z.string(),
  digest: z.string(),
  thumbUrl: z.string().nullable(),
  url: z.string().nullable(),
  /** Why this article can't be sent as it is; null when it can. */
  problem: articleProblem.nullable(),
})

/** 图文消息: one message of 1 to 8 articles, as last synced. */
export const articleSetSummary = z.object({
  id: z.string(),
  kind: articleSetKind,
  wechatId: z.string(),
  title: z.string(),
  articles: z.array(articleSummary),
  folderId: z.string().nullable(),
  /** Of history: when it was last sent. */
  wechatUpdatedAt: z.iso.datetime().nullable(),
  syncedAt: z.iso.datetime(),
  /** When a look found that it is no longer at WeChat. */
  goneAt: z.iso.datetime().nullable(),
})
export type ArticleSetSummary = z.infer<typeof articleSetSummary>

export const articlePreview = articleSummary.extend({
  /** Sanitised: no scripts, handlers, frames or forms. Meant for a sandboxed frame all the same. */
  html: z.string(),
  contentSourceUrl: z.string(),
  commentsOpen: z.boolean(),
})
export const articleSetPreview = articleSetSummary.extend({ articles: z.array(articlePreview) })
export type ArticleSetPreview = z.infer<typeof articleSetPreview>

export const listArticleSetsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/article-sets',
  access: 'contents:read',
  tag,
  summary:
    'Synced drafts and published articles, or with `kind=history` what was mass sent; last changed first',
  params,
  query: pageQuery.extend({
    kind: articleSetKind.optional(),
    q: z.string().trim().max(60).optional(),
    folder: folderFilter,
    gone: z.stringbool().default(false),
  }),
  response: page(articleSetSummary).extend({
    /** When a sync last finished; null before the first. */
    lastSyncedAt: z.iso.datetime().nullable(),
  }),
})
export const getArticleSetEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/article-sets/:articleSetId',
  access: 'contents:read',
  tag,
  summary: 'One set with its articles’ sanitised bodies',
  params: params.extend({ articleSetId: id }),
  response: articleSetPreview,
})
export const refreshArticleSetEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/article-sets/:articleSetId/refresh',
  access: 'contents:write',
  tag,
  summary: 'Reads one set from WeChat again',
  params: params.extend({ articleSetId: id }),
  response: articleSetPreview.extend({ changed: z.boolean() }),
})

export const articleSyncScope = z.enum(['newest-20', 'newest-500', 'all'])
export type ArticleSyncScope = z.infer<typeof articleSyncScope>

export const syncArticlesEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/article-syncs',
  access: 'contents:write',
  tag,
  summary:
    'Syncs drafts and published articles in the background; answers with the run, also one already going on',
  params,
  body: z.object({
    scope: articleSyncScope.default('newest-20'),
    kinds: z
      .array(syncedKind)
      .min(1)
      .max(2)
      .default([...syncedKind.options]),
  }),
  response: runView,
})

export const mediaAsset = z.object({
  id: z.string(),
  kind: mediaKind,
  name: z.string(),
  mime: z.string(),
  /** Null for what a sync met and nobody has looked at yet. */
  bytes: z.number().nullable(),
  mediaId: z.string(),
  /** At WeChat; pages of ours show `/api/accounts/:accountId/media/:mediaAssetId/file`. */
  url: z.string().nullable(),
  /** Of pictures; null for what was uploaded before it was looked at. */
  width: z.number().nullable(),
  height: z.number().nullable(),
  animated: z.boolean(),
  folderId: z.string().nullable(),
  /** When a look found that it is no longer at WeChat. */
  goneAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
})
export type MediaAsset = z.infer<typeof mediaAsset>

const MB = 1024 * 1024
/** 新增永久素材, 2026-11: what each kind may be; a voice of at most 60 seconds, which only the platform measures. */
export const MEDIA_LIMITS = {
  image: { maxBytes: 10 * MB, types: ['image/jpeg', 'image/png', 'image/gif', 'image/bmp'] },
  voice: { maxBytes: 2 * MB, types: ['audio/mpeg', 'audio/amr'] },
  video: { maxBytes: 10 * MB, types: ['video/mp4'] },
} as const satisfies Record<MediaKind, { maxBytes: number; types: readonly string[] }>
export type MediaMime = (typeof MEDIA_LIMITS)[MediaKind]['types'][number]
export const IMAGE_MAX_BYTES = MEDIA_LIMITS.image.maxBytes
export const IMAGE_TYPES = MEDIA_LIMITS.image.types
const LARGEST_BYTES = 10 * MB

export const listMediaEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/media',
  access: 'contents:read',
  tag,
  summary: 'Images, voices or videos, uploaded here or synced, newest first',
  params,
  query: pageQuery.extend({
    q: z.string().trim().max(60).optional(),
    kind: mediaKind.default('image'),
    folder: folderFilter,
    gone: z.stringbool().default(false),
  }),
  response: page(mediaAsset).extend({
    /** When a sync last finished; null before the first. */
    lastSyncedAt: z.iso.datetime().nullable(),
  }),
})
export const getMediaEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/media/:mediaAssetId',
  access: 'contents:read',
  tag,
  summary: 'One image, voice or video that WeChat still has',
  params: params.extend({ mediaAssetId: id }),
  response: mediaAsset,
})
export const uploadMediaEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/media',
  access: 'contents:write',
  tag,
  summary:
    'Uploads one image, voice or video (multipart, field `file`) here and to WeChat as permanent material',
  params,
  query: z.object({
    kind: mediaKind.default('image'),
    /** Refuses animated pictures: for covers and mass sends. */
    still: z.stringbool().default(false),
  }),
  bodyLimit: LARGEST_BYTES + 64 * 1024,
  response: mediaAsset,
})
export const getMediaFileEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/media/:mediaAssetId/file',
  access: 'contents:read',
  tag,
  summary: 'The file itself; that of synced material is fetched from WeChat when it is first asked for',
  params: params.extend({ mediaAssetId: id }),
  response: z.unknown(),
})

/** One article of a message being composed: which one of which set, and a new cover if it gets one. */
export const articleChoice = z.object({
  articleSetId: id,
  index: z.number().int().min(0).max(7),
  cover: z.object({ mediaAssetId: id }).optional(),
  /** `seen` of a {@link sourceChange}: the operator saw it and stays with what was composed. */
  kept: z.string().max(64).optional(),
})
export type ArticleChoice = z.infer<typeof articleChoice>
/** `seen` of a source that WeChat no longer has. */
export const GONE = 'gone'
/** What became of the source of one article since it was composed; `place` in the message counts from 0. */
export const sourceChange = z.object({
  place: z.number(),
  articleSetId: z.string(),
  index: z.number(),
  title: z.string(),
  what: z.enum(['changed', 'gone']),
  seen: z.string(),
  coverBefore: z.string().nullable(),
  coverAfter: z.string().nullable(),
  differences: z.array(z.object({ field: z.enum(COMPARED), before: z.string(), after: z.string() })),
})
export type SourceChange = z.infer<typeof sourceChange>
export const MAX_ARTICLES = 8
export const articleChoices = z.array(articleChoice).min(1).max(MAX_ARTICLES)
