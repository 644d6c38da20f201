import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { CapInput, FrequencyCap, QuietHours, QuietInput } from '../schema.ts'

const CAP = sql`id, account_id as "accountId", channel, purpose, most, window_amount as amount, window_unit as unit, calendar,
  action, enabled, created_at as "createdAt"`
const QUIET = sql`id, account_id as "accountId", purpose, from_minute as "fromMinute", until_minute as "untilMinute", zone, action,
  enabled, created_at as "createdAt"`

type Stored<T> = Omit<T, 'createdAt'> & { createdAt: Date }
const present = <T>(row: Stored<T>): T => ({ ...row, createdAt: row.createdAt.toISOString() }) as T

/** Those of the whole installation and of these accounts; null: of all. */
const visible = (scope: readonly string[] | null) =>
  scope === null ? sql`true` : sql`(account_id is null or account_id = any(${[...scope]}::bigint[]))`

export async function selectCaps(db: Executor, scope: readonly string[] | null): Promise<FrequencyCap[]> {
  const { rows } = await sql<Stored<FrequencyCap>>`
    select ${CAP} from frequency_caps where ${visible(scope)} order by id`.execute(db)
  return rows.map(present<FrequencyCap>)
}

export async function selectQuiet(db: Executor, scope: readonly string[] | null): Promise<QuietHours[]> {
  const { rows } = await sql<Stored<QuietHours>>`
    select ${QUIET} from quiet_hours where ${visible(scope)} order by id`.execute(db)
  return rows.map(present<QuietHours>)
}

export async function insertCap(trx: Executor, cap: CapInput, at: Date): Promise<FrequencyCap> {
  const { rows } = await sql<Stored<FrequencyCap>>`
    insert into frequency_caps (account_id, channel, purpose, most, window_amount, window_unit, calendar, action, enabled, created_at)
    values (${cap.accountId}::bigint, ${cap.channel}, ${cap.purpose}, ${cap.most}, ${cap.amount}, ${cap.unit}, ${cap.calendar},
      ${cap.action}, ${cap.enabled}, ${at}) returning ${CAP}`.execute(trx)
  return present<FrequencyCap>(rows[0] as Stored<FrequencyCap>)
}

export async function updateCapRow(
  trx: Executor,
  id: string,
  cap: CapInput,
): Promise<FrequencyCap | undefined> {
  const { rows } = await sql<Stored<FrequencyCap>>`
    update frequency_caps set account_id = ${cap.accountId}::bigint, channel = ${cap.channel}, purpose = ${cap.purpose},
      most = ${cap.most}, window_amount = ${cap.amount}, window_unit = ${cap.unit}, calendar = ${cap.calendar},
      action = ${cap.action}, enabled = ${cap.enabled}
    where id = ${id}::bigint returning ${CAP}`.execute(trx)
  return rows.map(present<FrequencyCap>)[0]
}

export async function insertQuiet(trx: Executor, quiet: QuietInput, at: Date): Promise<QuietHours> {
  const { rows } = await sql<Stored<QuietHours>>`
    insert into quiet_hours (account_id, purpose, from_minute, until_minute, zone, action, enabled, created_at)
    values (${quiet.accountId}::bigint, ${quiet.purpose}, ${quiet.fromMinute}, ${quiet.untilMinute}, ${quiet.zone},
      ${quiet.action}, ${quiet.enabled}, ${at}) returning ${QUIET}`.execute(trx)
  return present<QuietHours>(rows[0] as Stored<QuietHours>)
}

export async function updateQuietRow(
  trx: Executor,
  id: string,
  quiet: QuietInput,
): Promise<QuietHours | undefined> {
  const { rows } = await sql<Stored<QuietHours>>`
    update quiet_hours set account_id = ${quiet.accountId}::bigint, purpose = ${quiet.purpose},
      from_minute = ${quiet.fromMinute}, until_minute = ${quiet.untilMinute}, zone = ${quiet.zone}, action = ${quiet.action},
      enabled = ${quiet.enabled}
    where id = ${id}::bigint returning ${QUIET}`.execute(trx)
  return rows.map(present<QuietHours>)[0]
}

export type LimitTable = 'frequency_caps' | 'quiet_hours'

/** The account that a row holds for; undefined where there is no such row. */
export async function lockLimit(
  trx: Executor,
  table: LimitTable,
  id: string,
): Promise<{ accountId: string | null } | undefined> {
  const { rows } = await sql<{ accountId: string | null }>`
    select account_id as "accountId" from ${sql.table(table)} where id = ${id}::bigint for update`.execute(
    trx,
  )
  return rows[0]
}

export async function deleteLimit(trx: Executor, table: LimitTable, id: string): Promise<void> {
  await sql`delete from ${sql.table(table)} where id = ${id}::bigint`.execute(trx)
}
