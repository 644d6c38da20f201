import type { PropertyType } from '../schema/registry.ts'

/** ISO 8601 with a day and a time, with or without a zone: how JavaScript and the SDKs write an instant. */
const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/

/** Undefined for null: nothing was said. */
export function typeOf(value: unknown): PropertyType | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'string') return INSTANT.test(value) ? 'instant' : 'text'
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  return Array.isArray(value) ? 'list' : 'object'
}

const SAMPLE_LENGTH = 200

/** A value as an example: long texts cut, large lists and objects left out. */
export function sampleOf(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, SAMPLE_LENGTH).toWellFormed()
  if (typeof value !== 'object') return value
  const text = JSON.stringify(value)
  return text.length <= SAMPLE_LENGTH * 2 ? value : null
}

export type SeenProperty = {
  types: Map<PropertyType, number>
  sample: unknown
  firstAt: Date
  lastAt: Date
}
export type SeenEvent = {
  volume: number
  firstAt: Date
  lastAt: Date
  properties: Map<string, SeenProperty>
}

/** Properties of one event that are counted; further ones of it are not in the registry. */
const MOST_OF_ONE = 500

/** What a chunk of the log shows, by name. */
export function summarise(
  events: readonly { name: string; receivedAt: Date; properties: Record<string, unknown> }[],
): Map<string, SeenEvent> {
  const seen = new Map<string, SeenEvent>()
  for (const { name, receivedAt, properties } of events) {
    const one = seen.get(name) ?? {
      volume: 0,
      firstAt: receivedAt,
      lastAt: receivedAt,
      properties: new Map<string, SeenProperty>(),
    }
    seen.set(name, one)
    one.volume += 1
    widen(one, receivedAt)
    for (const key of Object.keys(properties)) noteProperty(one, key, properties[key], receivedAt)
  }
  return seen
}

const widen = (span: { firstAt: Date; lastAt: Date }, at: Date): void => {
  if (at < span.firstAt) span.firstAt = at
  if (at > span.lastAt) span.lastAt = at
}

function noteProperty(event: SeenEvent, key: string, value: unknown, at: Date): void {
  const type = typeOf(value)
  if (type === undefined) return
  const known = event.properties.get(key)
  if (known === undefined && event.properties.size >= MOST_OF_ONE) return
  const property = known ?? { types: new Map(), sample: null, firstAt: at, lastAt: at }
  event.properties.set(key, property)
  property.types.set(type, (property.types.get(type) ?? 0) + 1)
  property.sample = sampleOf(value)
  widen(property, at)
}
