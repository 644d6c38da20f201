import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { type RunView, startRun } from '../../runs/index.ts'
import { MEDIA_KINDS, type MediaKind, type MediaSyncScope } from './schema.ts'

export const SYNC_MEDIA = 'contents.sync-media'

type Wish = { scope?: MediaSyncScope; kinds?: readonly MediaKind[] }

/** Starts a sync of permanent material, or gives back the one that is going on. */
export async function syncMedia(ctx: Ctx, accountId: string, wish: Wish = {}): Promise<RunView> {
  const { scope = 'new', kinds = MEDIA_KINDS } = wish
  const account = await getAccount(ctx, accountId)
  if (account.state === 'archived') throw conflict('account_archived', 'the account is archived')
  return inTransaction(ctx.db, async (trx) => {
    const payload = { scope, kinds: [...new Set(kinds)] }
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
