import {
  type Callback,
  type CallbackEvent,
  interactionOf,
  type XmlTree,
} from '../../wechat/payloads/callbacks/callback.ts'
import { EVENTS, type EventName } from './schema.ts'

/**
 * What a callback says of the person it names:
 * `follow`, `unfollow`; `interaction` and `sighting` prove that the fan follows, the first counts as contact by them;
 * `contact` may be someone who never followed; `mention` names a fan only where we know one.
 */
export type Effect = 'follow' | 'unfollow' | 'interaction' | 'sighting' | 'contact' | 'mention'
export type Person = { openid: string; effect: Effect }

/** One thing that happened, ready for the event log. */
export type Occurrence = {
  name: EventName
  at: Date
  properties: Record<string, unknown>
  person: Person | null
}

/** The platform's clock may be ahead a little; a time further off would block every later fact about the fan. */
const AHEAD_MS = 10 * 60_000

type Known = Exclude<CallbackEvent['event'], { event: 'unknown' }>['event']
const FAN_EVENTS: Partial<Record<Known, readonly [EventName, Effect]>> = {
  subscribe: [EVENTS.follow, 'follow'],
  unsubscribe: [EVENTS.unfollow, 'unfollow'],
  scan: [EVENTS.scan, 'sighting'],
  location: [EVENTS.location, 'sighting'],
  click: [EVENTS.menuClick, 'sighting'],
  view: [EVENTS.menuView, 'sighting'],
  view_miniprogram: [EVENTS.menuView, 'sighting'],
  scancode_push: [EVENTS.menuClick, 'sighting'],
  scancode_waitmsg: [EVENTS.menuClick, 'sighting'],
  pic_sysphoto: [EVENTS.menuView, 'sighting'],
  pic_photo_or_album: [EVENTS.menuView, 'sighting'],
  pic_weixin: [EVENTS.menuView, 'sighting'],
  location_select: [EVENTS.menuView, 'sighting'],
  templatesendjobfinish: [EVENTS.templateFinished, 'mention'],
  subscribe_msg_popup_event: [EVENTS.subscriptionAnswered, 'contact'],
  subscribe_msg_change_event: [EVENTS.subscriptionChanged, 'contact'],
  subscribe_msg_sent_event: [EVENTS.subscriptionSent, 'contact'],
}
/** Their sender is the operator or a fixed id, never a fan. */
const JOB_EVENTS: Partial<Record<Known, EventName>> = {
  masssendjobfinish: EVENTS.massFinished,
  publishjobfinish: EVENTS.publishFinished,
}
const PRIVACY_EVENTS: readonly Known[] = [
  'user_info_modified',
  'user_authorization_revoke',
  'user_authorization_cancellation',
]

/** Openids hold letters, digits, `_` and `-`; anything else names nobody. */
export const isOpenid = (text: string): boolean => /^[\w-]{1,128}$/.test(text)

/** A callback as an event of ours. `receivedAt` stands in for a time of the platform that can't be true. */
export function describe(callback: Callback, receivedAt: Date): Occurrence {
  const claimed = callback.createdAtSeconds * 1000
  const at = claimed > receivedAt.getTime() + AHEAD_MS ? receivedAt : new Date(claimed)
  const { person, ...rest } =
    callback.kind === 'message' ? describeMessage(callback) : describeEvent(callback, callback.event)
  return { ...rest, at, person: person !== null && isOpenid(person.openid) ? person : null }
}

type Described = Omit<Occurrence, 'at'>

function describeMessage(callback: Extract<Callback, { kind: 'message' }>): Described {
  const { message } = callback
  // A tap on a menu message comes as text and counts as a menu click (客服消息, checked 2026-11).
  const name = interactionOf(callback) === 'menu' ? EVENTS.menuClick : EVENTS.message
  const raw = message.type === 'unknown' ? { raw: restOf(callback.raw) } : {}
  return {
    name,
    properties: { ...message, ...raw },
    person: { openid: callback.from, effect: 'interaction' },
  }
}

function describeEvent(callback: Callback, event: CallbackEvent['event']): Described {
  const { from } = callback
  if (event.event === 'unknown') {
    const properties = { event: event.name, key: event.key, raw: restOf(callback.raw) }
    return { name: EVENTS.unknown, properties, person: { openid: from, effect: 'mention' } }
  }
  const properties = { ...event }
  const job = JOB_EVENTS[event.event]
  if (job !== undefined) return { name: job, properties, person: null }
  const ofFan = FAN_EVENTS[event.event]
  if (ofFan !== undefined) {
    const [name, effect] = ofFan
    const counts = effect === 'sighting' && interactionOf(callback) !== undefined
    return { name, properties, person: { openid: from, effect: counts ? 'interaction' : effect } }
  }
  if (PRIVACY_EVENTS.includes(event.event)) {
    const openid = 'openId' in event ? event.openId : from
    return { name: EVENTS.privacyRequested, properties, person: { openid, effect: 'mention' } }
  }
  return { name: EVENTS.accountChanged, properties, person: { openid: from, effect: 'mention' } }
}

/** What the log doesn't keep elsewhere: sender, account and time have columns of their own. */
function restOf(raw: XmlTree): XmlTree {
  const { ToUserName: _to, FromUserName: _from, CreateTime: _at, ...rest } = raw
  return rest
}

/** What several occurrences of one fan come to, each the latest of its kind. */
export type FanNews = {
  accountId: string
  openid: string
  followedAt: Date | null
  unfollowedAt: Date | null
  interactedAt: Date | null
  /** Follows after all of this, as far as this alone tells. */
  following: boolean
  /** Someone we don't know is made a fan; otherwise only looked for. */
  make: boolean
}

/** Sums up what happened to each fan; of two facts of one second the one that arrived later wins. */
export function sumUp(
  happened: readonly { accountId: string; at: Date; person: Person | null }[],
): FanNews[] {
  const fans = new Map<string, FanNews>()
  for (const { accountId, at, person } of happened.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    if (person === null) continue
    const key = `${accountId}:${person.openid}`
    const news = fans.get(key) ?? nothingNew(accountId, person.openid)
    fans.set(key, news)
    apply(news, person.effect, at)
  }
  return [...fans.values()]
}

const nothingNew = (accountId: string, openid: string): FanNews => ({
  accountId,
  openid,
  followedAt: null,
  unfollowedAt: null,
  interactedAt: null,
  following: false,
  make: false,
})

/** In the order of time. */
function apply(news: FanNews, effect: Effect, at: Date): void {
  if (effect === 'mention') return
  news.make = true
  if (effect === 'follow') {
    news.followedAt = at
    news.interactedAt = at
    news.following = true
  } else if (effect === 'unfollow') {
    news.unfollowedAt = at
    news.following = false
  } else if (effect !== 'contact') {
    if (effect === 'interaction') news.interactedAt = at
    // An unfollow of the same second came after what the fan did before leaving.
    if (news.unfollowedAt === null || at > news.unfollowedAt) news.following = true
  }
}
