import { sql, type Transaction } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type DB, inTransaction } from '../../infra/transaction.ts'
import { beijingDay, nextBeijingDay } from '../../kernel/beijing.ts'
import { LARGEST_BATCH, SMALLEST_BATCH } from '../../wechat/rules/broadcast-batches.ts'
import { monthsToReserve } from '../../wechat/rules/broadcast-quota.ts'
import type { Account } from '../accounts/index.ts'
import {
  addToMassDay,
  decidedAudience,
  lockMassLedger,
  massDay,
  type Reason,
  reserveMass,
} from '../deliveries/index.ts'
import { bookMoved, endBooking } from './budget/book.ts'
import { planBookings } from './budget/store.ts'
import { fanLimitOf } from './groups/plan.ts'
import { addArmSkipped } from './store/arms.ts'
import { anyIntent, type BatchRow, changeBatch, lockBatch } from './store/batches.ts'
import { type BroadcastRow, findClaimed, partOf } from './store/broadcasts.ts'
import { isSendingPaused } from './store/installation.ts'
import {
  batchAudience,
  batchFans,
  fanIdsOfBatch,
  moveIntoWaitingBatch,
  skipSamePerson,
  skipUndeliverable,
  skipWholeBatch,
} from './store/recipients.ts'

type Input = { account: Account; broadcast: BroadcastRow; batch: BatchRow }
type Trx = Transaction<DB>

/**
 * The last look before the call, and the promise to make it: decides the batch's people once more, reserves the
 * month and the day, and marks the batch as sending, all in one transaction. Returns the batch as it will be sent;
 * undefined when it waits, was emptied, or the broadcast was stopped.
 */
export function commitIntent(ctx: Ctx, { account, broadcast, batch }: Input): Promise<BatchRow | undefined> {
  return inTransaction(ctx.db, async (trx) => {
    await lockMassLedger(trx, account.id)
    const current = await findClaimed(trx, broadcast.id, true)
    const locked = await lockBatch(trx, batch)
    if (locked === undefined || (locked.state !== 'planned' && locked.state !== 'held')) return undefined
    if (
      current?.state !== 'running' ||
      !isOpen(current, locked) ||
      (await isSendingPaused(trx)) ||
      !(await isActive(trx, account.id))
    ) {
      await changeBatch(trx, batch.id, {})
      return undefined
    }
    const now = ctx.clock.now()
    const wait = await dayWait(trx, account, locked, now)
    if (wait !== undefined) {
      await changeBatch(trx, batch.id, { state: 'held', reason: wait.reason, due_at: wait.until })
      if (fanLimitOf(account) !== null)
        await planBookings(trx, { batchId: batch.id }, monthsToReserve(wait.until))
      return undefined
    }
    const own = await endBooking(trx, { ...locked, accountId: account.id, broadcastId: broadcast.id })
    const size = await reviewRecipients(trx, { account, broadcast: current, batch: locked, own, now })
    if (size === 0) return undefined
    return reserve(trx, { account, broadcast: current, batch: locked, size, now })
  })
}

const isOpen = (broadcast: BroadcastRow, batch: BatchRow): boolean =>
  partOf(broadcast, batch.arm).arm.state === 'running'

async function isActive(trx: Trx, accountId: string): Promise<boolean> {
  const row = await trx.selectFrom('accounts').select('state').where('id', '=', accountId).executeTakeFirst()
  return row?.state === 'active'
}

/** The account's own day: a batch that finds it used up waits for the next one. */
async function dayWait(
  trx: Trx,
  account: Account,
  batch: BatchRow,
  now: Date,
): Promise<{ reason: Reason; until: Date } | undefined> {
  const { massCallsPerDay, massRecipientsPerDay, massSendsPerDay } = account.limits
  const day = await massDay(trx, account.id, now)
  const until = nextBeijingDay(now)
  const counted = await anyIntent(trx, batch)
  if (massSendsPerDay !== null && !counted && day.sends >= massSendsPerDay)
    return { reason: 'account_day_used', until }
  if (day.calls >= massCallsPerDay) return { reason: 'calls_used_up', until }
  const alone = day.recipients === 0
  // a single call above the day's limit could never go: the platform judges it then
  if (!alone && day.recipients + batch.size > massRecipientsPerDay)
    return { reason: 'recipients_day_used', until }
  return undefined
}

/** Takes out who left or used up the month since freezing; returns how many remain in this batch. */
async function reviewRecipients(
  trx: Trx,
  { account, broadcast, batch, own, now }: Input & { own: readonly string[]; now: Date },
): Promise<number> {
  const decided = decidedAudience({
    accountId: account.id,
    audience: batchAudience(broadcast.id, batch.seq),
    months: monthsToReserve(now),
    own,
    limit: fanLimitOf(account),
  })
  const gone = await skipUndeliverable(trx, { broadcastId: broadcast.id, seq: batch.seq, decided })
  const byList = partOf(broadcast, batch.arm).group.path === 'list'
  if (byList) {
    const same = await skipSamePerson(trx, broadcast.id, batch.seq)
    if (same > 0) gone['same_person'] = same
  }
  let size = batch.size - Object.values(gone).reduce((sum, count) => sum + count, 0)
  if (byList && size > 0 && size < SMALLEST_BATCH) {
    const fanIds = await fanIdsOfBatch(trx, broadcast.id, batch.seq)
    const target = await moveIntoWaitingBatch(trx, {
      broadcastId: broadcast.id,
      arm: batch.arm,
      seq: batch.seq,
      people: size,
      largest: LARGEST_BATCH,
    })
    if (target === undefined) {
      const left = await skipWholeBatch(trx, broadcast.id, batch.seq, 'below_two')
      gone['below_two'] = (gone['below_two'] ?? 0) + left
    } else await bookMoved(trx, { accountId: account.id, broadcastId: broadcast.id, seq: target, fanIds })
    size = 0
  }
  await addArmSkipped(trx, { broadcastId: broadcast.id, arm: batch.arm }, gone)
  if (size === 0) {
    await changeBatch(trx, batch.id, { state: 'skipped', reason: 'nobody_left', size: 0, finished_at: now })
  }
  return size
}

async function reserve(
  trx: Trx,
  { account, broadcast, batch, size, now }: Input & { size: number; now: Date },
): Promise<BatchRow> {
  const months = fanLimitOf(account) === null ? [] : monthsToReserve(now)
  const firstOfArm = !(await anyIntent(trx, batch))
  if (months.length > 0)
    await reserveMass(trx, { accountId: account.id, months, fans: batchFans(broadcast.id, batch.seq) })
  const day = beijingDay(now)
  await addToMassDay(trx, account.id, day, { sends: firstOfArm ? 1 : 0, calls: 1, recipients: size })
  const reserved_months = months.map((month) => `${month}-01`)
  await changeBatch(trx, batch.id, {
    state: 'sending',
    reason: null,
    detail: null,
    size,
    intent_at: now,
    due_at: now,
    reserved_months,
    reserved_day: day,
  })
  // the claim goes on until the answer is written
  await sql`update broadcast_batches set lease_until = clock_timestamp() + interval '60 seconds' where id = ${batch.id}::bigint`.execute(
    trx,
  )
  return {
    ...batch,
    state: 'sending',
    reason: null,
    size,
    intent_at: now,
    reserved_months,
    reserved_day: day,
  }
}
