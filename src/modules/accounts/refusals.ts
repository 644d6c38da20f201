import { isWechatError } from '../../channels/port.ts'
import type { WechatError } from '../../channels/wechat-api/wechat-error.ts'
import { AppError } from '../../kernel/errors.ts'
import { adviceOf, callerIpOf } from '../../wechat/error-codes.ts'
import { explainWechatError } from '../runs/index.ts'
import { type PauseDetail, type PauseReason, pauseReasonOf } from './rules.ts'

/** Whether a refusal to issue a token can only be ended by somebody, so that asking again would be a loop. */
export const needsSomebody = (error: unknown): error is WechatError & { errcode: number } =>
  isWechatError(error) && error.kind === 'account' && error.errcode !== undefined

/** What a pause keeps of the platform's answer. Of its text only the caller's IP and the request id. */
export function explainPause(
  error: { errcode: number; errmsg: string; rid: string | null },
  purpose: 'call' | 'issuing',
): { reason: PauseReason; detail: PauseDetail } {
  const ip = callerIpOf(error.errmsg)
  return {
    reason: pauseReasonOf(error.errcode, purpose),
    detail: {
      advice: adviceOf(error.errcode, purpose),
      code: error.errcode,
      ...(ip !== null && { ip }),
      ...(error.rid !== null && { rid: error.rid }),
    },
  }
}

/** A credential that was just tried and refused, as an operator reads it: reason, advice, code, IP to allow. */
export function explainIssuing(error: unknown): unknown {
  if (needsSomebody(error)) {
    const { reason, detail } = explainPause(error, 'issuing')
    return new AppError('invalid', reason, `WeChat refused the credential: ${error.errcode}`, detail, {
      cause: error,
    })
  }
  return isWechatError(error) ? explainWechatError(error) : error
}
