import { addDraft } from '../../channels/official-account/drafts.ts'
import { isWechatError, type WechatError } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { AppError, assert } from '../../kernel/errors.ts'
import { adviceOf } from '../../wechat/error-codes.ts'
import { LARGEST_BATCH } from '../../wechat/rules/broadcast-batches.ts'
import { clientMsgId } from '../../wechat/rules/client-msg-id.ts'
import { accountClient, getAccount, pauseForPlatformError } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import { releaseSegments } from '../segments/index.ts'
import { platformRefusal } from './answer.ts'
import { resolveAudience, snapshotsOf } from './audience.ts'
import { decidedFor, planBroadcast } from './preflight.ts'
import { drifted } from './rules.ts'
import { type BatchRow, insertBatches, listUncopied, setDraftCopy } from './store/batches.ts'
import * as store from './store/broadcasts.ts'
import { installationMark } from './store/installation.ts'
import { freezeRecipients } from './store/recipients.ts'
import { tieLinks } from './tracked-links.ts'

type Claim = { id: string; fence: string }
const RETRY_MS = 3_000
const COPIES_A_CHUNK = 20

/** 圈群中 and 准备中: freezes the audience of one broadcast, then makes each batch its own copy of the draft. */
export async function prepareNext(ctx: Ctx, signal: AbortSignal): Promise<number> {
  const claim = await store.claimPreparing(ctx.db)
  if (claim === undefined) return 0
  const broadcast = await store.findClaimed(ctx.db, claim.id)
  assert(broadcast, 'a claimed broadcast exists')
  if (broadcast.step === 'selecting') await freeze(ctx, claim)
  else await copyDrafts(ctx, claim, broadcast, signal)
  await ctx.wake.notify('broadcasts')
  return 1
}

/** In one snapshot: counts, compares with what the operator was shown, and writes every fan's row and every batch. */
async function freeze(ctx: Ctx, claim: Claim): Promise<void> {
  const mark = await installationMark(ctx.db)
  await inTransaction(
    ctx.db,
    async (trx) => {
      const broadcast = await store.lockFenced(trx, claim)
      if (broadcast === undefined || broadcast.state !== 'preparing') return
      const account = await getAccount(ctx, broadcast.accountId)
      const now = ctx.clock.now()
      const found = await resolveAudience(ctx, trx, { account, broadcast, now }).catch(refusalOf)
      if (found instanceof AppError) return pauseFor(ctx, trx, { broadcast, now, refusal: found })
      const { relation: audience, basis } = found
      const plan = await planBroadcast(trx, account, { audience, path: broadcast.path }, now)
      const expected = broadcast.preflight?.reached ?? plan.reached
      if (drifted(expected, plan.reached)) {
        const detail = { expected, now: plan.reached }
        await store.changeBroadcast(trx, claim.id, now, {
          state: 'paused',
          pause_reason: 'drift',
          pause_detail: detail,
          lease_until: null,
        })
        await audit(ctx, trx, {
          action: 'broadcast.paused',
          accountId: account.id,
          subject: subjectOf(claim.id),
          detail: { reason: 'drift', ...detail },
        })
        return
      }
      const skipped = Object.fromEntries(plan.notReached.map(({ reason, count }) => [reason, count]))
      await releaseSegments(trx, { kind: 'broadcast', id: claim.id }, snapshotsOf(basis))
      if (plan.refusal !== null) {
        await store.changeBroadcast(trx, claim.id, now, {
          state: 'failed',
          step: null,
          failure_reason: plan.refusal,
          audience_basis: basis,
          skipped,
          planned: plan.reached,
          ended_at: now,
          lease_until: null,
        })
        return
      }
      await freezeRecipients(trx, {
        broadcastId: claim.id,
        decided: decidedFor(account, audience, now),
        reached: plan.reached,
        largest: broadcast.path === 'list' ? LARGEST_BATCH : null,
      })
      await insertBatches(trx, {
        broadcastId: claim.id,
        accountId: account.id,
        dueAt: now,
        sizes: plan.sizes,
        clientMsgIds: plan.sizes.map((_, batch) =>
          clientMsgId({ installation: mark, broadcastId: claim.id, batch, attempt: 1 }),
        ),
      })
      const needsCopies = broadcast.frozenContent?.kind === 'articles'
      await store.changeBroadcast(trx, claim.id, now, {
        ...(needsCopies
          ? { step: 'copying' as const }
          : { state: 'running' as const, step: null, started_at: now }),
        planned: plan.reached,
        skipped,
        audience_basis: basis,
        frozen_at: now,
        lease_until: null,
      })
    },
    { isolation: 'repeatable read' },
  )
}

