import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import type { DeliveryChannel, SendLimits, SendPurpose } from '../model.ts'
import { type Cap, concerns, type Quiet } from '../rules/index.ts'

export type QuietSetting = Quiet & { purpose: 'marketing' | 'any' }
/** 触达限制 that are in force for an account: its own, and those of the whole installation. */
export type Limits = { caps: readonly Cap[]; quiet: readonly QuietSetting[] }

export async function limitsInForce(db: Executor, accountId: string): Promise<Limits> {
  const own = sql`enabled and coalesce(account_id, ${accountId}::bigint) = ${accountId}::bigint order by id`
  const { rows } = await sql<{ caps: Cap[] | null; quiet: QuietSetting[] | null }>`${prepare}select
    (select json_agg(c) from (
      select id::text, account_id::text as "accountId", channel, purpose, most, window_amount as amount, window_unit as unit,
        calendar, action
      from frequency_caps where ${own}) c) as caps,
    (select json_agg(q) from (
      select from_minute as "fromMinute", until_minute as "untilMinute", zone, action, purpose
      from quiet_hours where ${own}) q) as quiet`.execute(db)
  return { caps: rows[0]?.caps ?? [], quiet: rows[0]?.quiet ?? [] }
}

type Asked = { accountId: string; channel: DeliveryChannel; purpose: SendPurpose; limits: SendLimits }

/** Those that a message of this account, kind and purpose is asked about; a send may do without, or bring its own quiet time. */
export function applicable(
  all: Limits,
  { accountId, channel, purpose, limits }: Asked,
): { caps: Cap[]; quiet: Quiet[] } {
  const quiet = all.quiet.filter((one) => one.purpose === 'any' || purpose === 'marketing')
  return {
    caps:
      limits.caps === 'none' ? [] : all.caps.filter((cap) => concerns(cap, { accountId, channel, purpose })),
    quiet: limits.quiet === 'none' ? [] : limits.quiet === 'inherit' ? quiet : [limits.quiet],
  }
}
