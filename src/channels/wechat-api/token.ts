import { stringifyBigJson } from '../../wechat/big-json.ts'
import { fetchToken, fetchStableToken as stableToken } from '../../wechat/payloads/credentials.ts'
import { readAnswer } from './answer.ts'
import type { Http } from './http.ts'

/**
 * Hands out the account's access token. The implementation keeps it shared and renews it once for all who ask at the
 * same time; `refresh` is told which token failed, so that one already renewed is returned as it is.
 */
export type TokenSource = {
  get(): Promise<string>
  refresh(badToken: string): Promise<string>
}

export type IssuedToken = { token: string; expiresInSeconds: number }
export type Credential = { appId: string; secret: string }

/**
 * 稳定版接口调用凭据: does not evict other systems of the account. `forceRefresh` kills the token before it at once,
 * 20 times a day and 30 s apart. Throws WechatError; 40001 means a wrong secret here.
 */
export async function fetchStableToken(
  http: Http,
  baseUrls: readonly string[],
  { appId, secret, forceRefresh }: Credential & { forceRefresh?: boolean },
): Promise<IssuedToken> {
  const { path, reply } = stableToken
  const call = { grant_type: 'client_credential', appid: appId, secret, force_refresh: forceRefresh ?? false }
  const answer = await http.send(baseUrls, { method: 'POST', path, body: stringifyBigJson(call) })
  const { access_token, expires_in } = readAnswer(path, answer, reply, 'issuing')
  return { token: access_token, expiresInSeconds: expires_in }
}

/** The classic call, for accounts where the stable one is not open; it evicts every other system's token. */
export async function fetchClassicToken(
  http: Http,
  baseUrls: readonly string[],
  { appId, secret }: Credential,
): Promise<IssuedToken> {
  const { path, reply } = fetchToken
  const query = { grant_type: 'client_credential', appid: appId, secret }
  const answer = await http.send(baseUrls, { method: 'GET', path, query })
  const { access_token, expires_in } = readAnswer(path, answer, reply, 'issuing')
  return { token: access_token, expiresInSeconds: expires_in }
}
