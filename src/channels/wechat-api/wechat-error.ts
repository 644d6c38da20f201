import type { CallPurpose } from '../../wechat/error-codes.ts'
import { type ErrorKind, errorKindOf, isDefiniteRefusal, ridOf } from '../../wechat/error-codes.ts'

/**
 * A call to the platform that did not end well. Workers branch on `kind`; `ambiguous` says whether the platform may
 * have done the work all the same, so that what was reserved must stay reserved.
 */
export class WechatError extends Error {
  /** The platform's code; undefined where no answer came or it could not be read. */
  readonly errcode: number | undefined
  readonly errmsg: string
  /** The platform's id of the request, kept there for 7 days. */
  readonly rid: string | null
  readonly kind: ErrorKind
  readonly ambiguous: boolean
  /** Path of the call, without query. */
  readonly path: string
  /** Whole answer of a refusal: some codes carry data, such as the `msg_id` of 45065. */
  readonly reply: unknown

  constructor(fields: {
    path: string
    errcode?: number
    errmsg: string
    kind: ErrorKind
    ambiguous: boolean
    reply?: unknown
    cause?: unknown
  }) {
    super(`${fields.path}: ${fields.errcode ?? 'no answer'} ${fields.errmsg}`, { cause: fields.cause })
    this.name = 'WechatError'
    this.path = fields.path
    this.errcode = fields.errcode
    this.errmsg = fields.errmsg
    this.rid = ridOf(fields.errmsg)
    this.kind = fields.kind
    this.ambiguous = fields.ambiguous
    this.reply = fields.reply
  }
}

export const isWechatError = (error: unknown): error is WechatError => error instanceof WechatError

/** The platform answered with a code. Busy and unknown codes leave open whether the work was done. */
export function refusedCall(
  path: string,
  reply: { errcode: number; errmsg: string },
  purpose: CallPurpose = 'call',
): WechatError {
  const kind = errorKindOf(reply.errcode, purpose)
  return new WechatError({
    path,
    errcode: reply.errcode,
    errmsg: reply.errmsg,
    kind,
    ambiguous: !isDefiniteRefusal(kind) && kind !== 'duplicate',
    reply,
  })
}

/** An answer came, but not the one the call has: whoever wrote it may have done the work. */
export const strangeAnswer = (path: string, errmsg: string, cause?: unknown): WechatError =>
  new WechatError({ path, errmsg, kind: 'unknown', ambiguous: true, cause })

/** No answer came. `ambiguous` is false only when the request can't have left. */
export const lostCall = (path: string, errmsg: string, ambiguous: boolean, cause?: unknown): WechatError =>
  new WechatError({ path, errmsg, kind: 'busy', ambiguous, cause })
