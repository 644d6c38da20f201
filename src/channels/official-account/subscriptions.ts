import type { z } from 'zod'
import * as api from '../../wechat/payloads/subscriptions.ts'
import type { MiniProgramTarget, TemplateData } from '../../wechat/payloads/templates.ts'
import type { OfficialAccountClient } from './client.ts'

export type SubscriptionSend = {
  readonly openId: string
  readonly templateId: string
  readonly page?: string | undefined
  readonly miniprogram?: MiniProgramTarget | undefined
  readonly data: TemplateData
}

/**
 * 发送订阅通知. The platform has no key for it: an ambiguous failure must not be repeated. Its result comes by callback.
 * Throws WechatError (43101: refused, or no consent left).
 */
export async function sendSubscription(
  client: OfficialAccountClient,
  { openId, templateId, page, miniprogram, data }: SubscriptionSend,
): Promise<void> {
  await client.call(api.sendSubscriptionNotice, {
    touser: openId,
    template_id: templateId,
    ...(page !== undefined && { page }),
    ...(miniprogram !== undefined && { miniprogram }),
    data,
  })
}

export type SubscriptionTemplate = z.output<typeof api.subscriptionTemplate>
export type PublicTitle = z.output<typeof api.publicTitle>
export type PublicKeyword = z.output<typeof api.publicKeyword>

/** Every notification template of the account, at most 25. */
export const listSubscriptionTemplates = async (
  client: OfficialAccountClient,
): Promise<SubscriptionTemplate[]> => (await client.call(api.listSubscriptionTemplatesCall, {})).data

/** Takes one from the public library; `kids` 2 to 5 keywords, `scene` at most 15 characters. */
export async function addSubscriptionTemplate(
  client: OfficialAccountClient,
  { tid, kids, scene }: { tid: string; kids: readonly number[]; scene: string },
): Promise<string> {
  const call = { tid, kidList: [...kids], sceneDesc: scene }
  return (await client.call(api.addSubscriptionTemplateCall, call)).priTmplId
}

export async function deleteSubscriptionTemplate(
  client: OfficialAccountClient,
  priTmplId: string,
): Promise<void> {
  await client.call(api.deleteSubscriptionTemplateCall, { priTmplId })
}

/** 类目 of the account, whose templates may be taken. */
export const listCategories = async (
  client: OfficialAccountClient,
): Promise<{ id: number; name: string }[]> => (await client.call(api.listTemplateCategories, {})).data

/** Titles of the public library of some categories, at most 30 at a time. */
export async function listPublicTitles(
  client: OfficialAccountClient,
  { categoryIds, start, limit }: { categoryIds: readonly string[]; start: number; limit: number },
): Promise<{ count: number; items: PublicTitle[] }> {
  const call = { ids: categoryIds.join(','), start, limit }
  const { count, data } = await client.call(api.listPublicTemplateTitles, call)
  return { count, items: data }
}

/** What a title of the library may say. */
export const listPublicKeywords = async (
  client: OfficialAccountClient,
  tid: string,
): Promise<PublicKeyword[]> => (await client.call(api.listPublicTemplateKeywords, { tid })).data
