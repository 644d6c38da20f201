/**
 * What a worker does about an answer; it branches on nothing else.
 *
 * - `ok`: done. `duplicate`: done by an earlier call with the same key, which counts as done.
 * - `busy`: back off and repeat. `token`: refresh the token and repeat once.
 * - `rate-minute`, `quota-day`, `quota-period`: wait for the next minute, Beijing day, or the period (month) of the quota.
 * - `account`: nothing will work until an administrator acts; pause the account and show the advice.
 * - `confirmation`: an administrator is asked to confirm in WeChat; wait.
 * - `person`: fail this person only. `content`: fail this send or form; somebody has to correct it.
 * - `internal`: our request was wrong. `unknown`: not in the table; never repeated by itself.
 */
export type ErrorKind =
  | 'ok'
  | 'busy'
  | 'token'
  | 'rate-minute'
  | 'quota-day'
  | 'quota-period'
  | 'account'
  | 'person'
  | 'content'
  | 'duplicate'
  | 'confirmation'
  | 'internal'
  | 'unknown'

/** When the same call may be made again. */
export type RetryRule =
  | 'no'
  | 'backoff'
  | 'after-refresh'
  | 'next-minute'
  | 'next-day'
  | 'next-month'
  | 'after-user'
  | 'after-admin'
  | 'after-fix'

/** A sentence for the operator in both languages. */
export type Advice = { readonly zh: string; readonly en: string }

export type PlatformCode = {
  readonly code: number
  /** As the platform words it, without the trailing rid; absent where nobody has published it. */
  readonly errmsg?: string
  readonly kind: ErrorKind
  readonly retry: RetryRule
  readonly advice: Advice
}

export type Row = readonly [
  codes: number | readonly number[],
  errmsg: string | null,
  kind: ErrorKind,
  retry: RetryRule,
  zh: string,
  en: string,
]

export const toCodes = (rows: readonly Row[]): PlatformCode[] =>
  rows.flatMap(([codes, errmsg, kind, retry, zh, en]) =>
    [codes].flat().map((code) => ({ code, ...(errmsg && { errmsg }), kind, retry, advice: { zh, en } })),
  )

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)
