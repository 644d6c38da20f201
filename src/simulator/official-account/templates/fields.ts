import { isObject, type JsonObject } from '../../json.ts'
import { characters } from '../call.ts'
import { refuse } from '../refusal.ts'

export type Field = { key: string; type: string }

/** The fields of a template's text, such as `{{thing1.DATA}}`; the type is the key without its number. */
export const fieldsOf = (content: string): Field[] =>
  [...content.matchAll(/\{\{(\w+)\.DATA\}\}/g)].map(([, key = '']) => ({
    key,
    type: key.replace(/\d+$/, ''),
  }))

/** The lines that are shown: what stands before a field on its line is its name. */
export const linesOf = (content: string, values: Record<string, string>): { name: string; value: string }[] =>
  content.split('\n').flatMap((line) => {
    const match = /^(.*?)[：:]?\s*\{\{(\w+)\.DATA\}\}/.exec(line)
    // the first and last lines of old templates are dropped since 2023-05
    if (!match || match[2] === 'first' || match[2] === 'remark') return []
    return [{ name: match[1] ?? '', value: values[match[2] ?? ''] ?? '' }]
  })

const DAY = String.raw`(?:\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|\d{4}([-/.])\d{1,2}(?:\1\d{1,2})?|\d{1,2}[-/.]\d{1,2})`
const CLOCK = String.raw`(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?`
const date = new RegExp(String.raw`^${DAY}(?:\s+${CLOCK})?$`)
const time = new RegExp(String.raw`^(?:${DAY}\s+)?${CLOCK}$`)

/** 模板参数类型 (checked 2026-11): longest length, and what a value may consist of. */
const TYPES: Record<string, { most: number; right: (value: string) => boolean }> = {
  thing: { most: 20, right: (value) => !/\p{Cc}/u.test(value) },
  short_thing: { most: 10, right: (value) => !/\p{Cc}/u.test(value) },
  number: { most: 32, right: (value) => /^\d+(\.\d+)?$/.test(value) },
  letter: { most: 32, right: (value) => /^[A-Za-z]+$/.test(value) },
  symbol: { most: 5, right: (value) => /^[^\p{L}\p{N}\p{C}\s]+$/u.test(value) },
  character_string: { most: 32, right: (value) => /^[\x21-\x7E]+$/.test(value) },
  time: { most: 60, right: (value) => value.split('~').every((part) => isReal(part.trim(), time)) },
  date: { most: 60, right: (value) => value.split('~').every((part) => isReal(part.trim(), date)) },
  amount: { most: 15, right: (value) => /^[¥￥$€£]?\d{1,10}(\.\d{1,2})?元?$/.test(value) },
  phone_number: { most: 17, right: (value) => /^[\d+\-() *#]+$/.test(value) },
  car_number: {
    most: 8,
    right: (value) => /^[\p{sc=Han}A-Z0-9][A-Z0-9]{0,6}[\p{sc=Han}A-Z0-9]?$/u.test(value),
  },
  name: { most: 20, right: (value) => !/\p{sc=Han}/u.test(value) || characters(value) <= 10 },
  phrase: { most: 5, right: (value) => /^\p{sc=Han}+$/u.test(value) },
}
/** Dropped from template messages since 2023-05-04. */
const EMOJI =
  /(?:\p{RI}{2}|\p{Emoji_Presentation}|\p{Emoji}\uFE0F)(?:\p{EMod}|\uFE0F|\u20E3|\u200D(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F?))*/gu
const MAY_BE_EMPTY = new Set(['const', 'first', 'remark', 'keyword'])

/** The form, and a day that the calendar has. */
function isReal(value: string, form: RegExp): boolean {
  if (!form.test(value)) return false
  const numbers = /^(?:(\d{4})[年\-/.])?(\d{1,2})[月\-/.](\d{1,2})/.exec(value)
  if (!numbers) return true
  const [, year = '2024', month = '1', day = '1'] = numbers
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day)
}

export type Rules = {
  /** Values of fields that know some only. */
  enums: ReadonlyMap<string, readonly string[]>
  /** What is too long is cut with an ellipsis and emoji are dropped, as in template messages, or refused, as in notifications. */
  tooLong: 'cut' | 'refuse'
}

/** The values as they will be shown. 47003 names the field that breaks its type's rule. */
export function readData(content: string, data: unknown, { enums, tooLong }: Rules): Record<string, string> {
  if (!isObject(data)) refuse(47003)
  return Object.fromEntries(
    fieldsOf(content).map((field) => [field.key, readField(field, data, { enums, tooLong })]),
  )
}

function readField({ key, type }: Field, data: JsonObject, { enums, tooLong }: Rules): string {
  const given = data[key]
  const raw = isObject(given) ? given['value'] : undefined
  const text = typeof raw === 'string' || typeof raw === 'number' ? String(raw) : ''
  const value = tooLong === 'cut' ? text.replaceAll(EMOJI, '') : text
  const wrong = (what: string): never => refuse(47003, `argument invalid! data.${key}.value ${what}`)
  if (value.trim() === '') return MAY_BE_EMPTY.has(type) ? '' : wrong('is empty')
  const allowed = enums.get(key)
  if (allowed) return allowed.includes(value) ? value : wrong('invalid')
  const rule = TYPES[type]
  if (!rule) return value
  if (characters(value) <= rule.most) return rule.right(value) ? value : wrong('invalid')
  if (tooLong === 'refuse' || !rule.right([...value].slice(0, rule.most).join(''))) return wrong('invalid')
  return `${[...value].slice(0, rule.most - 1).join('')}…`
}
