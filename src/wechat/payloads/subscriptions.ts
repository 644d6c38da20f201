import { z } from 'zod'
import { count, done, get, nothing, openId, post } from './api-call.ts'
import { miniProgramTarget, templateData, templateId } from './templates.ts'

/**
 * 发送订阅通知 (checked 2026-11). `miniprogram` wins over `page`. Answers with no id; what becomes of it comes as
 * subscribe_msg_sent_event. Calls for one openid must not overlap (43108).
 */
export const sendSubscriptionNotice = post(
  '/cgi-bin/message/subscribe/bizsend',
  z.object({
    touser: openId,
    template_id: templateId,
    page: z.string().optional(),
    miniprogram: miniProgramTarget.optional(),
    data: templateData,
  }),
  done,
)

/** `type` 2 is one-time, 3 long-term. `keywordEnumValueList` names what a field with given values may say. */
export const subscriptionTemplate = z.object({
  priTmplId: templateId,
  title: z.string(),
  content: z.string(),
  example: z.string().default(''),
  type: z.number().int(),
  keywordEnumValueList: z
    .array(z.object({ keywordCode: z.string(), enumValueList: z.array(z.string()) }))
    .default([]),
})
export const listSubscriptionTemplatesCall = get(
  '/wxaapi/newtmpl/gettemplate',
  nothing,
  z.object({ data: z.array(subscriptionTemplate) }),
)
/** 选用模板: `kidList` 2 to 5 keywords in the order wished for, `sceneDesc` at most 15 characters. */
export const addSubscriptionTemplateCall = post(
  '/wxaapi/newtmpl/addtemplate',
  z.object({ tid: z.string(), kidList: z.array(z.number().int()), sceneDesc: z.string() }),
  z.object({ priTmplId: templateId }),
)
export const deleteSubscriptionTemplateCall = post(
  '/wxaapi/newtmpl/deltemplate',
  z.object({ priTmplId: templateId }),
  done,
)
export const listTemplateCategories = get(
  '/wxaapi/newtmpl/getcategory',
  nothing,
  z.object({ data: z.array(z.object({ id: z.number().int(), name: z.string() })) }),
)
export const publicTitle = z.object({
  tid: z.number().int(),
  title: z.string(),
  type: z.number().int(),
  categoryId: z.union([z.string(), z.number()]).transform(String),
})
export const listPublicTemplateTitles = get(
  '/wxaapi/newtmpl/getpubtemplatetitles',
  z.object({ ids: z.string(), start: count, limit: z.number().int().min(1).max(30) }),
  z.object({ count, data: z.array(publicTitle) }),
)
export const publicKeyword = z.object({
  kid: z.number().int(),
  name: z.string(),
  example: z.string().default(''),
  rule: z.string(),
})
export const listPublicTemplateKeywords = get(
  '/wxaapi/newtmpl/getpubtemplatekeywords',
  z.object({ tid: z.string() }),
  z.object({ data: z.array(publicKeyword) }),
)
