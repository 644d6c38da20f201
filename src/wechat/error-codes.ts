import { accessRows } from './error-codes/access.ts'
import { broadcastRows } from './error-codes/broadcast.ts'
import { contentRows } from './error-codes/content.ts'
import { featureRows } from './error-codes/features.ts'
import { peopleRows } from './error-codes/people.ts'
import { platformRows } from './error-codes/platform.ts'
import { type Advice, type ErrorKind, type PlatformCode, toCodes } from './error-codes/shape.ts'

export type { Advice, ErrorKind, PlatformCode, RetryRule } from './error-codes/shape.ts'

/**
 * The platform's codes and what to do about each (全局返回码, with the pages of the single calls; checked 2026-11).
 * `account` is kept for what stops a whole account: pausing it for one bad article would stop every other send.
 */
export const ERROR_CODES: readonly PlatformCode[] = toCodes([
  ...accessRows,
  ...platformRows,
  ...peopleRows,
  ...contentRows,
  ...featureRows,
  ...broadcastRows,
])

const byCode = new Map(ERROR_CODES.map((entry) => [entry.code, entry]))

/** 40001 is the one code with two meanings: from the calls that issue tokens it says that the secret is wrong. */
const wrongSecret: PlatformCode = {
  code: 40001,
  errmsg: 'invalid credential, access_token is invalid or not latest',
  kind: 'account',
  retry: 'after-admin',
  advice: {
    zh: 'AppSecret 不正确，请在公众平台核对后重新填写。',
    en: 'The AppSecret is wrong. Check it on the platform and enter it again.',
  },
}

const unknownAdvice: Advice = {
  zh: '微信返回了未收录的错误码，系统不会自动重试。请把错误码与 rid 提供给技术支持。',
  en: 'WeChat answered with a code that is not in our table; nothing is retried. Give the code and the rid to support.',
}

/** `call` for business calls, `issuing` for those that hand out tokens. */
export type CallPurpose = 'call' | 'issuing'

export const findErrorCode = (code: number, purpose: CallPurpose = 'call'): PlatformCode | undefined =>
  purpose === 'issuing' && code === 40001 ? wrongSecret : byCode.get(code)

export const errorKindOf = (code: number, purpose: CallPurpose = 'call'): ErrorKind =>
  findErrorCode(code, purpose)?.kind ?? 'unknown'

/** Always a sentence, also for codes nobody has seen. */
export const adviceOf = (code: number, purpose: CallPurpose = 'call'): Advice =>
  findErrorCode(code, purpose)?.advice ?? unknownAdvice

/** Kinds after which the call was certainly refused: what it reserved may be given back. */
export const isDefiniteRefusal = (kind: ErrorKind): boolean => !undecided.includes(kind)

/** Done, perhaps done, or still to be done once somebody confirms. */
const undecided: readonly ErrorKind[] = ['ok', 'duplicate', 'busy', 'confirmation', 'unknown']

/** The request id at the end of an errmsg, kept for 7 days by the platform. */
export const ridOf = (errmsg: string): string | null =>
  /\brid:\s*([0-9a-f]+(?:-[0-9a-f]+)+)/i.exec(errmsg)?.[1] ?? null

/** The address that 40164 asks to put on the IP whitelist. */
export const callerIpOf = (errmsg: string): string | null =>
  /invalid ip\s+([0-9a-f.:]+)/i.exec(errmsg)?.[1] ?? null
