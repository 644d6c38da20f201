import type { Advice } from '../error-codes.ts'

/**
 * 模板消息 参数类型 and 订阅通知 参数类型 (service accounts; read 2026-11). One unit is a character (code point). Template
 * messages of the industry library (历史模板) have no typed fields: the platform cuts what is too long. Where its two tables differ
 * (an amount of 10 or of 12 digits), the narrower holds for both.
 */
export type FieldType =
  | 'thing'
  | 'short_thing'
  | 'number'
  | 'letter'
  | 'symbol'
  | 'character_string'
  | 'time'
  | 'date'
  | 'amount'
  | 'phone_number'
  | 'car_number'
  | 'name'
  | 'phrase'
  | 'const'
  | 'enum'
  | 'enum_string'

type FieldRule = {
  /** The most characters; of `amount`, digits before the point. */
  readonly most?: number
  readonly test: (value: string) => boolean
  readonly text: Advice
}

const CLOCK = /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/
const DAY =
  /^(?:(\d{4})年(\d{1,2})月(?:(\d{1,2})日)?|(\d{1,2})月(\d{1,2})日|(\d{4})([-/.])(\d{1,2})(?:\7(\d{1,2}))?|(\d{1,2})[-/.](\d{1,2}))$/u
const HAN = /\p{sc=Han}/u
const fits = (pattern: RegExp) => (value: string) => pattern.test(value)

