import { Logger } from 'graphile-worker'
import type { Log } from './log.ts'

/**
 * The job library's chatter at debug level: it repeats the messages of failed jobs, which we log ourselves, and must
 * not go to the console past our log. Its metadata holds payloads and is left out.
 */
export const createJobLogger = (log: Log): Logger =>
  new Logger(({ taskIdentifier, jobId }) => (_level, message) => {
    log.debug({ task: taskIdentifier, jobId }, message)
  })
