import { makeWorkerUtils, type WorkerUtils } from 'graphile-worker'
import { sql } from 'kysely'
import type { Pool } from 'pg'
import { createJobLogger } from './job-log.ts'
import type { Log } from './log.ts'
import { type Executor, inTransaction } from './transaction.ts'

/** Background jobs that run now. What is due later is a row of the module that owns it, not a job. */
export type Queue = {
  /**
   * Enqueues in the caller's transaction, so that the job exists exactly when the work does. The payload is ids.
   * With a `key`, a waiting job of the same key is replaced.
   */
  add(db: Executor, task: string, payload: Record<string, string>, options?: { key?: string }): Promise<void>
  close(): Promise<void>
}

export async function createQueue(pool: Pool, log: Log): Promise<Queue> {
  const utils: WorkerUtils = await makeWorkerUtils({ pgPool: pool, logger: createJobLogger(log) })
  await utils.migrate()
  return {
    async add(db, task, payload, options = {}) {
      await inTransaction(db, (trx) =>
        sql`select graphile_worker.add_job(${task}::text, payload := ${JSON.stringify(payload)}::json,
              job_key := ${options.key ?? null}::text, max_attempts := 10)`.execute(trx),
      )
    },
    close: async () => {
      await utils.release()
    },
  }
}
