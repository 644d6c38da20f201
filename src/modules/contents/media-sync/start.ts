import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { type RunView, startRun } from '../../runs/index.ts'
import type { MediaSyncScope } from './schema.ts'

export const SYNC_MEDIA = 'contents.sync-media'

/** Starts a sync of permanent material, or gives back the one that is going on. */
export async function syncMedia(ctx: Ctx, accountId: string, scope: MediaSyncScope): Promise<RunView> {
  const account = await getAccount(ctx, accountId)
  if (account.state === 'archived') throw conflict('account_archived', 'the account is archived')
  return inTransaction(ctx.db, async (trx) => {
    const payload = { scope }
    const run = await startRun(ctx, { accountId, kind: SYNC_MEDIA, payload }, trx)
    if (run.started) {
      await audit(ctx, trx, {
        action: 'media.sync_started',
        accountId,
        subject: { kind: 'run', id: run.id },
        detail: payload,
      })
    }
    return run
  })
}
