import * as api from '../../wechat/payloads/templates.ts'
import type { OfficialAccountClient } from './client.ts'

export type { MiniProgramTarget, TemplateData } from '../../wechat/payloads/templates.ts'

export type TemplateSend = {
  readonly openId: string
  readonly templateId: string
  readonly url?: string | undefined
  readonly miniprogram?: api.MiniProgramTarget | undefined
  readonly data: api.TemplateData
  /** With the same one to the same fan within 10 minutes the platform takes it once. */
  readonly clientMsgId: string
}

/** 发送模板消息. `msgId` is what its result is told by. Throws WechatError. */
export async function sendTemplateMessage(
  client: OfficialAccountClient,
  { openId, templateId, url, miniprogram, data, clientMsgId }: TemplateSend,
): Promise<{ msgId: string }> {
  const { msgid } = await client.call(api.sendTemplate, {
    touser: openId,
    template_id: templateId,
    ...(url !== undefined && { url }),
    ...(miniprogram !== undefined && { miniprogram }),
    client_msg_id: clientMsgId,
    data,
  })
  return { msgId: msgid }
}

export type WechatTemplate = {
  readonly templateId: string
  readonly title: string
  readonly primaryIndustry: string
  readonly deputyIndustry: string
  readonly content: string
  readonly example: string
}

/** Every template of the account, at most 25. */
export async function listTemplates(client: OfficialAccountClient): Promise<WechatTemplate[]> {
  const { template_list: list } = await client.call(api.listPrivateTemplates, {})
  return list.map((one) => ({
    templateId: one.template_id,
    title: one.title,
    primaryIndustry: one.primary_industry,
    deputyIndustry: one.deputy_industry,
    content: one.content,
    example: one.example,
  }))
}

/** Takes one from the public library by its number there. Throws WechatError (45026 too many, 45027 another industry). */
export async function addTemplate(
  client: OfficialAccountClient,
  { shortId, keywords }: { shortId: string; keywords: readonly string[] },
): Promise<string> {
  const call = { template_id_short: shortId, keyword_name_list: [...keywords] }
  return (await client.call(api.addPrivateTemplate, call)).template_id
}

export async function deleteTemplate(client: OfficialAccountClient, templateId: string): Promise<void> {
  await client.call(api.deletePrivateTemplate, { template_id: templateId })
}
