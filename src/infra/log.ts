import { type Logger, pino } from 'pino'

export type Log = Logger

/**
 * Logs carry ids of ours and counts; never an openid, phone number, token or message body. The redaction is a
 * second fence, for the day someone logs a whole request.
 */
export function createLog(level: string): Log {
  return pino({
    level,
    base: null,
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
  })
}