const refusalOf = (error: unknown): AppError => {
  if (error instanceof AppError) return error
  throw error
}

/** A segment of it can't answer: an operator decides. */
async function pauseFor(
  ctx: Ctx,
  trx: Executor,
  { broadcast, now, refusal }: { broadcast: store.BroadcastRow; now: Date; refusal: AppError },
): Promise<void> {
  const { reason, detail } = refusal
  await store.changeBroadcast(trx, broadcast.id, now, {
    state: 'paused',
    pause_reason: reason,
    pause_detail: detail,
    lease_until: null,
  })
  await audit(ctx, trx, {
    action: 'broadcast.paused',
    accountId: broadcast.accountId,
    subject: subjectOf(broadcast.id),
    detail: { reason },
  })
}

export const subjectOf = (broadcastId: string) => ({ kind: 'broadcast', id: broadcastId })

/**
 * A draft dies with the send that used it, so every batch gets its own and the operator's original is never sent.
 * A kill between the platform's answer and our commit leaves one unused draft behind, and nothing else.
 */
async function copyDrafts(
  ctx: Ctx,
  claim: Claim,
  broadcast: store.BroadcastRow,
  signal: AbortSignal,
): Promise<void> {
  assert(broadcast.frozenContent?.kind === 'articles', 'only articles are copied')
  const { articles } = broadcast.frozenContent
  const pending = await listUncopied(ctx.db, claim.id, COPIES_A_CHUNK)
  if (pending.length > 0) {
    const client = await accountClient(ctx, broadcast.accountId)
    const tied = await tieLinks(ctx, broadcast, articles)
    for (const batch of pending) {
      if (signal.aborted) break
      const going = await copyOne(ctx, claim, batch, () => addDraft(client, tied))
      if (!going) return
    }
    return void (await store.releaseBroadcast(ctx.db, claim, 0))
  }
  await inTransaction(ctx.db, async (trx) => {
    const current = await store.lockFenced(trx, claim)
    if (current === undefined || current.state !== 'preparing') return
    const now = ctx.clock.now()
    await store.changeBroadcast(trx, claim.id, now, {
      state: 'running',
      step: null,
      started_at: now,
      lease_until: null,
    })
  })
}

/** Returns false when the broadcast moved on or has to stop. */
async function copyOne(
  ctx: Ctx,
  claim: Claim,
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
    const current = await store.lockFenced(trx, claim)
    if (current === undefined || current.state !== 'preparing') return false
    await setDraftCopy(trx, batch.id, mediaId)
    return true
  })
}

/** What the kind of an error means for preparing; anything that passes by itself is tried again. */
async function stopCopying(ctx: Ctx, claim: Claim, error: WechatError): Promise<void> {
  const detail = {
    errcode: error.errcode ?? null,
    rid: error.rid,
    advice: error.errcode === undefined ? null : adviceOf(error.errcode),
  }
  ctx.log.warn({ broadcastId: claim.id, errcode: error.errcode, kind: error.kind }, 'draft copy refused')
  if (error.kind === 'busy' || error.kind === 'rate-minute' || error.kind === 'token') {
    await store.releaseBroadcast(ctx.db, claim, RETRY_MS)
    return
  }
  await inTransaction(ctx.db, async (trx) => {
    const current = await store.lockFenced(trx, claim)
    if (current === undefined || current.state !== 'preparing') return
    const now = ctx.clock.now()
    if (error.kind === 'account')
      await pauseForPlatformError(ctx, trx, current.accountId, platformRefusal(error))
    const pause =
      error.kind === 'account'
        ? 'account_paused'
        : error.kind === 'quota-day'
          ? 'drafts_day_used'
          : 'draft_copy_failed'
    await store.changeBroadcast(trx, claim.id, now, {
      state: 'paused',
      pause_reason: pause,
      pause_detail: detail,
      lease_until: null,
    })
    await audit(ctx, trx, {
      action: 'broadcast.paused',
      accountId: current.accountId,
      subject: subjectOf(claim.id),
      detail: { reason: pause, errcode: error.errcode },
    })
  })
}
