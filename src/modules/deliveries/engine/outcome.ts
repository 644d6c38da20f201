import type { WechatError } from '../../../channels/port.ts'
import { nextBeijingDay } from '../../../kernel/beijing.ts'
import { adviceOf } from '../../../wechat/error-codes.ts'
import type { DeliveryChannel } from '../model.ts'
import type { Reason } from '../schema.ts'

/** What becomes of one delivery after its call. Instants are business time, waits real. */
export type Outcome =
  | { to: 'accepted'; msgId: string | null }
  /** Definitely not done, and nobody's fault: everything is given back, no attempt is counted. */
  | { to: 'held'; reason: Reason; until: Date; detail: Detail }
  /** Definitely refused, for good. */
  | { to: 'failed'; reason: Reason; detail: Detail }
  /** Whether it was done can't be known. */
  | { to: 'unknown'; reason: Reason; detail: Detail }
  /** The same, but the platform will tell by the key: asked again under it when the lease is over. */
  | { to: 'asking'; reason: Reason; afterMs: number; detail: Detail }

/** What an answer says about others than its person. */
export type Signal = {
  /** Whether the platform answers at all; undefined: this says nothing about it. */
  health?: 'well' | 'down'
  /** Nothing more of this interface for so long, whoever asks. */
  shutMs?: number
  pauseAccount?: true
  /** The template this send was written for is no more. */
  templateGone?: true
  /** Refused for what it says: many of those in a row stop the send. */
  contentRefused?: true
}

type Detail = Record<string, unknown>
type Answered = Outcome & { signal: Signal }

export type Failure = {
  error: WechatError
  channel: DeliveryChannel
  now: Date
  /** When it was promised: the day that its call is one of. */
  intentAt: Date
  /** How often it was put off before, for the length of the next wait. */
  waits: number
  /** 0 ≤ random < 1. */
  random: number
}

/** 模板消息接口 (2026-11): the platform remembers `client_msg_id` for 10 minutes; a minute is left for the way. */
export const TEMPLATE_KEY_MEMORY_MS = 9 * 60_000

const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 5 * 60_000
const ASK_AGAIN_MS = 3_000
const MINUTE_MS = 60_000

/** Twice as long each time, spread out so that those put off together don't come back together. */
export const backoffMs = (waits: number, random: number): number =>
  Math.round(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(waits, 10)) * (0.5 + random))

/** The kind of the error decides, and where no answer could be read, whether the platform may have done the work. */
export function outcomeOf(failure: Failure): Answered {
  const { error, now, intentAt } = failure
  if (error.errcode === undefined) return unanswered(failure)
  switch (error.kind) {
    case 'ok':
    case 'duplicate':
      return { to: 'accepted', msgId: null, signal: { health: 'well' } }
    case 'busy':
      return {
        ...putOff(failure, 'platform_busy'),
        signal: { health: error.errcode === 43108 ? 'well' : 'down' },
      }
    case 'token':
      return { ...putOff(failure, 'platform_busy'), signal: { health: 'down' } }
    case 'rate-minute': {
      const leftMs = MINUTE_MS - (now.getTime() % MINUTE_MS)
      const until = new Date(now.getTime() + leftMs)
      return {
        to: 'held',
        reason: 'awaiting_rate',
        until,
        detail: waited(failure),
        signal: { health: 'well', shutMs: leftMs },
      }
    }
    case 'quota-day':
    case 'quota-period':
      return {
        to: 'held',
        reason: 'calls_used_up',
        // answered after midnight it says nothing of the new day
        until: nextBeijingDay(intentAt),
        detail: waited(failure),
        signal: { health: 'well' },
      }
    case 'account':
      return {
        to: 'held',
        reason: 'account_paused',
        until: now,
        detail: waited(failure),
        signal: { health: 'well', pauseAccount: true },
      }
    case 'confirmation':
      return {
        to: 'held',
        reason: 'awaiting_administrator',
        until: new Date(now.getTime() + MINUTE_MS),
        detail: waited(failure),
        signal: { health: 'well' },
      }
    case 'person':
      return { ...failed(error, personReason(error.errcode)), signal: { health: 'well' } }
    case 'content':
    case 'internal':
      return refused(failure)
    case 'unknown':
      return { to: 'unknown', reason: 'unknown_code', detail: detailOf(error), signal: { health: 'well' } }
  }
}

/** No answer, or none that can be read. */
function unanswered(failure: Failure): Answered {
  const { error, channel } = failure
  const signal: Signal = { health: 'down' }
  if (!error.ambiguous) return { ...putOff(failure, 'platform_busy'), signal }
  if (channel === 'template')
    return { to: 'asking', reason: 'no_answer', afterMs: ASK_AGAIN_MS, detail: detailOf(error), signal }
  return { to: 'unknown', reason: 'answer_never_came', detail: detailOf(error), signal }
}

const waited = ({ error, waits }: Failure): Detail => ({ ...detailOf(error), waits: waits + 1 })

function putOff(failure: Failure, reason: Reason): Outcome & { to: 'held' } {
  const until = new Date(failure.now.getTime() + backoffMs(failure.waits, failure.random))
  return { to: 'held', reason, until, detail: waited(failure) }
}

const failed = (error: WechatError, reason: Reason): Outcome & { to: 'failed' } => ({
  to: 'failed',
  reason,
  detail: detailOf(error),
})

const TEMPLATE_GONE: readonly number[] = [40036, 40037, 200013, 200014]

function refused(failure: Failure): Answered {
  const { error, channel } = failure
  const gone = channel !== 'customer-service' && TEMPLATE_GONE.includes(error.errcode ?? 0)
  if (gone)
    return {
      to: 'held',
      reason: 'template_gone',
      until: failure.now,
      detail: waited(failure),
      signal: { health: 'well', templateGone: true },
    }
  const reason = error.kind === 'internal' ? 'internal_error' : 'content_refused'
  return { ...failed(error, reason), signal: { health: 'well', contentRefused: true } }
}

function personReason(errcode: number): Reason {
  switch (errcode) {
    case 43004:
    case 50005:
      return 'not_following'
    case 45015:
      return 'window_closed'
    case 45047:
      return 'window_used_up'
    case 43101:
      return 'no_grant'
    case 43019:
    case 48002:
      return 'blocked_by_person'
    default:
      return 'refused_by_platform'
  }
}

const detailOf = (error: WechatError): Detail => ({
  ...(error.errcode !== undefined && { errcode: error.errcode, advice: adviceOf(error.errcode) }),
  ...(error.rid !== null && { rid: error.rid }),
  // the field WeChat names, not its value
  ...fieldOf(error.errmsg),
})

function fieldOf(errmsg: string): Detail {
  const field = /data\.([A-Za-z_]+\d*)\.value/.exec(errmsg)?.[1]
  return field === undefined ? {} : { field }
}
