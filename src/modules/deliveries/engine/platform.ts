import { sendCustomerService } from '../../../channels/official-account/customer-service.ts'
import { sendSubscription } from '../../../channels/official-account/subscriptions.ts'
import { sendTemplateMessage } from '../../../channels/official-account/templates.ts'
import type { OfficialAccountClient } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { getApiDomainIp } from '../../../wechat/payloads/credentials.ts'
import { accountClient } from '../../accounts/index.ts'
import type { Intended } from './intend.ts'

/** The key under which the platform takes a template message once: one for the life of a delivery. */
export const clientMsgIdOf = (deliveryId: string): string => `w${deliveryId}`

/** Makes the call of one message; returns its id where the kind has one. Throws WechatError. */
export async function callPlatform(
  client: OfficialAccountClient,
  { id, openid, message }: Intended,
): Promise<string | null> {
  switch (message.channel) {
    case 'customer-service':
      await sendCustomerService(client, openid, message.message)
      return null
    case 'template': {
      const { channel: _channel, ...template } = message
      const sent = await sendTemplateMessage(client, {
        ...template,
        openId: openid,
        clientMsgId: clientMsgIdOf(id),
      })
      return sent.msgId
    }
    case 'subscription': {
      const { channel: _channel, ...notification } = message
      await sendSubscription(client, { ...notification, openId: openid })
      return null
    }
  }
}

/** Whether the platform answers again, asked by a call that concerns nobody. */
export async function probe(ctx: Ctx, accountId: string): Promise<boolean> {
  try {
    await (await accountClient(ctx, accountId)).call(getApiDomainIp, {})
    return true
  } catch {
    return false
  }
}
