import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/**
 * Logs carry ids of ours and counts; never an openid, phone number, token or message body. The redaction is a
 * second fence, for the day someone logs a whole request. Goes to standard output where no destination is given.
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    serializers: { err: describeError, error: describeError },
    redact: {
      paths: [
        '*.openid',
        '*.touser',
        '*.access_token',
        '*.secret',
        '*.password',
        '*.authorization',
        '*.cookie',
        'openid',
      ],
      censor: '…',
    },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

const MAX_CAUSES = 3

/** Only what says where and why: drivers hang rows, parameters and whole answers of a platform on their errors. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error
  const { code, constraint, cause } = error as { code?: unknown; constraint?: unknown; cause?: unknown }
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return {
    type: error.name,
    message: quotesValue(code) ? 'a value does not fit its type' : error.message,
    ...(typeof code === 'string' && { code }),
    ...(typeof constraint === 'string' && { constraint }),
    stack: frames.join('\n'),
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: describeError(cause, depth + 1) }),
  }
}

/** PostgreSQL's data exceptions (class 22) repeat the value in their message. */
const quotesValue = (code: unknown) => typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code)
