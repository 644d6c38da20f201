import type { Executor } from '../../../infra/transaction.ts'

/** Eight characters that tell this database's jobs from another's on the same account. */
export async function installationMark(db: Executor): Promise<string> {
  const { id } = await db.selectFrom('installation').select('id').executeTakeFirstOrThrow()
  return id.replaceAll('-', '').slice(0, 8)
}

/** Set by a restore: nothing may go out until an operator confirmed. */
export async function isSendingPaused(db: Executor): Promise<boolean> {
  const row = await db.selectFrom('installation').select('sending_paused').executeTakeFirstOrThrow()
  return row.sending_paused
}
