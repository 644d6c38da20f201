import { addDraft } from '../../../channels/official-account/drafts.ts'
import { isWechatError, type WechatError } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { assert } from '../../../kernel/errors.ts'
import { adviceOf } from '../../../wechat/error-codes.ts'
import { accountClient, pauseForPlatformError } from '../../accounts/index.ts'
import { platformRefusal } from '../answer.ts'
import { pauseBroadcastFor } from '../prepare.ts'
import { type ArmClaim, changeArm, releaseArm } from '../store/arms.ts'
import { type BatchRow, listUncopied, setDraftCopy } from '../store/batches.ts'
import { tieLinks } from '../tracked-links.ts'
import { lockOpen, type OpenArm } from './lock.ts'

const RETRY_MS = 3_000
const COPIES_A_CHUNK = 20

/**
 * A draft dies with the send that used it, so every batch gets its own and the operator's original is never sent.
 * A kill between the platform's answer and our commit leaves one unused draft behind, and nothing else.
 */
export async function copyDrafts(
  ctx: Ctx,
  claim: ArmClaim,
  { broadcast, arm }: OpenArm,
  signal: AbortSignal,
): Promise<void> {
  assert(arm.frozenContent?.kind === 'articles', 'only articles are copied')
  const client = await accountClient(ctx, broadcast.accountId)
  const tied = await tieLinks(ctx, broadcast, arm.frozenContent.articles)
  for (const batch of await listUncopied(ctx.db, claim, COPIES_A_CHUNK)) {
    if (signal.aborted) break
    const going = await copyOne(ctx, claim, batch, () => addDraft(client, tied))
    if (!going) return
  }
  await inTransaction(ctx.db, async (trx) => {
    if (await lockOpen(trx, claim)) await changeArm(trx, claim.id, { due_at: ctx.clock.now() })
  })
}

/** Returns false when the arm moved on or has to stop. */
async function copyOne(
  ctx: Ctx,
  claim: ArmClaim,
  batch: BatchRow,
  add: () => Promise<string>,
): Promise<boolean> {
  let mediaId: string
  try {
    mediaId = await add()
  } catch (error) {
    if (!isWechatError(error)) throw error
    await stopCopying(ctx, claim, error)
    return false
  }
  return inTransaction(ctx.db, async (trx) => {
    if ((await lockOpen(trx, claim)) === undefined) return false
    await setDraftCopy(trx, batch.id, mediaId)
    return true
  })
}

/** What the kind of an error means for preparing; anything that passes by itself is tried again. */
async function stopCopying(ctx: Ctx, claim: ArmClaim, error: WechatError): Promise<void> {
  const detail = {
    errcode: error.errcode ?? null,
    rid: error.rid,
    advice: error.errcode === undefined ? null : adviceOf(error.errcode),
  }
  ctx.log.warn(
    { broadcastId: claim.broadcastId, errcode: error.errcode, kind: error.kind },
    'draft copy refused',
  )
  if (error.kind === 'busy' || error.kind === 'rate-minute' || error.kind === 'token') {
    await releaseArm(ctx.db, claim, RETRY_MS)
    return
  }
  await inTransaction(ctx.db, async (trx) => {
    const open = await lockOpen(trx, claim)
    if (open === undefined) return
    const { broadcast } = open
    if (error.kind === 'account')
      await pauseForPlatformError(ctx, trx, broadcast.accountId, platformRefusal(error))
    const reason =
      error.kind === 'account'
        ? 'account_paused'
        : error.kind === 'quota-day'
          ? 'drafts_day_used'
          : 'draft_copy_failed'
    await changeArm(trx, claim.id, {})
    await pauseBroadcastFor(ctx, trx, { broadcast, reason, detail })
  })
}
