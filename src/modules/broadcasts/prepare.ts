import type { Transaction } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type DB, type Executor, inTransaction } from '../../infra/transaction.ts'
import { AppError, assert } from '../../kernel/errors.ts'
import { getAccount } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import { releaseSegments } from '../segments/index.ts'
import { snapshotsOf } from './audience.ts'
import { settleBookings } from './budget/book.ts'
import { Drift, freezeGroups } from './groups/freeze.ts'
import * as store from './store/broadcasts.ts'
import type { ArmRow } from './store/groups.ts'
import { installationMark } from './store/installation.ts'

type Claim = { id: string; accountId: string; fence: string }

/** 圈群中: freezes the groups of one broadcast. 准备中: books its people's places of the month. */
export async function prepareNext(ctx: Ctx): Promise<number> {
  const claim = await store.claimPreparing(ctx.db)
  if (claim === undefined) return 0
  try {
    await freeze(ctx, claim)
    await book(ctx, claim)
  } catch (error) {
    // nothing of it was written: an operator decides
    if (error instanceof Drift) await pauseFor(ctx, claim, { reason: 'drift', detail: error.detail })
    else if (error instanceof AppError) await pauseFor(ctx, claim, error)
    else throw error
  }
  await ctx.wake.notify('broadcasts')
  return 1
}

/** In one snapshot: writes every fan's row and every batch, and compares them with what the operator was shown. */
async function freeze(ctx: Ctx, claim: Claim): Promise<void> {
  const installation = await installationMark(ctx.db)
  await inTransaction(
    ctx.db,
    async (trx) => {
      const broadcast = await store.lockFenced(trx, claim)
      if (broadcast?.state !== 'preparing' || broadcast.step !== 'selecting') return
      const account = await getAccount(ctx, broadcast.accountId)
      const now = ctx.clock.now()
      const { bases, states, books } = await freezeGroups(ctx, trx, { account, broadcast, installation, now })
      await releaseSegments(trx, { kind: 'broadcast', id: claim.id }, snapshotsOf(bases))
      if (books) await store.changeBroadcast(trx, claim.id, now, { step: 'booking' })
      else await letGo(trx, claim, states, now)
    },
    { isolation: 'repeatable read' },
  )
}

/** Goes on where an earlier worker stopped; one that was stopped meanwhile stays so. */
async function book(ctx: Ctx, claim: Claim): Promise<void> {
  const lock = async (trx: Transaction<DB>) => {
    const broadcast = await store.lockFenced(trx, claim)
    return broadcast?.state === 'preparing' && broadcast.step === 'booking' ? broadcast : undefined
  }
  let settled: number
  do settled = await settleBookings(ctx, claim.accountId, lock)
  while (settled > 0)
  await inTransaction(ctx.db, async (trx) => {
    const broadcast = await lock(trx)
    const states = broadcast && store.armsOf(broadcast).map(({ state }) => state)
    if (states !== undefined) await letGo(trx, claim, states, ctx.clock.now())
  })
}

async function letGo(
  trx: Executor,
  { id }: Claim,
  states: readonly ArmRow['state'][],
  now: Date,
): Promise<void> {
  const failed = states.every((state) => state === 'failed')
  const begun = states.some((state) => state === 'opening' || state === 'running')
  await store.changeBroadcast(trx, id, now, {
    state: failed ? 'failed' : begun ? 'running' : 'scheduled',
    step: null,
    lease_until: null,
    ...(failed && { ended_at: now }),
    ...(states.includes('running') && { started_at: now }),
  })
}

async function pauseFor(
  ctx: Ctx,
  claim: Claim,
  { reason, detail }: { reason: string; detail: Record<string, unknown> },
): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    const broadcast = await store.lockFenced(trx, claim)
    if (broadcast === undefined || broadcast.state !== 'preparing') return
    await pauseBroadcastFor(ctx, trx, { broadcast, reason, detail })
  })
}

/** Stops a locked broadcast until an operator has looked. */
export async function pauseBroadcastFor(
  ctx: Ctx,
  trx: Executor,
  {
    broadcast,
    reason,
    detail,
  }: { broadcast: store.BroadcastRow; reason: string; detail: Record<string, unknown> },
): Promise<void> {
  assert(broadcast.state !== 'draft', 'a draft is not on its way')
  await store.changeBroadcast(trx, broadcast.id, ctx.clock.now(), {
    state: 'paused',
    pause_reason: reason,
    pause_detail: detail,
    lease_until: null,
  })
  await audit(ctx, trx, {
    action: 'broadcast.paused',
    accountId: broadcast.accountId,
    subject: subjectOf(broadcast.id),
    detail: { reason, ...detail },
  })
}

export const subjectOf = (broadcastId: string) => ({ kind: 'broadcast', id: broadcastId })
