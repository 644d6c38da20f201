import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { beijingDay } from '../../../kernel/beijing.ts'
import { conflict } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { massDay } from '../../deliveries/index.ts'
import type { BroadcastRow } from '../store/broadcasts.ts'
import { waitingArms } from './load.ts'

/**
 * `day_taken` where the account's sends of that day are gone or promised to others. Run it under the account's ledger lock
 * in the transaction that promises the day: two at once can't both have it.
 */
export async function requireRoom(
  ctx: Ctx,
  trx: Executor,
  { id, accountId }: BroadcastRow,
  at: Date,
): Promise<void> {
  const { limits } = await getAccount(ctx, accountId)
  if (limits.massSendsPerDay === null) return
  const day = beijingDay(at)
  const waiting = await waitingArms(trx, { accountId, now: ctx.clock.now(), except: id })
  // what has begun is counted among those gone
  const [taken, ...others] = waiting.filter((one) => beijingDay(one.at) === day && !one.begun)
  const gone = await massDay(trx, accountId, at)
  const promised = taken === undefined ? 0 : others.length + 1
  if (gone.sends + promised < limits.massSendsPerDay) return
  throw conflict('day_taken', 'the account has its send of that day already', {
    name: taken?.name ?? '',
    at: (taken?.at ?? at).toISOString(),
  })
}
