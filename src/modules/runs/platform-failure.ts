import { setTimeout as delay } from 'node:timers/promises'
import { isWechatError, type WechatError } from '../../channels/wechat-api/wechat-error.ts'
import { AppError, type ErrorCode } from '../../kernel/errors.ts'
import { adviceOf, type ErrorKind } from '../../wechat/error-codes.ts'

const CODES: Partial<Record<ErrorKind, ErrorCode>> = {
  busy: 'unavailable',
  token: 'unavailable',
  'rate-minute': 'too_many',
  'quota-day': 'too_many',
  'quota-period': 'too_many',
  content: 'invalid',
  person: 'invalid',
}

/**
 * What an operator is told about a call that WeChat refused or did not answer: reason `platform_<kind>`
 * (`platform_unreachable` when no answer came), with errcode, rid and advice in both languages.
 */
export function explainWechatError(error: WechatError): AppError {
  const { errcode, kind, rid } = error
  const reason =
    errcode === undefined && kind === 'busy' ? 'platform_unreachable' : `platform_${kind.replace('-', '_')}`
  const advice = errcode === undefined ? UNREACHABLE : adviceOf(errcode)
  return new AppError(
    CODES[kind] ?? 'conflict',
    reason,
    `WeChat: ${error.message}`,
    { errcode: errcode ?? null, rid, advice },
    { cause: error },
  )
}

const UNREACHABLE = {
  zh: '没有收到微信的应答，请检查服务器网络后重试。',
  en: 'WeChat did not answer. Check this server’s network and try again.',
}

/** Lets an error of the platform out as one that an operator can read; every other goes on as it is. */
export async function explained<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw isWechatError(error) ? explainWechatError(error) : error
  }
}

const PATIENCE_MS = 15 * 60_000
const LONGEST_PAUSE_MS = 30_000

/**
 * Repeats a call that only reads while WeChat is busy, slow or out of reach, for at most 15 minutes of real time
 * with pauses of 0.5 to 30 s. Everything else is thrown at once.
 */
export async function patiently<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  const end = Date.now() + PATIENCE_MS
  for (let pause = 500; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await call()
    } catch (error) {
      const passing = isWechatError(error) && (error.kind === 'busy' || error.kind === 'rate-minute')
      if (!passing || Date.now() + pause > end) throw error
    }
    await delay(pause, undefined, { signal })
  }
}