export const FIELD_RULES: Readonly<Record<FieldType, FieldRule>> = {
  thing: {
    most: 20,
    test: fits(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,20}$/u),
    text: {
      zh: '事物：最多 20 个字符，可为汉字、数字、字母或符号，不能换行',
      en: 'Thing: at most 20 characters of any kind, no line breaks',
    },
  },
  short_thing: {
    most: 10,
    test: fits(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,10}$/u),
    text: {
      zh: '短事物：最多 10 个字符，不能换行',
      en: 'Short thing: at most 10 characters, no line breaks',
    },
  },
  number: {
    most: 32,
    test: (value) => /^\d+(\.\d+)?$/.test(value) && value.length <= 32,
    text: { zh: '数字：最多 32 位，可带小数', en: 'Number: at most 32 digits, with the decimal point' },
  },
  letter: {
    most: 32,
    test: fits(/^[A-Za-z]{1,32}$/),
    text: { zh: '字母：最多 32 个字母', en: 'Letter: at most 32 letters A–Z' },
  },
  symbol: {
    most: 5,
    test: fits(/^[^\p{L}\p{N}\p{C}\s]{1,5}$/u),
    text: { zh: '符号：最多 5 个符号', en: 'Symbol: at most 5 symbols' },
  },
  character_string: {
    most: 32,
    test: fits(/^[\x21-\x7E]{1,32}$/),
    text: {
      zh: '字符串：最多 32 个数字、字母或符号，不能有汉字和空格',
      en: 'Character string: at most 32 digits, letters or symbols; no Chinese, no blanks',
    },
  },
  time: {
    test: (value) => isRange(value, (one) => isTime(one)),
    text: {
      zh: '时间：24 小时制，如 15:01，前面可加日期，可用 ~ 表示一段时间',
      en: 'Time: 24 hours, such as 15:01, with a date before it if wanted; a range with ~',
    },
  },
  date: {
    test: (value) => isRange(value, (one) => isDay(one) || isDayAndTime(one)),
    text: {
      zh: '日期：如 2019年10月1日 或 2019-10-01，后面可加 24 小时制时间，可用 ~ 表示一段时间',
      en: 'Date: such as 2019年10月1日 or 2019-10-01, with a time after it if wanted; a range with ~',
    },
  },
  amount: {
    most: 10,
    test: fits(/^[¥￥$€£]?\d{1,10}(\.\d{1,2})?元?$/u),
    text: {
      zh: '金额：最多 10 位数字，可带小数（2 位）、1 个币种符号，结尾可带“元”',
      en: 'Amount: at most 10 digits with up to two decimals, one currency sign before or 元 after',
    },
  },
  phone_number: {
    most: 17,
    test: fits(/^[\d+\-() *#]{1,17}$/),
    text: { zh: '电话：最多 17 位数字或符号', en: 'Phone number: at most 17 digits or symbols' },
  },
  car_number: {
    most: 8,
    test: fits(/^[\p{sc=Han}A-Z0-9][A-Z0-9]{0,6}[\p{sc=Han}A-Z0-9]?$/u),
    text: {
      zh: '车牌号码：最多 8 位，首尾可为汉字，其余为字母或数字',
      en: 'Plate number: at most 8, the first and last may be Chinese',
    },
  },
  name: {
    most: 20,
    test: (value) => isPlain(value) && lengthOf(value) <= (HAN.test(value) ? 10 : 20),
    text: {
      zh: '姓名：最多 10 个汉字，或 20 个纯字母或符号',
      en: 'Name: at most 10 characters with Chinese in it, 20 without',
    },
  },
  phrase: {
    most: 5,
    test: fits(/^\p{sc=Han}{1,5}$/u),
    text: { zh: '汉字：最多 5 个汉字', en: 'Phrase: at most 5 Chinese characters' },
  },
  const: {
    most: 20,
    test: (value) => isPlain(value) && lengthOf(value) <= 20,
    text: {
      zh: '常量：最多 20 个字符，只能是该关键词审核通过的内容，或留空',
      en: 'Constant: at most 20 characters, only what was approved for it, or empty',
    },
  },
  enum: {
    test: isPlain,
    text: { zh: '枚举：只能是列出的值', en: 'Enumeration: only one of the listed values' },
  },
  enum_string: {
    test: isPlain,
    text: { zh: '枚举：只能是列出的值', en: 'Enumeration: only one of the listed values' },
  },
}

/** What a value breaks. `unlisted`: not among those the platform lists for the field. */
export type FieldBreach = {
  readonly rule: FieldType | 'empty' | 'line_break'
  readonly because: 'empty' | 'too_long' | 'format' | 'unlisted'
  readonly limit?: number
  readonly actual?: number
}

/** `category`: typed fields (类目模板 and every subscription template). `industry`: 历史模板, whose values are free text. */
export type TemplateFamily = 'category' | 'industry'

type Field = { readonly type: string; readonly values?: readonly string[] | null }

/** Why the platform would refuse the value, or undefined. Types nobody documented only refuse nothing and line breaks. */
export function checkField(
  field: Field,
  value: string,
  family: TemplateFamily = 'category',
): FieldBreach | undefined {
  if (family === 'industry') return undefined
  if (value.trim() === '')
    return field.type === 'const' && value === '' ? undefined : { rule: 'empty', because: 'empty' }
  const { type } = field
  if (!isFieldType(type)) return isPlain(value) ? undefined : { rule: 'line_break', because: 'format' }
  if (isListed(field) && !field.values.includes(value)) return { rule: type, because: 'unlisted' }
  const { test, most } = FIELD_RULES[type]
  if (test(value)) return undefined
  const actual = type === 'amount' ? wholeDigits(value) : lengthOf(value)
  const limit = type === 'name' && HAN.test(value) ? 10 : most
  return limit !== undefined && actual > limit
    ? { rule: type, because: 'too_long', limit, actual }
    : { rule: type, because: 'format' }
}

const EMOJI = /\p{RI}|\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{EMod}|\uFE0F|\u200D|\u20E3/gu

/** Values as template messages show them: the platform drops emoji (rule in force 2023-05-04). */
export const withoutEmoji = (value: string): string => value.replaceAll(EMOJI, '')

export const isFieldType = (type: string): type is FieldType => Object.hasOwn(FIELD_RULES, type)

const isListed = (field: Field): field is Field & { values: readonly string[] } =>
  Array.isArray(field.values) && field.values.length > 0

const wholeDigits = (amount: string): number => amount.replace(/\.\d*/, '').replace(/\D/g, '').length

/** Of code points: an emoji of one code point is one. */
function lengthOf(value: string): number {
  let count = 0
  for (const _ of value) count++
  return count
}

function isPlain(value: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)
}

function isRange(value: string, test: (one: string) => boolean): boolean {
  const ends = value.split('~')
  return ends.length <= 2 && ends.every((end) => test(end.replace(/^ | $/g, '')))
}

const isTime = (value: string): boolean => CLOCK.test(value) || isDayAndTime(value)

function isDayAndTime(value: string): boolean {
  const at = value.lastIndexOf(' ')
  return at > 0 && isDay(value.slice(0, at)) && CLOCK.test(value.slice(at + 1))
}

function isDay(value: string): boolean {
  const found = DAY.exec(value)
  if (found === null) return false
  const year = found[1] ?? found[6]
  const month = found[2] ?? found[4] ?? found[8] ?? found[10]
  const day = found[3] ?? found[5] ?? found[9] ?? found[11]
  return isCalendarDay(year === undefined ? 2024 : Number(year), Number(month), Number(day ?? 1))
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}
