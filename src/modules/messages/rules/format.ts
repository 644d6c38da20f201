import type { RawValue } from '../schema/resolved.ts'
import type { VariableFormat } from '../schema/variables.ts'

/** A value as text in the wanted form; null where it can't be read that way, which counts as missing. */
export function formatValue(value: RawValue, format: VariableFormat | null): string | null {
  if (value === null) return null
  if (format === null) return plain(value)
  switch (format.as) {
    case 'date':
      return formatDate(value, format.pattern, format.zone)
    case 'amount':
      return formatAmount(value, format)
    case 'number': {
      const rounded = roundDecimal(textOfNumber(value), format.decimals)
      return rounded
    }
    case 'mask':
      return mask(plain(value), format.start, format.end)
    case 'shorten':
      return shorten(plain(value), format.characters)
  }
}

/** Line ends of a person's value never break a field: they become blanks. */
function plain(value: string | number | boolean): string | null {
  if (typeof value === 'boolean') return value ? '是' : '否'
  const text = String(value)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  return text === '' ? null : text
}

const CALENDAR_DAY = /^(\d{4})-(\d{2})-(\d{2})$/
const WALL_CLOCK = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?$/

type Parts = { year: number; month: number; day: number; hour: number | null; minute: number | null }

function formatDate(value: string | number | boolean, pattern: string, zone: string): string | null {
  const parts = partsOf(value, zone)
  if (parts === null || (parts.hour === null && pattern.includes('HH'))) return null
  const { year, month, day, hour, minute } = parts
  const two = (n: number | null) => String(n ?? 0).padStart(2, '0')
  return pattern
    .replace('YYYY', String(year).padStart(4, '0'))
    .replace('MM', two(month))
    .replace('DD', two(day))
    .replace('HH', two(hour))
    .replace('mm', two(minute))
    .replace('M月', `${month}月`)
    .replace('D日', `${day}日`)
}

/** A day has no zone; a wall clock without one is taken as it stands; an instant (ISO, or milliseconds) is shown in the zone. */
function partsOf(value: string | number | boolean, zone: string): Parts | null {
  if (typeof value === 'boolean') return null
  const text = String(value).trim()
  const written = CALENDAR_DAY.exec(text) ?? WALL_CLOCK.exec(text)
  if (written !== null) {
    const [year = 0, month = 0, day = 0] = written.slice(1, 4).map(Number)
    const [hour = null, minute = null] = written.slice(4, 6).map(Number)
    return isDay(year, month, day) ? { year, month, day, hour, minute } : null
  }
  const at = typeof value === 'number' || /^\d{12,13}$/.test(text) ? Number(value) : Date.parse(text)
  return Number.isFinite(at) && Math.abs(at) < 8.64e15 && looksLikeInstant(text) ? inZone(at, zone) : null
}

const looksLikeInstant = (text: string): boolean =>
  /^\d{12,13}$/.test(text) || /^\d{4}-\d{2}-\d{2}[T ]/.test(text)
const isDay = (year: number, month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()

const formatters = new Map<string, Intl.DateTimeFormat>()

function inZone(at: number, zone: string): Parts | null {
  const formatter = formatterOf(zone)
  if (formatter === null) return null
  const found: Record<string, number> = {}
  for (const { type, value } of formatter.formatToParts(at)) found[type] = Number(value)
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = found
  return { year, month, day, hour, minute }
}

function formatterOf(zone: string): Intl.DateTimeFormat | null {
  const known = formatters.get(zone)
  if (known !== undefined) return known
  try {
    const made = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
    formatters.set(zone, made)
    return made
  } catch {
    return null
  }
}

type Amount = Extract<VariableFormat, { as: 'amount' }>

function formatAmount(
  value: string | number | boolean,
  { sign, decimals, divisor, yuan }: Amount,
): string | null {
  const text = textOfNumber(value)
  const sum = roundDecimal(divisor === 100 ? shiftLeft2(text) : text, decimals)
  if (sum === null) return null
  return `${sum.startsWith('-') ? '-' : ''}${sign}${sum.replace('-', '')}${yuan ? '元' : ''}`
}

const NUMBER = /^-?\d{1,24}(\.\d{1,12})?$/

/** Digits as they were written, without signs of currency and thousands; null where it is no number. */
function textOfNumber(value: string | number | boolean): string | null {
  if (typeof value === 'boolean') return null
  const text = String(value)
    .trim()
    .replace(/^(-?)[¥￥$€£]\s*/u, '$1')
    .replace(/元$/u, '')
    .replaceAll(/,(?=\d{3}(?:\D|$))/g, '')
    .replace(/^\+/, '')
  return NUMBER.test(text) ? text : null
}

/** Divides by a hundred without losing a digit. */
function shiftLeft2(text: string | null): string | null {
  if (text === null) return null
  const negative = text.startsWith('-')
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const padded = whole.padStart(3, '0')
  return `${negative ? '-' : ''}${padded.slice(0, -2)}.${padded.slice(-2)}${fraction}`
}

/** Rounds half away from zero on the digits themselves, so that 1.005 is 1.01. */
function roundDecimal(text: string | null, decimals: number): string | null {
  if (text === null) return null
  const negative = text.startsWith('-')
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const kept = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'))
  const up = Number(fraction[decimals] ?? '0') >= 5
  const digits = String(kept + (up ? 1n : 0n)).padStart(decimals + 1, '0')
  const shown =
    decimals === 0 ? digits : `${digits.slice(0, digits.length - decimals)}.${digits.slice(-decimals)}`
  return negative && /[1-9]/.test(shown) ? `-${shown}` : shown
}

function mask(text: string | null, start: number, end: number): string | null {
  if (text === null) return null
  const all = [...text]
  if (all.length <= start + end) return '*'.repeat(all.length)
  const tail = end === 0 ? [] : all.slice(-end)
  return [...all.slice(0, start), '*'.repeat(all.length - start - end), ...tail].join('')
}

function shorten(text: string | null, most: number): string | null {
  if (text === null) return null
  const all = [...text]
  return all.length <= most ? text : `${all.slice(0, most - 1).join('')}…`
}
