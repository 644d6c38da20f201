import type { TemplateField } from './schema.ts'

/** Allowed values by key, as the platform lists them for enumerations: `{"phrase1": ["已发货"]}`. */
export type FieldValues = Readonly<Record<string, readonly string[]>>

const PLACEHOLDER = /\{\{\s*([A-Za-z_]+\d*)\.DATA\s*\}\}/g

/**
 * Fields of a template in the order in which its content names them (模板消息, 2026-11: `商品名称：{{thing1.DATA}}`). The type
 * is what the key begins with; the name is what stands before it on its line.
 */
export function fieldsOf(content: string, values: FieldValues = {}): TemplateField[] {
  const fields = new Map<string, TemplateField>()
  for (const line of content.split('\n')) {
    let end = 0
    for (const match of line.matchAll(PLACEHOLDER)) {
      const key = match[1] as string
      const before = line
        .slice(end, match.index)
        .replace(/[\s:：]+$/, '')
        .trim()
      end = match.index + match[0].length
      if (fields.has(key)) continue
      const type = key.replace(/\d+$/, '')
      fields.set(key, { key, type, name: before || key, values: values[key] ? [...values[key]] : null })
    }
  }
  return [...fields.values()]
}

/** Historic templates (by industry) have keys that say nothing of a type; category templates (类目模板) are typed by them. */
export const familyOf = (fields: readonly TemplateField[]): 'category' | 'industry' =>
  fields.some(({ type }) => HISTORIC.has(type)) ? 'industry' : 'category'
const HISTORIC = new Set(['first', 'keyword', 'remark'])

/** 订阅通知 (2026-11): type 2 is one-time, 3 long-term. */
export const termOf = (type: number): 'one-time' | 'long-term' => (type === 3 ? 'long-term' : 'one-time')
