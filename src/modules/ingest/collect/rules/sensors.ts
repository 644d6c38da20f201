import { boundsOf, fits, isEventName, isPropertyName, MESSAGE_BYTES } from './bounds.ts'
import {
  type Claim,
  type Fact,
  isObject,
  type Json,
  objectOr,
  type Reader,
  type Reading,
  type Refusal,
  refuse,
  type TraitChange,
} from './fact.ts'
import { claimOf, type Ids } from './people.ts'
import { happenedAt, instantOf } from './time.ts'

const PROFILE_OPS: Record<string, TraitChange['op']> = {
  profile_set: 'set',
  profile_set_once: 'set_once',
  profile_increment: 'increment',
  profile_append: 'append',
  profile_unset: 'unset',
}
const EVENT_TYPES = ['track', 'track_signup', 'track_id_bind']
/** Things, not people: catalogues are detail data (明细) here. */
const ITEM_TYPES = ['item_set', 'item_delete']
/** What an SDK adds to a person's properties about itself. */
const SDK_PROPERTIES = [
  '$lib',
  '$lib_version',
  '$lib_method',
  '$lib_detail',
  '$is_login_id',
  '$time',
  '$openid',
  '$openid_signature',
]

/**
 * A message of the Sensors SDKs. Profile calls become what is known of the person, and an event `identify` that names the
 * properties without their values.
 */
export function readSensors(message: unknown, reader: Reader): Reading {
  if (!isObject(message)) return refuse('not_an_object')
  const { type } = message
  if (ITEM_TYPES.includes(type as string)) return refuse('type_not_supported', { type })
  const op = typeof type === 'string' && Object.hasOwn(PROFILE_OPS, type) ? PROFILE_OPS[type] : undefined
  const isProfile = op !== undefined || type === 'profile_delete'
  if (!isProfile && !EVENT_TYPES.includes(type as string))
    return refuse('unknown_type', {
      type: String(type ?? '')
        .slice(0, 60)
        .toWellFormed(),
    })
  const name = isProfile
    ? 'identify'
    : (message['event'] ?? (type === 'track_signup' ? '$SignUp' : undefined))
  if (typeof name !== 'string' || name === '') return refuse('event_name_missing')
  if (!isProfile && !isEventName(name)) return refuse('event_name_invalid')
  const given = profileList(op, message['properties'])
  const refusal = boundsOf(given)
  if (refusal !== undefined) return { refused: refusal }
  const people = claimsOf(message, given, reader)
  if ('refused' in people) return people
  const sentAt = instantOf(message['_flush_time'])
  const { at, claimed } = happenedAt(message['time'], { receivedAt: reader.receivedAt, sentAt })
  if (at < reader.oldest) return refuse('too_old', { at: at.toISOString() })
  if (reader.ignored.has(name) && !isProfile && people.claims.length === 1) return { ignored: name }
  const traits = op === undefined ? [] : traitsOf(op, given)
  const { $openid: _openid, $openid_signature: _signature, ...said } = given
  const properties = JSON.stringify({
    ...(isProfile ? { $traits: traits.map(({ key }) => key), $change: type } : said),
    ...(claimed !== undefined && { $claimed_at: claimed }),
  })
  if (!fits(properties, MESSAGE_BYTES)) return refuse('message_too_large', { most: MESSAGE_BYTES })
  const sourceKey = keyOf(message)
  if (sourceKey === undefined) return refuse('too_deep')
  const fact: Fact = {
    sourceKey,
    name: reader.ignored.has(name) ? null : name,
    at,
    properties,
    claims: people.claims,
    traits,
    forgetsTraits: type === 'profile_delete',
  }
  return { fact }
}

/** `profile_unset` may come with a list of names. */
function profileList(op: TraitChange['op'] | undefined, properties: unknown): Json {
  if (op !== 'unset' || !Array.isArray(properties)) return objectOr(properties)
  return Object.fromEntries(properties.slice(0, 500).map((name) => [String(name), true]))
}

const traitsOf = (op: TraitChange['op'], properties: Json): TraitChange[] =>
  Object.entries(properties)
    .filter(([key]) => isPropertyName(key) && !SDK_PROPERTIES.includes(key))
    .map(([key, value]) =>
      op === 'set' && value === null ? { op: 'unset', key, value } : { op, key, value },
    )

/**
 * A repeat has the same track id, person, time and content; when it is sent differs. Undefined where parts that nobody
 * reads are nested deeper than can be written.
 */
function keyOf(message: Json): string | undefined {
  const { _flush_time: _sent, ...content } = message
  try {
    return `sa:${JSON.stringify(content)}`
  } catch {
    return undefined
  }
}

type People = { claims: [Claim, ...Claim[]] } | { refused: Refusal }

/**
 * `distinct_id` is a user of the brand where `$is_login_id` says so, otherwise an anonymous id. A sign-up links the
 * `original_id` to the user, and the same text as an anonymous id too: SDKs without `$is_login_id` go on with it.
 */
function claimsOf(message: Json, properties: Json, reader: Reader): People {
  const distinct = message['distinct_id']
  const isUser = properties['$is_login_id'] === true || message['type'] === 'track_signup'
  const ids: Ids = {
    ...(isUser ? { user: distinct, anonymous: message['anonymous_id'] } : { anonymous: distinct }),
    ...identitiesOf(message['identities']),
  }
  if (properties['$openid'] !== undefined) {
    ids.openid = properties['$openid']
    ids.signature = properties['$openid_signature']
  }
  if (message['type'] === 'track_signup') ids.anonymous = message['original_id'] ?? ids.anonymous
  const first = claimOf(ids, reader)
  if ('refused' in first) return first
  if (message['type'] !== 'track_signup' || reader.kind === 'public') return { claims: [first.claim] }
  const again = claimOf({ user: ids.user, anonymous: distinct }, reader)
  return 'refused' in again ? again : { claims: [first.claim, again.claim] }
}

const IDENTITIES: readonly (readonly [name: string, kind: keyof Ids])[] = [
  ['$identity_login_id', 'user'],
  ['$identity_mobile', 'phone'],
  ['$identity_mp_unionid', 'unionid'],
  ['$identity_mp_openid', 'openid'],
  ['$identity_anonymous_id', 'anonymous'],
  ['$identity_cookie_id', 'anonymous'],
]

/** What newer SDKs say beside `distinct_id`. */
function identitiesOf(identities: unknown): Ids {
  if (!isObject(identities)) return {}
  const ids: Ids = {}
  for (const [name, kind] of IDENTITIES) if (identities[name] !== undefined) ids[kind] = identities[name]
  return ids
}
