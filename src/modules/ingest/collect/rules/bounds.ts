import { NAME_BYTES } from '../../schema/registry.ts'
import { EVENTS } from '../../schema.ts'
import { isObject, type Json, type Refusal } from './fact.ts'

/** Of what is stored of one message, as JSON: Segment's limit for a message. */
export const MESSAGE_BYTES = 32 * 1024
const MOST_PROPERTIES = 500
/** Nested values counted, also those in lists. */
const MOST_VALUES = 2_000
const MOST_DEPTH = 6
const ID_BYTES = 256

const encoder = new TextEncoder()
/** Whether a text has at most so many bytes in UTF-8; encodes only where its length alone doesn't tell. */
export const fits = (text: string, bytes: number): boolean =>
  text.length * 3 <= bytes || (text.length <= bytes && encoder.encode(text).length <= bytes)

/** PostgreSQL stores neither NUL nor half surrogates. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

export const isPropertyName = (name: string): boolean =>
  name !== '' && fits(name, NAME_BYTES) && isStorable(name)

/** Names of WeChat's own events, and of what we see ourselves: what follows the log takes such an event at its word. */
const RESERVED = 'wechat.'
const OURS: readonly string[] = [EVENTS.linkClick, EVENTS.called]
export const isEventName = (name: string): boolean =>
  isPropertyName(name) && name.trim() !== '' && !name.startsWith(RESERVED) && !OURS.includes(name)

/** An id of a person: a text or a number, as text. Undefined where there is none; null where it can't be one. */
export function idOf(value: unknown): string | undefined | null {
  if (value === undefined || value === null || value === '') return undefined
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value
  if (typeof text !== 'string') return null
  const trimmed = text.trim()
  return trimmed !== '' && fits(trimmed, ID_BYTES) && isStorable(trimmed) ? trimmed : null
}

/** What is wrong with properties; undefined where they can be stored. */
export function boundsOf(properties: Json): Refusal | undefined {
  const names = Object.keys(properties)
  if (names.length > MOST_PROPERTIES)
    return { reason: 'too_many_properties', detail: { count: names.length, most: MOST_PROPERTIES } }
  const budget = { left: MOST_VALUES }
  for (const name of names) {
    if (!isPropertyName(name)) return { reason: 'property_name_invalid', detail: nameDetail(name) }
    const value = properties[name]
    if (typeof value === 'object' && value !== null) {
      const refusal = walk(value, 1, budget)
      if (refusal !== undefined) return refusal
    }
  }
  return undefined
}

function walk(value: object, depth: number, budget: { left: number }): Refusal | undefined {
  if (depth >= MOST_DEPTH) return { reason: 'too_deep', detail: { most: MOST_DEPTH } }
  const isList = Array.isArray(value)
  for (const name of Object.keys(value)) {
    budget.left -= 1
    if (budget.left < 0) return { reason: 'too_many_properties', detail: { most: MOST_VALUES } }
    if (!isList && !isPropertyName(name)) return { reason: 'property_name_invalid', detail: nameDetail(name) }
    const inner = (value as Json)[name]
    if (typeof inner === 'object' && inner !== null) {
      const refusal = walk(inner, depth + 1, budget)
      if (refusal !== undefined) return refusal
    }
  }
  return undefined
}

const nameDetail = (name: string) => ({ name: name.slice(0, 60).toWellFormed().replaceAll('\0', '') })

/** Traits with those of an object taken one by one, `address.city`: attributes have no insides. */
export function flatten(traits: Json): [key: string, value: unknown][] {
  return Object.entries(traits).flatMap(([key, value]): [string, unknown][] =>
    isObject(value) ? Object.entries(value).map(([inner, one]) => [`${key}.${inner}`, one]) : [[key, value]],
  )
}
