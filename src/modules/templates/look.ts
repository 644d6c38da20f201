import { createHash } from 'node:crypto'
import { listSubscriptionTemplates } from '../../channels/official-account/subscriptions.ts'
import { listTemplates } from '../../channels/official-account/templates.ts'
import type { OfficialAccountClient } from '../../channels/port.ts'
import { familyOf, fieldsOf, termOf } from './rules.ts'
import type { TemplateField, TemplateKind } from './schema.ts'
import type { SeenTemplate } from './store.ts'

/** All templates of one kind as WeChat lists them, in one call. */
export async function readLook(client: OfficialAccountClient, kind: TemplateKind): Promise<SeenTemplate[]> {
  if (kind === 'template') {
    return (await listTemplates(client)).map((one) => {
      const fields = fieldsOf(one.content)
      const industry = [one.primaryIndustry, one.deputyIndustry].filter(Boolean).join(' / ')
      return {
        wechatId: one.templateId,
        title: one.title,
        content: one.content,
        example: one.example,
        fields,
        family: familyOf(fields),
        industry: industry || null,
        term: null,
        fingerprint: fingerprintOf(fields),
      }
    })
  }
  return (await listSubscriptionTemplates(client)).map((one) => {
    const values = Object.fromEntries(
      one.keywordEnumValueList.map(({ keywordCode, enumValueList }) => [
        keywordCode.replace(/\.DATA$/, ''),
        enumValueList,
      ]),
    )
    const fields = fieldsOf(one.content, values)
    return {
      wechatId: one.priTmplId,
      title: one.title,
      content: one.content,
      example: one.example,
      fields,
      family: null,
      industry: null,
      term: termOf(one.type),
      fingerprint: fingerprintOf(fields),
    }
  })
}

/** What a message written for a template relies on: its fields, their order, names and allowed values. */
const fingerprintOf = (fields: readonly TemplateField[]): string =>
  createHash('sha256')
    .update(JSON.stringify(fields.map(({ key, name, values }) => [key, name, values])))
    .digest('base64url')
    .slice(0, 22)
