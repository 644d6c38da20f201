import { sql, type Transaction } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type DB, type Executor, inTransaction } from '../../../infra/transaction.ts'
import { type Account, getAccount } from '../../accounts/index.ts'
import { bookMass, decidedAudience, lockMassLedger, unbookMass } from '../../deliveries/index.ts'
import { fanLimitOf } from '../groups/plan.ts'
import { addArmSkipped } from '../store/arms.ts'
import { type BroadcastRow, findClaimed } from '../store/broadcasts.ts'
import { batchAudience, skipUndeliverable } from '../store/recipients.ts'
import {
  bookedMonths,
  bookingsOf,
  fansOf,
  findUnsettled,
  forgetBooking,
  lockUnsettled,
  markSettled,
  type Unsettled,
} from './store.ts'

type Trx = Transaction<DB>
const monthOf = (day: string) => day.slice(0, 7)
const without = (some: readonly string[], others: readonly string[]) =>
  some.filter((one) => !others.includes(one)).map(monthOf)

/** Somebody has no place left: taken since they were chosen. Nothing was written. */
class Crowded extends Error {}

/**
 * Books and frees some batches of a broadcast as they are to be, in one transaction: a kill leaves them as they were, and
 * nothing is done twice. Whoever has no place left in a month that is new is taken out of their batch with the reason.
 * `lock` finds the broadcast and locks it. Returns how many batches it settled.
 */
export async function settleBookings(
  ctx: Ctx,
  accountId: string,
  lock: (trx: Trx) => Promise<BroadcastRow | undefined>,
): Promise<number> {
  const account = await getAccount(ctx, accountId)
  const settle = (isCrowded: boolean) =>
    inTransaction(ctx.db, async (trx) => {
      await lockMassLedger(trx, accountId)
      const broadcast = await lock(trx)
      return broadcast === undefined ? 0 : settleSome(trx, { account, broadcast, isCrowded })
    })
  try {
    return await settle(false)
  } catch (error) {
    if (!(error instanceof Crowded)) throw error
    return settle(true)
  }
}

type Some = { account: Account; broadcast: BroadcastRow; isCrowded: boolean }

async function settleSome(trx: Trx, { account, broadcast, isCrowded }: Some): Promise<number> {
  const batches = await lockUnsettled(trx, broadcast.id)
  const [first] = batches
  if (first === undefined) return 0
  const limit = fanLimitOf(account)
  const gained = limit === null ? [] : without(first.to, first.from)
  const lost = without(first.from, first.to)
  const fans = fansOf(
    broadcast.id,
    batches.map(({ seq }) => seq),
  )
  if (lost.length > 0) await unbookMass(trx, { accountId: account.id, months: lost, fans })
  if (gained.length > 0) {
    let people = batches.reduce((sum, { size }) => sum + size, 0)
    if (isCrowded)
      for (const batch of batches) people -= await leaveOut(trx, { account, batch, broadcast, gained })
    const booked = await bookMass(trx, { accountId: account.id, months: gained, fans, limit })
    if (booked < people * gained.length) throw new Crowded()
  }
  await markSettled(
    trx,
    batches.map(({ id }) => id),
  )
  return batches.length
}

type Leaving = { account: Account; broadcast: BroadcastRow; batch: Unsettled; gained: readonly string[] }

/** Takes those out of a batch who have no place in the new months; returns how many. */
async function leaveOut(trx: Trx, { account, broadcast, batch, gained }: Leaving): Promise<number> {
  const decided = decidedAudience({
    accountId: account.id,
    audience: batchAudience(broadcast.id, batch.seq),
    months: gained,
    limit: fanLimitOf(account),
  })
  const gone = await skipUndeliverable(trx, { broadcastId: broadcast.id, seq: batch.seq, decided })
  await addArmSkipped(trx, { broadcastId: broadcast.id, arm: batch.arm }, gone)
  const people = Object.values(gone).reduce((sum, count) => sum + count, 0)
  await sql`update broadcast_batches set size = size - ${people}::int where id = ${batch.id}::bigint`.execute(
    trx,
  )
  return people
}

/** What was re-timed, cancelled or put off since it was prepared. */
export async function settleNext(ctx: Ctx): Promise<number> {
  const found = await findUnsettled(ctx.db)
  if (found === undefined) return 0
  return settleBookings(ctx, found.accountId, (trx) => findClaimed(trx, found.id, true))
}

type Held = { accountId: string; broadcastId: string; seq: number; id: string }

/**
 * Frees what a batch has booked, right before its places are taken. Returns the months in which they were its own. Run it
 * under the account's ledger lock.
 */
export async function endBooking(trx: Trx, { accountId, broadcastId, seq, id }: Held): Promise<string[]> {
  const months = (await bookedMonths(trx, broadcastId, seq)).map(monthOf)
  if (months.length > 0) await unbookMass(trx, { accountId, months, fans: fansOf(broadcastId, [seq]) })
  await forgetBooking(trx, id)
  return months
}

/** Whoever moves from one batch to another is booked as its people are. */
export async function bookMoved(
  trx: Trx,
  {
    accountId,
    broadcastId,
    seq,
    fanIds,
  }: { accountId: string; broadcastId: string; seq: number; fanIds: string[] },
): Promise<void> {
  const months = (await bookedMonths(trx, broadcastId, seq)).map(monthOf)
  const fans = sql`select unnest(${fanIds}::bigint[]) as fan_id`
  if (months.length > 0) await bookMass(trx, { accountId, months, fans, limit: null })
}

/** Frees all that a broadcast has booked, before its people are forgotten. Run it under the account's ledger lock. */
export async function freeBookings(trx: Executor, accountId: string, broadcastId: string): Promise<void> {
  for (const { seqs, months } of await bookingsOf(trx, broadcastId))
    await unbookMass(trx, { accountId, months: months.map(monthOf), fans: fansOf(broadcastId, seqs) })
}
