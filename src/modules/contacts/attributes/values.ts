/** How an attribute's values are kept and compared. */
export type AttributeType = 'text' | 'number' | 'boolean' | 'date' | 'instant' | 'enumeration' | 'list'

/** One value as a row carries it: text for texts, days, booleans and each item of a list; numbers for numbers and instants. */
export type Stored = { text: string | null; number: number | null }

export const MAX_TEXT_BYTES = 2_048
export const MAX_ITEMS = 100

const DAY = /^\d{4}-\d{2}-\d{2}$/
const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[-+]\d{2}:?\d{2})?$/
const NUMBER = /^\s*[-+]?(\d{1,18}(\.\d{1,18})?|\.\d{1,18})\s*$/

/** The type a value seen for the first time suggests; undefined where it can't be an attribute (an object, nothing). */
export function typeOf(value: unknown): AttributeType | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? 'number' : undefined
  if (typeof value === 'boolean') return 'boolean'
  if (value instanceof Date) return 'instant'
  if (Array.isArray(value)) return value.every((item) => textOf(item) !== undefined) ? 'list' : undefined
  if (typeof value !== 'string') return undefined
  if (dayOf(value) !== undefined) return 'date'
  return INSTANT.test(value) && instantOf(value) !== undefined ? 'instant' : 'text'
}

/**
 * A value in the form its attribute keeps; numbers may come as text. Undefined where it does not fit the type; an empty list
 * and an empty text are no values.
 */
export function convert(value: unknown, type: AttributeType): Stored[] | undefined {
  switch (type) {
    case 'text':
    case 'enumeration': {
      const text = textOf(value)
      if (text === undefined) return undefined
      return text === '' ? [] : [asText(text)]
    }
    case 'number': {
      const number = numberOf(value)
      return number === undefined ? undefined : [asNumber(number)]
    }
    case 'boolean': {
      const truth = truthOf(value)
      return truth === undefined ? undefined : [asText(String(truth))]
    }
    case 'date': {
      const day = dayOf(value)
      return day === undefined ? undefined : [asText(day)]
    }
    case 'instant': {
      const time = instantOf(value)
      return time === undefined ? undefined : [asNumber(time)]
    }
    case 'list':
      return listOf(value)
  }
}

const asText = (text: string): Stored => ({ text, number: null })
const asNumber = (number: number): Stored => ({ text: null, number })

/** Texts, and what has one obvious text; bounded, without what PostgreSQL's text can't hold. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined
  const text = String(value).toWellFormed().replaceAll('\0', '')
  return bytesOf(text) > MAX_TEXT_BYTES ? undefined : text
}

const encoder = new TextEncoder()
const bytesOf = (text: string): number =>
  text.length > MAX_TEXT_BYTES ? text.length : encoder.encode(text).byteLength

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined
}

const TRUE = new Set(['true', '1', 'yes', '是'])
const FALSE = new Set(['false', '0', 'no', '否'])

function truthOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  const said = textOf(value)?.trim().toLowerCase()
  if (said === undefined) return undefined
  return TRUE.has(said) ? true : FALSE.has(said) ? false : undefined
}

/** A day that exists, also as the first ten characters of an instant written by a person's own calendar. */
function dayOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.trim().replaceAll('/', '-')
  const [year = '', month = '', day = ''] = text.split('-')
  const full = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  if (!DAY.test(full)) return undefined
  const date = new Date(`${full}T00:00:00Z`)
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== full ? undefined : full
}

/** Milliseconds. Without a zone it is Beijing's time; a bare day is its beginning. */
function instantOf(value: unknown): number | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.getTime()
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  const day = dayOf(text)
  const zoned = /(Z|[-+]\d{2}:?\d{2})$/.test(text)
  if (day === undefined && !INSTANT.test(text)) return undefined
  const time = Date.parse(
    day !== undefined ? `${day}T00:00:00+08:00` : `${text.replace(' ', 'T')}${zoned ? '' : '+08:00'}`,
  )
  return Number.isNaN(time) ? undefined : time
}

function listOf(value: unknown): Stored[] | undefined {
  const items = Array.isArray(value) ? value : [value]
  if (items.length > MAX_ITEMS) return undefined
  const texts = items.map(textOf)
  if (texts.includes(undefined)) return undefined
  return [...new Set(texts as string[])].filter((text) => text !== '').map(asText)
}
