import { z } from 'zod'
import { type AccountEvent, accountEventSchemas } from './account-events.ts'
import { type FanEvent, fanEventSchemas } from './fan-events.ts'
import type { XmlTree, XmlValue } from './fields.ts'
import { type JobEvent, jobEventSchemas } from './job-events.ts'
import { type MessageBody, messageSchemas } from './messages.ts'

export type { AccountEvent } from './account-events.ts'
export type { FanEvent } from './fan-events.ts'
export type { XmlTree, XmlValue } from './fields.ts'
export type { JobEvent, MassFinished } from './job-events.ts'
export type { MessageBody } from './messages.ts'

type Common = {
  /** The account's gh_ id. */
  readonly to: string
  /** The fan's openid; for results of jobs the sender's or a fixed id. */
  readonly from: string
  readonly createdAtSeconds: number
  /** As it came, for what the normal form leaves out. */
  readonly raw: XmlTree
}
/** A message of a type, or an event of a name, that this version does not know: kept raw, never refused. */
export type UnknownMessage = { readonly type: 'unknown'; readonly msgType: string; readonly msgId: string }
export type UnknownEvent = { readonly event: 'unknown'; readonly name: string; readonly key: string }

export type CallbackMessage = { readonly kind: 'message'; readonly message: MessageBody | UnknownMessage }
export type CallbackEvent = {
  readonly kind: 'event'
  readonly event: FanEvent | JobEvent | AccountEvent | UnknownEvent
}
export type Callback = Common & (CallbackMessage | CallbackEvent)

const schemas: Record<string, z.ZodType<FanEvent | JobEvent | AccountEvent>> = {
  ...fanEventSchemas,
  ...jobEventSchemas,
  ...accountEventSchemas,
}
const messages: Record<string, z.ZodType<MessageBody>> = messageSchemas

const head = z.object({
  ToUserName: z.string().min(1),
  FromUserName: z.string().min(1),
  CreateTime: z.coerce.number().int().positive(),
  MsgType: z.string().min(1),
})

/**
 * A callback in its normal form: event names in lower case, either spelling of an id, containers always arrays,
 * unknown kinds kept. Undefined when the head is missing, which no true callback lacks.
 */
export function normaliseCallback(raw: XmlTree): Callback | undefined {
  const parsed = head.safeParse(raw)
  if (!parsed.success) return undefined
  const { ToUserName: to, FromUserName: from, CreateTime: createdAtSeconds, MsgType } = parsed.data
  const common = { to, from, createdAtSeconds, raw }
  return MsgType.toLowerCase() === 'event'
    ? { ...common, kind: 'event', event: eventOf(raw) }
    : { ...common, kind: 'message', message: messageOf(MsgType, raw) }
}

function eventOf(raw: XmlTree): CallbackEvent['event'] {
  const name = textOf(raw['Event']).toLowerCase()
  const known = Object.hasOwn(schemas, name) ? schemas[name]?.safeParse(raw) : undefined
  return known?.success ? known.data : { event: 'unknown', name, key: textOf(raw['EventKey']) }
}

function messageOf(msgType: string, raw: XmlTree): CallbackMessage['message'] {
  const name = msgType.toLowerCase()
  const known = Object.hasOwn(messages, name) ? messages[name]?.safeParse(raw) : undefined
  return known?.success ? known.data : { type: 'unknown', msgType: name, msgId: idOf(raw) }
}

/**
 * The same for every repeat of one callback, different for any two others: messages have an id; events go by fan and
 * second, to which name, key, job and what a subscription event lists are added because two events of one second are
 * possible.
 */
export function callbackKeyOf(callback: Callback): string {
  const { raw, from, createdAtSeconds } = callback
  if (callback.kind === 'message' && callback.message.msgId) return `m:${callback.message.msgId}`
  const event = textOf(raw['Event']).toLowerCase() || textOf(raw['MsgType'])
  const parts = ['e', from, createdAtSeconds, event, idOf(raw), textOf(raw['EventKey'])]
  return [...parts, ...(callback.kind === 'event' ? listedBy(callback.event) : [])].join(':')
}

/** Which notifications a subscription event is about: results of two of them come with one second. */
function listedBy(event: CallbackEvent['event']): string[] {
  switch (event.event) {
    case 'subscribe_msg_sent_event':
      return event.items.map(({ templateId, msgId }) => `${templateId}/${msgId}`)
    case 'subscribe_msg_popup_event':
    case 'subscribe_msg_change_event':
      return event.items.map(({ templateId, accepted }) => `${templateId}/${accepted}`)
    default:
      return []
  }
}

/** What a fan does that opens a service window, or nothing. */
export type Interaction = 'message' | 'menu' | 'follow' | 'scan'

/** 互动 by the rule of 2023-06-12: of the menu only click, scancode_push and scancode_waitmsg count. */
export function interactionOf(callback: Callback): Interaction | undefined {
  if (callback.kind === 'message')
    return callback.message.type === 'text' && callback.message.menuMessageItem ? 'menu' : 'message'
  switch (callback.event.event) {
    case 'subscribe':
      return 'follow'
    case 'scan':
      return 'scan'
    case 'click':
    case 'scancode_push':
    case 'scancode_waitmsg':
      return 'menu'
    default:
      return undefined
  }
}

const textOf = (value: XmlValue): string => (typeof value === 'string' ? value : '')
const idOf = (raw: XmlTree): string => textOf(raw['MsgID']) || textOf(raw['MsgId'])
