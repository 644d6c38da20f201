import { getTicket } from '../../wechat/payloads/tickets.ts'
import type { OfficialAccountClient } from './client.ts'

/** What pages of the account sign with for the JS-SDK. Throws WechatError. */
export async function getJsapiTicket(
  client: OfficialAccountClient,
): Promise<{ ticket: string; expiresInSeconds: number }> {
  const { ticket, expires_in } = await client.call(getTicket, { type: 'jsapi' })
  return { ticket, expiresInSeconds: expires_in }
}
