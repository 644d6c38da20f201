import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import { beijingDay } from '../../../kernel/beijing.ts'
import type { Account } from '../../accounts/index.ts'
import type { DeliveryChannel } from '../model.ts'

/** Calls of an interface that the account may make on a Beijing day. */
export function callLimit({ limits }: Pick<Account, 'limits'>, channel: DeliveryChannel): number {
  switch (channel) {
    case 'customer-service':
      return limits.customerServicePerDay
    case 'template':
      return limits.templatePerDay
    case 'subscription':
      return limits.subscriptionPerDay
  }
}

const keyOf = (accountId: string, channel: DeliveryChannel, at: Date) =>
  sql`account_id = ${accountId}::bigint and channel = ${channel} and day = ${beijingDay(at)}::date`

/** Calls that are left on the Beijing day of `now`; none where the platform said so, whatever we counted. */
export async function callsLeft(
  db: Executor,
  account: Account,
  channel: DeliveryChannel,
  now: Date,
): Promise<number> {
  const { rows } = await sql<{
    used: number
    exhausted: boolean
  }>`${prepare}select used, exhausted from call_days where ${keyOf(account.id, channel, now)}`.execute(db)
  const [day] = rows
  if (day?.exhausted) return 0
  return Math.max(0, callLimit(account, channel) - (day?.used ?? 0))
}

/** Whether nothing more of this interface may be called before tomorrow. */
export const isDayUsedUp = async (
  db: Executor,
  account: Account,
  channel: DeliveryChannel,
  now: Date,
): Promise<boolean> => (await callsLeft(db, account, channel, now)) === 0

/** Takes up to `wanted` calls of the day; returns how many it got. Others who take of the same day wait for this transaction. */
export async function takeCalls(
  trx: Executor,
  {
    account,
    channel,
    now,
    wanted,
  }: { account: Account; channel: DeliveryChannel; now: Date; wanted: number },
): Promise<number> {
  const limit = callLimit(account, channel)
  const key = keyOf(account.id, channel, now)
  const all = await sql`${prepare}update call_days set used = used + ${wanted}::int
    where ${key} and not exhausted and used + ${wanted}::int <= ${limit}::int`.execute(trx)
  if (all.numAffectedRows === 1n) return wanted
  await sql`insert into call_days (account_id, channel, day)
    values (${account.id}::bigint, ${channel}, ${beijingDay(now)}::date) on conflict do nothing`.execute(trx)
  const { rows } = await sql<{ used: number; exhausted: boolean }>`
    select used, exhausted from call_days where ${key} for update`.execute(trx)
  const [day] = rows
  if (day === undefined || day.exhausted) return 0
  const got = Math.max(0, Math.min(wanted, limit - day.used))
  if (got > 0) await sql`update call_days set used = used + ${got}::int where ${key}`.execute(trx)
  return got
}

/** Calls that were not made after all. */
export async function giveBackCalls(
  trx: Executor,
  days: readonly { accountId: string; channel: DeliveryChannel; day: string; calls: number }[],
): Promise<void> {
  for (const { accountId, channel, day, calls } of days)
    await sql`update call_days set used = greatest(0, used - ${calls}::int)
      where account_id = ${accountId}::bigint and channel = ${channel} and day = ${day}::date`.execute(trx)
}

/** The platform said that the day is used up. */
export async function exhaustDay(
  trx: Executor,
  accountId: string,
  channel: DeliveryChannel,
  day: string,
): Promise<void> {
  await sql`insert into call_days (account_id, channel, day, exhausted)
    values (${accountId}::bigint, ${channel}, ${day}::date, true)
    on conflict (account_id, channel, day) do update set exhausted = true`.execute(trx)
}
