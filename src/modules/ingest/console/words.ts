import { lookUp } from '../../../console/ui/error-text.ts'

type Told = { name: string; properties: Record<string, unknown> }

export const eventName = (name: string): string => lookUp('events.names', name) ?? name

const shortened = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text)

/** The part of an event that says most, in a few words; undefined where its name says all. */
export function eventGist({ name: event, properties }: Told): string | undefined {
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
    if (typeof value === 'string' && value !== '') return shortened(value)
  }
  const rest = Object.entries(properties).filter(
    ([name, value]) =>
      !name.startsWith('$') &&
      !/id$/i.test(name) &&
      ['string', 'number'].includes(typeof value) &&
      value !== '',
  )
  if (rest.length === 0) return undefined
  return shortened(
    rest
      .slice(0, 3)
      .map(([, value]) => String(value))
      .join(' · '),
  )
}
