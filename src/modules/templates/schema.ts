import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { page, pageQuery } from '../../kernel/paging.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'templates'
const params = z.object({ accountId: id })
const one = params.extend({ templateId: id })

/** 模板消息 or 订阅通知. */
export const templateKind = z.enum(['template', 'subscription'])
export type TemplateKind = z.infer<typeof templateKind>
/** 一次性订阅 or 长期订阅. */
export const subscriptionTerm = z.enum(['one-time', 'long-term'])
export type SubscriptionTerm = z.infer<typeof subscriptionTerm>

/** One field to fill in, in the order of the template. */
export const templateField = z.object({
  /** As the platform wants it: `thing1`; `keyword1` of a historic one. */
  key: z.string(),
  /** What the key begins with: `thing`, `amount`, `const`, …; `keyword`, `first` and `remark` of historic ones. */
  type: z.string(),
  /** What stands before it on the card; the key where nothing does. */
  name: z.string(),
  /** The only values it may have, where the platform lists them. */
  values: z.array(z.string()).nullable(),
})
export type TemplateField = z.infer<typeof templateField>

export const messageTemplate = z.object({
  id: z.string(),
  accountId: z.string(),
  kind: templateKind,
  /** `template_id` or `priTmplId`. */
  wechatId: z.string(),
  title: z.string(),
  content: z.string(),
  example: z.string(),
  fields: z.array(templateField),
  /** 类目模板 or 历史模板 (by industry); the second can't be added any more. Null for subscription templates. */
  family: z.enum(['category', 'industry']).nullable(),
  industry: z.string().nullable(),
  /** Null for template messages. */
  term: subscriptionTerm.nullable(),
  /** Another one means that its fields changed. */
  fingerprint: z.string(),
  firstSeenAt: z.iso.datetime(),
  /** When a look found other fields than the one before. */
  changedAt: z.iso.datetime().nullable(),
  syncedAt: z.iso.datetime(),
  /** No longer at WeChat when we last looked. */
  goneAt: z.iso.datetime().nullable(),
  /** How many active tasks name it. */
  usedBy: z.number().int(),
})
export type MessageTemplate = z.infer<typeof messageTemplate>

export const templateUse = z.object({
  kind: z.enum(['campaign', 'journey']),
  id: z.string(),
  name: z.string(),
  active: z.boolean(),
})
export type TemplateUse = z.infer<typeof templateUse>

/** What a look at WeChat came to: ids of templates that are new, have other fields, or are no longer there. */
export const syncOutcome = z.object({
  added: z.array(z.string()),
  changed: z.array(z.string()),
  gone: z.array(z.string()),
})
export type SyncOutcome = z.infer<typeof syncOutcome>

export const listTemplatesEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/templates',
  access: 'templates:read',
  tag,
  summary: 'Templates of template messages and subscription notifications, as last synced',
  params,
  query: pageQuery.extend({
    kind: templateKind.optional(),
    q: z.string().trim().max(60).optional(),
    /** Also those no longer at WeChat. */
    gone: z.stringbool().default(false),
  }),
  response: page(messageTemplate).extend({
    lastSyncedAt: z.iso.datetime().nullable(),
    /** Why the last look failed. */
    problem: z.object({ reason: z.string(), detail: z.record(z.string(), z.unknown()) }).nullable(),
  }),
})
export const getTemplateEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/templates/:templateId',
  access: 'templates:read',
  tag,
  summary: 'One template and what names it',
  params: one,
  response: messageTemplate.extend({ uses: z.array(templateUse) }),
})
export const syncTemplatesEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/template-syncs',
  access: 'templates:manage',
  tag,
  summary: 'Looks at WeChat for templates of both kinds, now',
  params,
  response: syncOutcome,
})
export const deleteTemplateEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/accounts/:accountId/templates/:templateId',
  access: 'templates:manage',
  tag,
  summary: 'Deletes a template at WeChat; refused while an active task names it',
  params: one,
  response: messageTemplate,
})

/** 添加模板 (2026-11): so many templates of each kind an account may have. */
export const MAX_TEMPLATES = 25
/** 订阅通知 (2026-11): keywords of a subscription template, and characters of its scene. */
export const KEYWORDS = { fewest: 2, most: 5 } as const
export const SCENE_CHARACTERS = 15

const newTemplate = z.object({
  kind: z.literal('template'),
  /** 模板编号 of the library: `TM00015`, or the number of a category template. */
  shortId: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{1,32}$/),
  /** Names of the keywords, in order; only for category templates. */
  keywords: z.array(z.string().trim().min(1).max(40)).max(5).default([]),
})
const newSubscriptionTemplate = z.object({
  kind: z.literal('subscription'),
  tid: z.string().regex(/^\d{1,12}$/),
  kids: z
    .array(z.number().int().min(1).max(1_000_000))
    .min(KEYWORDS.fewest)
    .max(KEYWORDS.most)
    .refine((kids) => new Set(kids).size === kids.length),
  scene: z.string().trim().min(1).max(SCENE_CHARACTERS),
})
const newTemplateOfAKind = z.discriminatedUnion('kind', [newTemplate, newSubscriptionTemplate])
export type NewTemplate = z.input<typeof newTemplateOfAKind>
export const addTemplateEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/templates',
  access: 'templates:manage',
  tag,
  summary: 'Takes a template out of WeChat’s public library into the account',
  params,
  body: newTemplateOfAKind,
  response: messageTemplate,
})

/** 公共模板库 of subscription notifications. */
export const libraryTitle = z.object({
  tid: z.string(),
  title: z.string(),
  term: subscriptionTerm,
  categoryId: z.string(),
})
export const libraryKeyword = z.object({
  kid: z.number().int(),
  name: z.string(),
  example: z.string(),
  /** Type of the field it becomes. */
  rule: z.string(),
})
export type LibraryTitle = z.infer<typeof libraryTitle>
export type LibraryKeyword = z.infer<typeof libraryKeyword>

export const listLibraryCategoriesEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/template-library/categories',
  access: 'templates:manage',
  tag,
  summary: 'Categories (类目) of the account in which there are subscription templates',
  params,
  response: z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) }),
})
export const listLibraryTitlesEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/template-library/titles',
  access: 'templates:manage',
  tag,
  summary: 'Subscription templates of a category in the public library',
  params,
  query: z.object({
    categoryId: z.string().regex(/^\d{1,12}$/),
    start: z.coerce.number().int().min(0).max(100_000).default(0),
  }),
  response: z.object({ count: z.number().int(), items: z.array(libraryTitle) }),
})
export const listLibraryKeywordsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/template-library/keywords',
  access: 'templates:manage',
  tag,
  summary: 'Keywords from which a subscription template is put together',
  params,
  query: z.object({ tid: z.string().regex(/^\d{1,12}$/) }),
  response: z.object({ items: z.array(libraryKeyword) }),
})
