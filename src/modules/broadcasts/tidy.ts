import { deleteDraft } from '../../channels/official-account/drafts.ts'
import { isWechatError } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { accountClient } from '../accounts/index.ts'
import { changeBatch, claimUnusedDraft, lockBatch } from './store/batches.ts'

const AGAIN_AFTER_MS = 3_600_000

/**
 * Takes a draft copy out of the account's draft box that will never be sent: its batch was cancelled, emptied or
 * refused. One that WeChat won't delete now is tried again an hour later.
 */
export async function tidyDrafts(ctx: Ctx): Promise<number> {
  const batch = await claimUnusedDraft(ctx.db, ctx.clock.now())
  if (batch?.draft_media_id == null) return 0
  const gone = await remove(ctx, batch.account_id, batch.draft_media_id)
  await inTransaction(ctx.db, async (trx) => {
    if ((await lockBatch(trx, batch)) === undefined) return
    await changeBatch(
      trx,
      batch.id,
      gone ? { draft_media_id: null } : { due_at: new Date(ctx.clock.now().getTime() + AGAIN_AFTER_MS) },
    )
  })
  return 1
}

async function remove(ctx: Ctx, accountId: string, mediaId: string): Promise<boolean> {
  try {
    await deleteDraft(await accountClient(ctx, accountId), mediaId)
    return true
  } catch (error) {
    if (!isWechatError(error)) throw error
    // content: the platform knows no such draft, so it is gone
    return error.kind === 'content'
  }
}
