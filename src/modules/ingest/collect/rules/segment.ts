import { boundsOf, fits, flatten, isEventName, isPropertyName, MESSAGE_BYTES } from './bounds.ts'
import {
  type Claim,
  type Fact,
  isObject,
  type Json,
  objectOr,
  type Reader,
  type Reading,
  refuse,
  type TraitChange,
} from './fact.ts'
import { claimOf, type Ids } from './people.ts'
import { happenedAt } from './time.ts'

export const SEGMENT_TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const
export type SegmentType = (typeof SEGMENT_TYPES)[number]
const isType = (type: unknown): type is SegmentType => SEGMENT_TYPES.includes(type as SegmentType)

/**
 * A message of Segment's HTTP tracking interface. Events keep the name they came with; the other calls are events named
 * by their type. What an identify says goes to the person; the event names its traits without their values.
 */
export function readSegment(message: unknown, type: unknown, reader: Reader): Reading {
  if (!isObject(message)) return refuse('not_an_object')
  if (!isType(type))
    return refuse('unknown_type', {
      type: String(type ?? '')
        .slice(0, 60)
        .toWellFormed(),
    })
  const name = type === 'track' ? message['event'] : type
  if (typeof name !== 'string' || name === '') return refuse('event_name_missing')
  if (type === 'track' && !isEventName(name)) return refuse('event_name_invalid')
  const context = objectOr(message['context'])
  const person = claimOf(idsOf(message, context, type), reader)
  if ('refused' in person) return person
  const said = objectOr(message[type === 'identify' || type === 'group' ? 'traits' : 'properties'])
  const refusal = boundsOf(said)
  if (refusal !== undefined) return { refused: refusal }
  const traits = type === 'identify' ? traitsOf(said) : []
  const { at, claimed } = happenedAt(message['timestamp'] ?? message['originalTimestamp'], reader)
  if (at < reader.oldest) return refuse('too_old', { at: at.toISOString() })
  const links = type === 'identify' || type === 'alias'
  if (reader.ignored.has(name) && !links) return { ignored: name }
  const properties = JSON.stringify({
    ...(type === 'identify' ? { $traits: traits.map(({ key }) => key) } : said),
    ...ownFields(message, type),
    ...contextOf(context),
    ...(reader.kind === 'public' && claimedUser(person.claim)),
    ...(claimed !== undefined && { $claimed_at: claimed }),
  })
  if (!fits(properties, MESSAGE_BYTES)) return refuse('message_too_large', { most: MESSAGE_BYTES })
  const id = message['messageId']
  const fact: Fact = {
    sourceKey: typeof id === 'string' && id !== '' ? `id:${id}` : null,
    name: reader.ignored.has(name) ? null : name,
    at,
    properties,
    claims: [person.claim],
    traits,
    forgetsTraits: false,
  }
  return { fact }
}

/** `userId` and `anonymousId`; beside them `context.openid` with `context.signature`, and `context.externalIds`. */
function idsOf(message: Json, context: Json, type: SegmentType): Ids {
  const ids: Ids = {
    user: message['userId'],
    anonymous: message['anonymousId'],
    openid: context['openid'],
    signature: context['signature'],
  }
  if (type === 'alias' && ids.anonymous === undefined) ids.anonymous = message['previousId']
  const external = context['externalIds']
  if (!Array.isArray(external)) return ids
  for (const one of external.slice(0, 10)) {
    if (!isObject(one)) continue
    const kind = EXTERNAL_IDS.get(one['type'])
    if (kind !== undefined) ids[kind] = one['id']
  }
  return ids
}

const EXTERNAL_IDS = new Map<unknown, 'openid' | 'unionid' | 'phone' | 'externalUser'>([
  ['openid', 'openid'],
  ['unionid', 'unionid'],
  ['phone', 'phone'],
  ['external_userid', 'externalUser'],
])

const claimedUser = ({ user }: Claim): Json => (user === undefined ? {} : { $user_id: user })

export function traitsOf(traits: Json): TraitChange[] {
  return flatten(traits)
    .filter(([key]) => isPropertyName(key))
    .map(([key, value]) => (value === null ? { op: 'unset', key, value } : { op: 'set', key, value }))
}

/** What a call carries beside properties and traits. */
function ownFields(message: Json, type: SegmentType): Json {
  const text = (name: string) => textOf(message[name])
  if (type === 'page' || type === 'screen')
    return { ...given('name', text('name')), ...given('category', text('category')) }
  if (type === 'group') return given('$group_id', text('groupId'))
  if (type === 'alias') return given('$previous_id', text('previousId'))
  return {}
}

const given = (name: string, value: unknown): Json => (value === undefined ? {} : { [name]: value })
const TEXT_LENGTH = 1_000
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, TEXT_LENGTH) : undefined

/** Where each part of Segment's context goes. The names are Sensors', so that both formats give one property. */
const CONTEXT: readonly (readonly [part: string, field: string, property: string])[] = [
  ['page', 'url', '$url'],
  ['page', 'path', '$url_path'],
  ['page', 'title', '$title'],
  ['page', 'referrer', '$referrer'],
  ['campaign', 'source', '$utm_source'],
  ['campaign', 'medium', '$utm_medium'],
  ['campaign', 'name', '$utm_campaign'],
  ['campaign', 'term', '$utm_term'],
  ['campaign', 'content', '$utm_content'],
  ['app', 'name', '$app_name'],
  ['app', 'version', '$app_version'],
  ['os', 'name', '$os'],
  ['os', 'version', '$os_version'],
  ['device', 'manufacturer', '$manufacturer'],
  ['device', 'model', '$model'],
  ['library', 'name', '$lib'],
  ['library', 'version', '$lib_version'],
]

/** The parts of the context worth asking for; the rest, an address on the Internet among it, is not kept. */
function contextOf(context: Json): Json {
  const kept: Json = {}
  for (const [part, field, property] of CONTEXT) {
    const value = textOf((context[part] as Json | undefined | null)?.[field])
    if (value !== undefined) kept[property] = value
  }
  const locale = textOf(context['locale'])
  if (locale !== undefined) kept['$language'] = locale
  return kept
}
