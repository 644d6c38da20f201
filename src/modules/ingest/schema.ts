import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { page, pageQuery } from '../../kernel/paging.ts'

export * from './schema/registry.ts'

import { toldOfEvent } from './schema/timeline.ts'

export * from './schema/timeline.ts'

const id = z.string().regex(/^\d{1,19}$/)

/** Names under which WeChat's callbacks, and what we see ourselves, enter the event log. */
export const EVENTS = {
  follow: 'wechat.follow',
  unfollow: 'wechat.unfollow',
  scan: 'wechat.scan',
  message: 'wechat.message',
  menuClick: 'wechat.menu_click',
  menuView: 'wechat.menu_view',
  location: 'wechat.location',
  massFinished: 'wechat.mass_finished',
  publishFinished: 'wechat.publish_finished',
  templateFinished: 'wechat.template_finished',
  subscriptionAnswered: 'wechat.subscription_answered',
  subscriptionChanged: 'wechat.subscription_changed',
  subscriptionSent: 'wechat.subscription_sent',
  accountChanged: 'wechat.account_changed',
  privacyRequested: 'wechat.privacy_requested',
  /** Read from WeChat, which doesn't push it. */
  comment: 'wechat.comment',
  /** Ours: a tap on a tracked link of a message. */
  linkClick: 'weida.link_click',
  /** Ours: an answer of the account starts a campaign. Told to the campaign it names and never in the log. */
  called: 'weida.called',
  /** Kept raw: a name this version does not know. */
  unknown: 'wechat.unknown',
} as const
export type EventName = (typeof EVENTS)[keyof typeof EVENTS]

/** 互动: what a fan does that counts as one. */
export const INTERACTIONS: readonly EventName[] = [
  EVENTS.message,
  EVENTS.menuClick,
  EVENTS.follow,
  EVENTS.scan,
]

/** A callback larger than this is refused unread; real ones stay below 20 KiB. */
export const CALLBACK_BODY_LIMIT = 256 * 1024

export const contactEvent = z.object({
  id: z.string(),
  /** Null where it came from a source that is of no account. */
  accountId: z.string().nullable(),
  fanId: z.string().nullable(),
  contactId: z.string().nullable(),
  name: z.string(),
  at: z.iso.datetime(),
  receivedAt: z.iso.datetime(),
  properties: z.record(z.string(), z.unknown()),
  told: z.array(toldOfEvent),
})
export type ContactEvent = z.infer<typeof contactEvent>

const account = z.object({ accountId: id })
const tag = 'events'
const names = z
  .string()
  .max(400)
  .transform((text) => text.split(',').filter(Boolean))

export const listFanEventsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/fans/:fanId/events',
  access: 'contacts:read',
  tag,
  summary: 'What a fan did, newest first',
  params: account.extend({ fanId: id }),
  query: pageQuery.extend({ names: names.optional() }),
  response: page(contactEvent),
})
export const listAccountEventsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/events',
  access: 'contacts:read',
  tag,
  summary: 'What came in for an account, newest first',
  params: account,
  query: pageQuery.extend({ names: names.optional() }),
  response: page(contactEvent),
})

const callbackParams = z.object({ key: z.string().min(8).max(80) })
export const verifyCallbackEndpoint = endpoint({
  method: 'GET',
  path: '/callbacks/official-account/:key',
  access: 'public',
  tag: 'callbacks',
  summary: 'Answers WeChat’s check of the callback address (服务器地址验证)',
  params: callbackParams,
  query: z.object({ signature: z.string(), timestamp: z.string(), nonce: z.string(), echostr: z.string() }),
  response: z.string(),
})
/** The body is WeChat's XML (or JSON), plain, compatible or encrypted. */
export const receiveCallbackEndpoint = endpoint({
  method: 'POST',
  path: '/callbacks/official-account/:key',
  access: 'public',
  tag: 'callbacks',
  summary: 'Takes a message or an event from WeChat; answered after it is stored',
  params: callbackParams,
  bodyLimit: CALLBACK_BODY_LIMIT,
  response: z.string(),
})
