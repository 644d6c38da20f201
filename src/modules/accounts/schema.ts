import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { ABILITIES } from '../../wechat/rules/account-abilities.ts'
import { PAUSE_REASONS } from './rules.ts'

export const accountId = z.string().regex(/^\d{1,19}$/)
export const appid = z
  .string()
  .trim()
  .regex(/^wx[0-9a-zA-Z]{8,30}$/)
export const accountKind = z.enum(['service', 'subscription'])
export const callbackMode = z.enum(['plain', 'compat', 'safe'])
export const accountState = z.enum(['active', 'paused', 'archived'])

const advice = z.object({ zh: z.string(), en: z.string() })
export const pauseDetail = z.object({
  advice,
  code: z.number().optional(),
  /** The address that WeChat wants on the account's IP whitelist. */
  ip: z.string().optional(),
  rid: z.string().optional(),
  note: z.string().optional(),
})

const perDay = z.number().int().min(0).max(100_000_000)
const perMinute = z.number().int().min(1).max(10_000_000)
export const accountLimits = z.object({
  massPerFanPerMonth: z.number().int().min(0).max(31),
  massSendsPerDay: z.number().int().min(0).max(1_000).nullable(),
  massSendsPerMonth: z.number().int().min(0).max(100_000),
  massRecipientsPerDay: perDay,
  massCallsPerDay: perDay,
  massPerMinuteByOpenid: z.number().int().min(2).max(10_000_000),
  massPerMinuteByFilter: z.number().int().min(1).max(10_000_000),
  draftAddsPerDay: perDay,
  customerServicePerMinute: perMinute,
  templatePerMinute: perMinute,
  subscriptionPerMinute: perMinute,
  customerServicePerDay: perDay,
  templatePerDay: perDay,
  subscriptionPerDay: perDay,
  paymentWindowSends: z.number().int().min(0).max(1_000),
})

/** 公众号, as a list shows it. */
export const accountSummary = z.object({
  id: z.string(),
  appid: z.string(),
  name: z.string(),
  kind: accountKind,
  verified: z.boolean(),
  /** 群发保护: an administrator confirms each mass send in WeChat within 30 minutes. No interface tells. */
  confirmsMass: z.boolean(),
  ghId: z.string().nullable(),
  state: accountState,
  pauseReason: z.enum(PAUSE_REASONS).nullable(),
  pauseDetail: pauseDetail.nullable(),
  /** Fans following now, as far as they are synced. */
  fansFollowing: z.number(),
  credential: z.object({
    state: z.enum(['ok', 'broken', 'unchecked']),
    checkedAt: z.iso.datetime().nullable(),
  }),
  callback: z.object({
    mode: callbackMode,
    verifiedAt: z.iso.datetime().nullable(),
    lastReceivedAt: z.iso.datetime().nullable(),
  }),
  createdAt: z.iso.datetime(),
})
export type AccountSummary = z.infer<typeof accountSummary>

export const accountDetail = accountSummary.extend({
  limits: accountLimits,
  defaultLimits: accountLimits,
  /** What an account of this type can't do, and why. */
  missingAbilities: z.array(
    z.object({
      ability: z.enum(ABILITIES as [(typeof ABILITIES)[number], ...(typeof ABILITIES)[number][]]),
      reason: z.enum(['not_verified', 'service_accounts_only']),
      advice,
    }),
  ),
})
export type AccountDetail = z.infer<typeof accountDetail>

/** What to paste at WeChat under 服务器配置. */
export const callbackInfo = z.object({
  url: z.string(),
  token: z.string(),
  aesKey: z.string(),
  mode: callbackMode,
  /** Values from before the last rotation that are still accepted. */
  previousTokenKept: z.boolean(),
  previousAesKeyKept: z.boolean(),
  verifiedAt: z.iso.datetime().nullable(),
  lastReceivedAt: z.iso.datetime().nullable(),
})
export type CallbackInfo = z.infer<typeof callbackInfo>

