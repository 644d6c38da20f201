import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { page, pageQuery } from '../../kernel/paging.ts'
import { messageTemplate, subscriptionTerm } from '../templates/schema.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'consents'
const params = z.object({ accountId: id })

/** Who can be reached by a template now: people with a send left, by whether they follow. */
export const subscriberCount = z.object({
  following: z.number().int(),
  /** 未关注: they get it in 服务通知. */
  unfollowed: z.number().int(),
  /** Refused or cancelled, and nothing accepted since. */
  rejected: z.number().int(),
  /** Sends left of a one-time template, all people together. */
  sendsLeft: z.number().int(),
})
export type SubscriberCount = z.infer<typeof subscriberCount>

export const subscriptionSummary = messageTemplate.extend({ subscribers: subscriberCount })
export type SubscriptionSummary = z.infer<typeof subscriptionSummary>

export const listSubscriptionsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/subscriptions',
  access: 'templates:read',
  tag,
  summary: 'Subscription templates and how many people each can reach now',
  params,
  response: z.object({ items: z.array(subscriptionSummary) }),
})

export const subscriber = z.object({
  fanId: z.string(),
  contactId: z.string(),
  /** Null for those who may not see persons' data. */
  name: z.string().nullable(),
  openid: z.string(),
  following: z.boolean(),
  left: z.number().int(),
  rejected: z.boolean(),
  acceptedAt: z.iso.datetime().nullable(),
  rejectedAt: z.iso.datetime().nullable(),
})
export type Subscriber = z.infer<typeof subscriber>

export const subscriberState = z.enum(['reachable', 'used-up', 'rejected'])
export type SubscriberState = z.infer<typeof subscriberState>
export const listSubscribersEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/subscriptions/:templateId/subscribers',
  access: 'contacts:read',
  tag,
  summary: 'People who answered a subscription template',
  params: params.extend({ templateId: id }),
  query: pageQuery.extend({
    state: subscriberState.optional(),
    following: z.stringbool().optional(),
  }),
  response: page(subscriber),
})

/** What one person allows, in the accounts the caller may see. */
export const contactConsent = z.object({
  accountId: z.string(),
  templateId: z.string(),
  title: z.string(),
  term: subscriptionTerm,
  gone: z.boolean(),
  following: z.boolean(),
  left: z.number().int(),
  rejected: z.boolean(),
  acceptedAt: z.iso.datetime().nullable(),
  rejectedAt: z.iso.datetime().nullable(),
})
export type ContactConsent = z.infer<typeof contactConsent>
/** One answer: in a popup, by a later change in the account's settings, or as WeChat's refusal of a send told us. */
export const consentEvent = z.object({
  at: z.iso.datetime(),
  accountId: z.string(),
  /** Null where no sync has met the template yet. */
  title: z.string().nullable(),
  wechatId: z.string(),
  accepted: z.boolean(),
  /** Where the popup was: 1 a web page, 2 an article, 0 a mini program. Null for a change in the settings. */
  scene: z.number().int().nullable(),
})
export type ConsentEvent = z.infer<typeof consentEvent>
export const contactConsentsEndpoint = endpoint({
  method: 'GET',
  path: '/api/contacts/:contactId/consents',
  access: 'contacts:read',
  tag,
  summary: 'Subscription templates a person answered, with the latest answers',
  params: z.object({ contactId: id }),
  response: z.object({ items: z.array(contactConsent), events: z.array(consentEvent) }),
})

/** 订阅通知 (2026-11): one popup asks for at most so many templates, all one-time or all long-term. */
export const MAX_TEMPLATES_PER_PAGE = 5

/** H5 订阅页. */
export const subscribePage = z.object({
  id: z.string(),
  accountId: z.string(),
  name: z.string(),
  title: z.string(),
  text: z.string(),
  button: z.string(),
  templates: z.array(z.object({ id: z.string(), title: z.string(), gone: z.boolean() })),
  /** Its public address. */
  url: z.string(),
  opened: z.number().int(),
  createdAt: z.iso.datetime(),
  archivedAt: z.iso.datetime().nullable(),
})
export type SubscribePage = z.infer<typeof subscribePage>

const pageBody = z.object({
  name: z.string().trim().min(1).max(60),
  title: z.string().trim().min(1).max(60),
  text: z.string().trim().max(500).default(''),
  button: z.string().trim().min(1).max(20),
  templateIds: z
    .array(id)
    .min(1)
    .max(MAX_TEMPLATES_PER_PAGE)
    .refine((ids) => new Set(ids).size === ids.length),
})
export type SubscribePageInput = z.infer<typeof pageBody>
const onePage = params.extend({ pageId: id })

export const listSubscribePagesEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/subscribe-pages',
  access: 'templates:read',
  tag,
  summary: 'Pages on which people may subscribe, newest first',
  params,
  query: pageQuery.extend({ archived: z.stringbool().default(false) }),
  response: page(subscribePage).extend({
    /** The domain that must be among the account's JS 接口安全域名. */
    domain: z.string(),
  }),
})
export const createSubscribePageEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/subscribe-pages',
  access: 'templates:manage',
  tag,
  summary: 'Makes a page with the open tag (wx-open-subscribe)',
  params,
  body: pageBody,
  response: subscribePage,
})
export const updateSubscribePageEndpoint = endpoint({
  method: 'PUT',
  path: '/api/accounts/:accountId/subscribe-pages/:pageId',
  access: 'templates:manage',
  tag,
  summary: 'Changes a page; its address stays',
  params: onePage,
  body: pageBody,
  response: subscribePage,
})
export const archiveSubscribePageEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/subscribe-pages/:pageId/archive',
  access: 'templates:manage',
  tag,
  summary: 'Takes a page offline; consents given on it stay',
  params: onePage,
  response: subscribePage,
})
export const openSubscribePageEndpoint = endpoint({
  method: 'GET',
  path: '/subscribe/:pageKey',
  access: 'public',
  tag,
  summary: 'The page itself, signed for the JS-SDK',
  params: z.object({ pageKey: z.string().min(8).max(80) }),
  response: z.string(),
})
