import { createOfficialAccountClient, type OfficialAccountClient } from './official-account/client.ts'
import { createGuard } from './wechat-api/guard.ts'
import { createHttp } from './wechat-api/http.ts'
import {
  type Credential,
  fetchClassicToken,
  fetchStableToken,
  type IssuedToken,
  type TokenSource,
} from './wechat-api/token.ts'

export type { OfficialAccountClient } from './official-account/client.ts'
export type { Credential, IssuedToken, TokenSource } from './wechat-api/token.ts'
export { isWechatError, WechatError } from './wechat-api/wechat-error.ts'

/** 通用域名 first, then the one for disasters (异地容灾域名). */
export const REAL_HOSTS: readonly string[] = ['https://api.weixin.qq.com', 'https://api2.weixin.qq.com']

/**
 * The ways out to the platforms, sharing connections. A sandbox reaches its simulator and nothing else: real hosts are
 * refused with `forbidden`, reason `real_host_in_sandbox`. What comes back wrong is thrown as WechatError.
 */
export type Channels = {
  /** Base URLs in order of preference. */
  readonly officialAccountHosts: readonly string[]
  officialAccount(account: {
    tokenSource: TokenSource
    baseUrl?: string | readonly string[]
  }): OfficialAccountClient
  fetchStableToken(request: Credential & { forceRefresh?: boolean }): Promise<IssuedToken>
  fetchClassicToken(request: Credential): Promise<IssuedToken>
  close(): Promise<void>
}

export type ChannelsOptions = {
  mode: 'sandbox' | 'production'
  /** Where the simulated WeChat answers; used in a sandbox only. */
  simulatorUrl: string
  /** A proxy in front of the platform; production only. */
  platformUrls?: readonly string[]
  /** Connections per host. */
  connections?: number
}

export function createChannels({ mode, simulatorUrl, platformUrls, connections }: ChannelsOptions): Channels {
  const hosts = mode === 'sandbox' ? [simulatorUrl] : (platformUrls ?? REAL_HOSTS)
  const guard = createGuard(
    mode === 'sandbox' ? { mode, simulatorUrls: [simulatorUrl] } : { mode, extraOrigins: platformUrls ?? [] },
  )
  const http = createHttp({ guard, ...(connections ? { connections } : {}) })
  return {
    officialAccountHosts: hosts,
    officialAccount: ({ tokenSource, baseUrl = hosts }) =>
      createOfficialAccountClient({ http, tokenSource, baseUrl }),
    fetchStableToken: (request) => fetchStableToken(http, hosts, request),
    fetchClassicToken: (request) => fetchClassicToken(http, hosts, request),
    close: () => http.close(),
  }
}
