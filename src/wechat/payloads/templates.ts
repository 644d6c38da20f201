import { z } from 'zod'
import { done, get, id64, nothing, openId, post } from './api-call.ts'

export const templateId = z.string().min(1).max(128)
/** Where a card leads inside a mini program linked to the account. */
export const miniProgramTarget = z.object({ appid: z.string().min(1), pagepath: z.string() })
export type MiniProgramTarget = z.output<typeof miniProgramTarget>
export const templateData = z.record(z.string(), z.object({ value: z.string() }))
export type TemplateData = z.output<typeof templateData>

/**
 * 发送模板消息 (checked 2026-11). `miniprogram` wins over `url`. The same `client_msg_id` to the same openid is taken once in
 * 10 minutes. What becomes of it comes as TEMPLATESENDJOBFINISH.
 */
export const sendTemplate = post(
  '/cgi-bin/message/template/send',
  z.object({
    touser: openId,
    template_id: templateId,
    url: z.string().optional(),
    miniprogram: miniProgramTarget.optional(),
    client_msg_id: z.string().max(64).optional(),
    data: templateData,
  }),
  z.object({ errcode: z.literal(0), errmsg: z.string().optional(), msgid: id64 }),
)

/** 设置所属行业: once a month; deletes templates of the industries left. */
export const setIndustry = post(
  '/cgi-bin/template/api_set_industry',
  z.object({ industry_id1: z.string(), industry_id2: z.string() }),
  done,
)
const industry = z.object({ first_class: z.string(), second_class: z.string() })
export const getIndustry = get(
  '/cgi-bin/template/get_industry',
  nothing,
  z.object({ primary_industry: industry, secondary_industry: industry.optional() }),
)
/** 选用模板, by its number in the public library; keywords in the order wished for. */
export const addPrivateTemplate = post(
  '/cgi-bin/template/api_add_template',
  z.object({ template_id_short: z.string().min(1), keyword_name_list: z.array(z.string()) }),
  z.object({ template_id: templateId }),
)
export const privateTemplate = z.object({
  template_id: templateId,
  title: z.string(),
  primary_industry: z.string().default(''),
  deputy_industry: z.string().default(''),
  content: z.string(),
  example: z.string().default(''),
})
export const listPrivateTemplates = get(
  '/cgi-bin/template/get_all_private_template',
  nothing,
  z.object({ template_list: z.array(privateTemplate) }),
)
export const deletePrivateTemplate = post(
  '/cgi-bin/template/del_private_template',
  z.object({ template_id: templateId }),
  done,
)
