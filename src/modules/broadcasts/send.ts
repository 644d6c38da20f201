import { setTimeout as delay } from 'node:timers/promises'
import { type MassSubmission, type MassTarget, submitMass } from '../../channels/official-account/mass.ts'
import { isWechatError } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { assert } from '../../kernel/errors.ts'
import { CLIENT_MSG_ID_MEMORY_HOURS } from '../../wechat/rules/client-msg-id.ts'
import { type Account, accountClient, getAccount } from '../accounts/index.ts'
import { mayBeTaken, recordAnswer, recordRefusal, recordUnknown } from './answer.ts'
import { messageFor } from './content.ts'
import { commitIntent } from './intent.ts'
import { ratePerMinute } from './preflight.ts'
import { type BatchRow, claimDueBatch, releaseBatch, renewBatchLease } from './store/batches.ts'
import { findClaimed, partOf } from './store/broadcasts.ts'
import type { ArmRow, GroupRow } from './store/groups.ts'
import { openidsOfBatch } from './store/recipients.ts'

const RENEW_EVERY_MS = 15_000
const MEMORY_MS = CLIENT_MSG_ID_MEMORY_HOURS * 3_600_000

/**
 * Hands over the next batch that is due: waits for its turn at the account's rate, commits the intent with everything
 * it reserves, calls, commits the answer. A kill at any line leaves a row that the next claim can read: with an intent
 * it is repeated under the same key while the platform remembers keys, afterwards it is unknown.
 */
export async function sendNextBatch(ctx: Ctx, signal: AbortSignal): Promise<number> {
  const batch = await claimDueBatch(ctx.db, ctx.clock.now())
  if (batch === undefined) return 0
  const broadcast = await findClaimed(ctx.db, batch.broadcast_id)
  assert(broadcast, 'a batch has its broadcast')
  const account = await getAccount(ctx, batch.account_id)
  const repeated = batch.state === 'sending'
  const part = partOf(broadcast, batch.arm)
  if (await waitForTurn(ctx, { account, ...part, batch, signal })) {
    const intended = repeated ? batch : await commitIntent(ctx, { account, broadcast, batch })
    if (intended !== undefined)
      await submit(ctx, { account, ...part, batch: intended, mayBeTaken: repeated && mayBeTaken(batch) })
  }
  await ctx.wake.notify('broadcasts-settle')
  return 1
}

type Turn = { account: Account; group: GroupRow; arm: ArmRow; batch: BatchRow; signal: AbortSignal }

/**
 * Books the batch's share of the rate and waits for it; false when it isn't sent now. A repeat takes its turn like a
 * first call: after an outage everything that went unanswered is due together.
 */
async function waitForTurn(ctx: Ctx, { account, group, batch, signal }: Turn): Promise<boolean> {
  const perMinute = ratePerMinute(account, group.path)
  const key = `mass:${account.id}:${group.path === 'list' ? 'list' : 'filter'}`
  const block = await ctx.rates.lease(key, batch.size, perMinute)
  const turnAt = Date.now() + block.waitMs
  while (Date.now() < turnAt) {
    if (signal.aborted || !(await renewBatchLease(ctx.db, batch))) {
      await ctx.rates.release(block)
      await releaseBatch(ctx.db, batch)
      return false
    }
    await delay(Math.max(0, Math.min(RENEW_EVERY_MS, turnAt - Date.now())), undefined, { signal }).catch(
      () => undefined,
    )
  }
  return true
}

type Submission = Omit<Turn, 'signal'> & { mayBeTaken: boolean }

async function submit(ctx: Ctx, { account, group, arm, batch, mayBeTaken }: Submission): Promise<void> {
  assert(batch.intent_at !== null && arm.frozenContent !== null, 'an intent has content and an instant')
  // the platform forgets keys after 24 h: from then on a repeat would be a second send
  if (ctx.clock.now().getTime() - batch.intent_at.getTime() > MEMORY_MS)
    return recordUnknown(ctx, batch, 'answer_never_came')
  let answer: MassSubmission
  try {
    const client = await accountClient(ctx, account.id)
    answer = await submitMass(client, {
      target: await targetOf(ctx, group, batch),
      content: await messageFor(client, arm.frozenContent, batch.draft_media_id),
      clientMsgId: batch.client_msg_id,
      allowReprint: group.ignoreReprint || batch.allow_reprint,
    })
  } catch (error) {
    if (!isWechatError(error)) throw error
    return recordRefusal(ctx, { batch, error, mayBeTaken })
  }
  await recordAnswer(ctx, batch, answer)
}

async function targetOf(ctx: Ctx, group: GroupRow, batch: BatchRow): Promise<MassTarget> {
  if (group.path === 'all') return { to: 'all' }
  if (group.path === 'list')
    return { to: 'list', openIds: await openidsOfBatch(ctx.db, batch.broadcast_id, batch.seq) }
  assert(group.audience.kind === 'tag', 'a send by tag has a tag')
  return { to: 'tag', tagId: group.audience.tagId }
}
