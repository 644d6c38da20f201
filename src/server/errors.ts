import type { FastifyReply, FastifyRequest } from 'fastify'
import { ZodError } from 'zod'
import type { Ctx } from '../context.ts'
import { AppError, type ErrorCode, notFound } from '../kernel/errors.ts'

const STATUS: Record<ErrorCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_many: 429,
  unavailable: 503,
}

/**
 * PostgreSQL about a value that came in: a number past 64 bits, a text that is none, an instant that doesn't exist,
 * a NUL in a text. No such thing can have been stored, so the request is what is wrong.
 */
const VALUE_DOES_NOT_FIT = new Set(['22003', '22P02', '22007', '22008', '22021', '22P05'])

/** The one place where errors become answers. What nobody expected is logged with its cause and not shown. */
export function sendError(ctx: Ctx, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = toAppError(error)
  const { code } = error as { code?: string }
  if (known?.reason === 'value_does_not_fit')
    ctx.log.warn({ code, route: request.routeOptions.url }, 'a value that no schema refused')
  if (known !== undefined) {
    void reply.status(STATUS[known.code]).send({
      error: { code: known.code, reason: known.reason, message: known.message, detail: known.detail },
    })
    return
  }
  ctx.log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'request failed')
  void reply.status(500).send({
    error: {
      code: 'internal',
      reason: 'internal',
      message: 'something went wrong here; it has been logged',
      detail: {},
    },
  })
}

function toAppError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error
  if (error instanceof ZodError) {
    const issues = error.issues
      .slice(0, 20)
      .map((issue) => ({ path: issue.path.join('.'), message: issue.message, code: issue.code }))
    return new AppError('invalid', 'invalid_input', 'the request does not fit its description', { issues })
  }
  if (VALUE_DOES_NOT_FIT.has((error as { code?: string }).code ?? ''))
    return new AppError('invalid', 'value_does_not_fit', 'a value does not fit where it belongs')
  // longer than any id of ours: nothing can be there
  if ((error as { code?: string }).code === 'FST_ERR_MAX_PARAM_LENGTH') return notFound('page')
  const status = (error as { statusCode?: number }).statusCode
  if (status === 413) return new AppError('invalid', 'body_too_large', 'the request body is too large')
  if (status !== undefined && status >= 400 && status < 500) {
    return new AppError('invalid', 'bad_request', (error as Error).message)
  }
  return undefined
}
