import { beijingDay, startOfDay } from '../../../kernel/beijing.ts'
import { type Cell, type Field, MAX_TEXT_BYTES } from '../schema.ts'

export type ValueResult = { ok: true; value: Cell } | { ok: false; reason: ValueReason }
export type ValueReason =
  | 'not_text'
  | 'too_long'
  | 'not_a_number'
  | 'not_a_boolean'
  | 'not_a_date'
  | 'not_an_instant'
  | 'not_an_option'

type Typed = Pick<Field, 'type' | 'options'>

/**
 * A value as its field keeps it: instants as ISO texts of UTC, dates as `2026-11-21`. Numbers, dates and truths may come as
 * text. Nothing, and in a text that is all blank, is null.
 */
export function readValue(field: Typed, given: unknown): ValueResult {
  if (given === null || given === undefined) return { ok: true, value: null }
  if (typeof given === 'string' && field.type !== 'text' && given.trim() === '')
    return { ok: true, value: null }
  return READERS[field.type](given, field)
}

const fine = (value: Cell): ValueResult => ({ ok: true, value })
const refused = (reason: ValueReason): ValueResult => ({ ok: false, reason })

const READERS: Record<Field['type'], (given: unknown, field: Typed) => ValueResult> = {
  text: (given) => readText(given),
  enumeration(given, { options }) {
    const read = readText(typeof given === 'string' ? given.trim() : given)
    if (!read.ok || options.length === 0 || options.includes(read.value as string)) return read
    return refused('not_an_option')
  },
  number(given) {
    const number = typeof given === 'string' ? numberOf(given) : given
    return typeof number === 'number' && Number.isFinite(number) && Math.abs(number) <= 1e15
      ? fine(number + 0)
      : refused('not_a_number')
  },
  boolean(given) {
    const truth = TRUTHS.get(typeof given === 'string' ? given.trim().toLowerCase() : given)
    return truth === undefined ? refused('not_a_boolean') : fine(truth)
  },
  date(given) {
    const day = typeof given === 'string' ? dayOf(given) : undefined
    return day === undefined ? refused('not_a_date') : fine(day)
  },
  instant(given) {
    const at = readInstant(given)
    return at === undefined ? refused('not_an_instant') : fine(at.toISOString())
  },
}

function readText(given: unknown): ValueResult {
  if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'boolean')
    return refused('not_text')
  const text = storable(String(given))
  return new TextEncoder().encode(text).length > MAX_TEXT_BYTES ? refused('too_long') : fine(text)
}

/** PostgreSQL's text has neither NUL nor half surrogates. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '')

const NUMBER = /^[-+]?(\d{1,18}|\d{1,3}(,\d{3}){1,5})?(\.\d{1,18})?(e[-+]?\d{1,2})?$/i
const numberOf = (text: string): number | undefined => {
  const bare = text.trim()
  return /\d/.test(bare) && NUMBER.test(bare) ? Number(bare.replaceAll(',', '')) : undefined
}

const TRUTHS = new Map<unknown, boolean>([
  [true, true],
  [false, false],
  [1, true],
  [0, false],
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
  ['yes', true],
  ['no', false],
  ['是', true],
  ['否', false],
])

const DAY = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?$/

/** `2026-11-21`, `2026/1/5`, `2026年1月5日`; an instant stands for its Beijing day. */
function dayOf(text: string): string | undefined {
  const bare = text.trim()
  const [, year = '', month = '', day = ''] = DAY.exec(bare) ?? []
  if (year === '') {
    const at = readInstant(bare)
    return at === undefined ? undefined : beijingDay(at)
  }
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const at = Date.parse(`${iso}T00:00:00Z`)
  const exists = !Number.isNaN(at) && new Date(at).toISOString().startsWith(iso)
  return exists && iso >= '1900-01-01' && iso < '2200-01-01' ? iso : undefined
}

/** ISO 8601 with its offset; without one it is Beijing time, without a time of day its midnight. Or Unix time. */
export function readInstant(given: unknown): Date | undefined {
  if (typeof given === 'number')
    return given < 1e8 ? undefined : within(new Date(given < 1e11 ? given * 1000 : given))
  if (typeof given !== 'string') return undefined
  const text = given.trim()
  if (/^\d{10}(\d{3})?$/.test(text)) return readInstant(Number(text))
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]{5,}(Z|[-+]\d{2}:?\d{2})$/i.test(text)) return within(new Date(text))
  const [date = '', clock = '', ...rest] = text.split(/[ T]+/)
  if (rest.length > 0 || !DAY.test(date)) return undefined
  const day = dayOf(date)
  if (day === undefined) return undefined
  return clock === '' ? within(startOfDay(day)) : atClock(day, clock)
}

function atClock(day: string, clock: string): Date | undefined {
  const [, hour = '', minute, second = '00', fraction = ''] = CLOCK.exec(clock) ?? []
  if (hour === '') return undefined
  return within(new Date(`${day}T${hour.padStart(2, '0')}:${minute}:${second}${fraction.slice(0, 4)}+08:00`))
}

const EARLIEST = Date.parse('1970-01-02T00:00:00Z')
const LATEST = Date.parse('2200-01-01T00:00:00Z')
const within = (at: Date): Date | undefined =>
  at.getTime() >= EARLIEST && at.getTime() < LATEST ? at : undefined
