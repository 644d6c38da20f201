/** What went wrong, in a handful of codes. The HTTP shell maps each to one status. */
export type ErrorCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_many'
  | 'unavailable'

/**
 * An expected refusal. `reason` is stable and is what the console translates (`errors.<reason>`);
 * `message` is for logs and API readers; `detail` carries the numbers a sentence needs.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly reason: string
  readonly detail: Record<string, unknown>

  constructor(
    code: ErrorCode,
    reason: string,
    message: string,
    detail: Record<string, unknown> = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'AppError'
    this.code = code
    this.reason = reason
    this.detail = detail
  }
}

type Detail = Record<string, unknown>

export const invalid = (reason: string, message: string, detail?: Detail) =>
  new AppError('invalid', reason, message, detail)
export const notFound = (what: string, detail?: Detail) =>
  new AppError('not_found', 'not_found', `${what} not found`, { what, ...detail })
export const conflict = (reason: string, message: string, detail?: Detail) =>
  new AppError('conflict', reason, message, detail)
export const forbidden = (reason: string, message: string, detail?: Detail) =>
  new AppError('forbidden', reason, message, detail)
export const unavailable = (reason: string, message: string, detail?: Detail, options?: ErrorOptions) =>
  new AppError('unavailable', reason, message, detail, options)

/** Says that something the code relies on does not hold; never shown to an operator. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`impossible state: ${message}`)
}