const tag = 'accounts'
const params = z.object({ accountId })
const secret = z
  .string()
  .trim()
  .regex(/^[0-9a-zA-Z]{16,64}$/)
const name = z.string().trim().min(1).max(60)
const ghId = z
  .string()
  .trim()
  .regex(/^gh_[0-9a-zA-Z]{1,40}$/)
  .nullable()

export const listAccountsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts',
  access: 'accounts:read',
  tag,
  summary: 'The official accounts the caller may see',
  query: z.object({ archived: z.stringbool().default(false) }),
  response: z.object({ items: z.array(accountSummary) }),
})
export const bindAccountEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts',
  access: 'accounts:manage',
  tag,
  summary: 'Binds an official account; its credential is checked at once',
  body: z.object({
    appid,
    secret,
    name,
    kind: accountKind,
    verified: z.boolean(),
    ghId: ghId.optional(),
    callbackMode: callbackMode.default('safe'),
  }),
  response: accountDetail,
})
export const getAccountEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId',
  access: 'accounts:read',
  tag,
  summary: 'One account with its limits and what it can’t do',
  params,
  response: accountDetail,
})
export const updateAccountEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/accounts/:accountId',
  access: 'accounts:manage',
  tag,
  summary: 'Changes name, type, verification, original id or callback mode',
  params,
  body: z.object({
    name: name.optional(),
    kind: accountKind.optional(),
    verified: z.boolean().optional(),
    confirmsMass: z.boolean().optional(),
    ghId: ghId.optional(),
    callbackMode: callbackMode.optional(),
  }),
  response: accountDetail,
})
export const updateLimitsEndpoint = endpoint({
  method: 'PUT',
  path: '/api/accounts/:accountId/limits',
  access: 'accounts:manage',
  tag,
  summary: 'Changes the account’s limits; those left out go back to the platform’s',
  params,
  body: accountLimits.partial(),
  response: accountDetail,
})
export const rotateSecretEndpoint = endpoint({
  method: 'PUT',
  path: '/api/accounts/:accountId/secret',
  access: 'accounts:manage',
  tag,
  summary: 'Replaces the app secret after checking the new one',
  params,
  body: z.object({ secret }),
  response: accountDetail,
})
export const checkCredentialEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/credential-checks',
  access: 'accounts:manage',
  tag,
  summary: 'Asks WeChat for a token now; success ends a pause that a bad credential began',
  params,
  response: accountDetail,
})
export const getCallbackEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/callback',
  access: 'accounts:manage',
  tag,
  summary: 'URL, token and key to paste at WeChat',
  params,
  response: callbackInfo,
})
export const rotateCallbackEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/callback/rotations',
  access: 'accounts:manage',
  tag,
  summary: 'Makes a new token, key or both; the values before stay accepted until dropped',
  params,
  body: z
    .object({ token: z.boolean().default(false), aesKey: z.boolean().default(false) })
    .refine((chosen) => chosen.token || chosen.aesKey, 'choose the token, the key or both'),
  response: callbackInfo,
})
export const dropPreviousCallbackEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/accounts/:accountId/callback/previous',
  access: 'accounts:manage',
  tag,
  summary: 'Stops accepting the token and key from before the last rotation',
  params,
  response: callbackInfo,
})
export const pauseAccountEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/pause',
  access: 'accounts:manage',
  tag,
  summary: 'Stops all sending of the account',
  params,
  body: z.object({ note: z.string().trim().max(200).optional() }),
  response: accountDetail,
})
export const resumeAccountEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/resume',
  access: 'accounts:manage',
  tag,
  summary: 'Lets the account send again, after a successful check of its credential',
  params,
  response: accountDetail,
})
export const archiveAccountEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/archive',
  access: 'accounts:manage',
  tag,
  summary: 'Puts the account aside: nothing is sent or received, its data is kept',
  params,
  response: accountDetail,
})
export const restoreAccountEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/restore',
  access: 'accounts:manage',
  tag,
  summary: 'Takes an archived account back into use after checking its credential',
  params,
  response: accountDetail,
})
