import { lookUp } from '../../../console/ui/error-text.ts'
import type { ContactEvent } from '../schema.ts'

export const eventName = (name: string): string => lookUp('events.names', name) ?? name

/** The part of an event that says most, in a few words; undefined where its name says all. */
export function eventGist({ name: event, properties }: ContactEvent): string | undefined {
  for (const name of [
    'content',
    'text',
    'title',
    'eventKey',
    'key',
    'scene',
    'status',
    'type',
    'event',
    'url',
  ]) {
    if (name === 'event' && lookUp('events.names', event) !== undefined) continue
    const value = properties[name]
    if (typeof value === 'string' && value !== '')
      return value.length > 120 ? `${value.slice(0, 120)}…` : value
  }
  return undefined
}
