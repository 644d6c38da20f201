import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { createSend, reviseSend } from '../deliveries/index.ts'
import type { ResolvedContent } from '../messages/schema.ts'

/** Answers to what somebody just did: no frequency caps, no quiet hours. */
const LIMITS = { caps: 'none', quiet: 'none', notAfter: null } as const

/**
 * The version of the account's one send of answers that is this content: what was sent before is sent as it was, whatever rule
 * it belongs to. The caller holds the account's revision, so nobody else makes one at the same time.
 */
export async function versionOfContent(
  ctx: Ctx,
  trx: Executor,
  accountId: string,
  content: ResolvedContent,
): Promise<number> {
  const fields = { content, template: null, limits: LIMITS, tracked: false }
  const sendId = await findReplySend(trx, accountId)
  if (sendId === undefined) {
    const made = await createSend(ctx, trx, {
      accountId,
      ownerKind: 'auto-reply',
      ownerId: accountId,
      name: '自动回复',
      channel: 'customer-service',
      purpose: 'service',
      lane: 'immediate',
      ordered: true,
      ...fields,
    })
    return made.version
  }
  const known = await sql<{ version: number }>`select version from send_versions
    where send_id = ${sendId}::bigint and content = ${JSON.stringify(content)}::jsonb order by version limit 1`.execute(
    trx,
  )
  return known.rows[0]?.version ?? reviseSend(ctx, trx, sendId, fields)
}

export async function findReplySend(db: Executor, accountId: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`select id from sends
    where owner_kind = 'auto-reply' and owner_id = ${accountId}::bigint`.execute(db)
  return rows[0]?.id
}
