import * as api from '../../wechat/payloads/customer-service.ts'
import type { OfficialAccountClient } from './client.ts'

export type { CustomerServiceMessage } from '../../wechat/payloads/customer-service.ts'

/**
 * 发送客服消息 to one fan. The platform has no key for it: an ambiguous failure must not be repeated. Throws WechatError.
 */
export async function sendCustomerService(
  client: OfficialAccountClient,
  openId: string,
  message: api.CustomerServiceMessage,
): Promise<void> {
  await client.call(api.sendCustom, { touser: openId, ...message })
}

/** "正在输入…": shown for a fan who wrote within the last 30 s. */
export async function sendTyping(
  client: OfficialAccountClient,
  openId: string,
  command: 'Typing' | 'CancelTyping',
): Promise<void> {
  await client.call(api.customTyping, { touser: openId, command })
}
