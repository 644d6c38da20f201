import { z } from 'zod'
import { done, get, nothing, post } from './api-call.ts'

const issuedToken = z.object({ access_token: z.string().min(1), expires_in: z.number().int().positive() })

/** 获取接口调用凭据: evicts the token before it, and every other system of the account. */
export const fetchToken = get(
  '/cgi-bin/token',
  z.object({ grant_type: z.literal('client_credential'), appid: z.string(), secret: z.string() }),
  issuedToken,
)

/** 获取稳定版接口调用凭据: `expires_in` is what remains; `force_refresh` works 20 times a day, 30 s apart. */
export const fetchStableToken = post(
  '/cgi-bin/stable_token',
  z.object({
    grant_type: z.literal('client_credential'),
    appid: z.string(),
    secret: z.string(),
    force_refresh: z.boolean().optional(),
  }),
  issuedToken,
)

const ipList = z.object({ ip_list: z.array(z.string()) })
export const getCallbackIp = get('/cgi-bin/getcallbackip', nothing, ipList)
export const getApiDomainIp = get('/cgi-bin/get_api_domain_ip', nothing, ipList)

/** 网络检测 of the callback URL. */
export const checkCallback = post(
  '/cgi-bin/callback/check',
  z.object({
    action: z.enum(['dns', 'ping', 'all']),
    check_operator: z.enum(['CHINANET', 'UNICOM', 'CAP', 'DEFAULT']),
  }),
  z.object({
    dns: z.array(z.object({ ip: z.string(), real_operator: z.string().optional() })).default([]),
    ping: z
      .array(
        z.object({
          ip: z.string(),
          from_operator: z.string().optional(),
          package_loss: z.string().optional(),
          time: z.string().optional(),
        }),
      )
      .default([]),
  }),
)

export const getQuota = post(
  '/cgi-bin/openapi/quota/get',
  z.object({ cgi_path: z.string().startsWith('/') }),
  z.object({
    quota: z.object({ daily_limit: z.number(), used: z.number(), remain: z.number() }),
    /** Empty where the interface has no limit per minute. */
    rate_limit: z.object({ call_count: z.number(), refresh_second: z.number() }).partial().optional(),
  }),
)

/** Together with its `v2` 10 times a month. */
export const clearQuota = post('/cgi-bin/clear_quota', z.object({ appid: z.string() }), done)
/** 50 times a month, one interface at a time. */
export const clearInterfaceQuota = post(
  '/cgi-bin/openapi/quota/clear',
  z.object({ cgi_path: z.string().startsWith('/') }),
  done,
)

export const getRid = post(
  '/cgi-bin/openapi/rid/get',
  z.object({ rid: z.string() }),
  z.object({
    request: z.object({
      invoke_time: z.number(),
      cost_in_ms: z.number(),
      request_url: z.string(),
      request_body: z.string(),
      response_body: z.string(),
      client_ip: z.string(),
    }),
  }),
)
