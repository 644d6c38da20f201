import { sql } from 'kysely'
import { prepare } from '../../../infra/transaction.ts'
import { type ClaimedRow, PLACES, type SendRow, type Trx } from '../model.ts'
import { SEND_COLUMNS } from '../store/sends.ts'
import type { Share } from './due-sends.ts'

/** Real time: a process that is frozen in the middle of a transaction must not keep its locks from everybody else. */
export const patience = sql`select set_config('idle_in_transaction_session_timeout', '5s', true)`

/**
 * Locks the sends that still run: a pause or an end waits for the intents under way, and no intent comes after it. In the
 * order of their ids, as everybody locks them.
 */
export async function lockRunning(trx: Trx, sendIds: readonly string[]): Promise<Map<string, SendRow>> {
  const { rows } =
    await sql<SendRow>`${prepare}select ${SEND_COLUMNS} from sends s join accounts a on a.id = s.account_id, (${patience}) p
    where s.id = any(${[...sendIds]}::bigint[]) and s.state = 'running' and a.state = 'active'
      and not (select sending_paused from installation)
    order by s.id for share of s`.execute(trx)
  return new Map(rows.map((row) => [row.id, row]))
}

const ROW_COLUMNS = sql`d.id, d.send_id as "sendId", d.version, d.contact_id as "contactId", d.fan_id as "fanId", d.occurrence,
  d.run_id as "runId", d.state, d.reason, d.detail, d.context, d.attempts, d.due_at as "dueAt", d.planned_at as "plannedAt",
  d.not_after as "notAfter"`

/** In an ordered send nobody goes before the one in front of them has come to its end; `d` is the row, `s` its send. */
const inTurn = sql`(not s.ordered or d.occurrence % ${sql.lit(PLACES)} = 0 or not exists (
        select from deliveries f where f.send_id = d.send_id and f.contact_id = d.contact_id
          and f.occurrence >= d.occurrence - d.occurrence % ${sql.lit(PLACES)} and f.occurrence < d.occurrence
          and f.state in ('planned', 'held', 'sending')))`

/**
 * Takes due people of each send for the length of the transaction, at most its share, one delivery a fan: what one
 * decides changes the facts of the next. Those somebody else works on are passed over, and whose turn hasn't come.
 */
export async function claimDue(trx: Trx, shares: readonly Share[], now: Date): Promise<ClaimedRow[]> {
  if (shares.length === 0) return []
  const { rows } = await sql<ClaimedRow>`${prepare}
    select c.* from unnest(${shares.map((one) => one.sendId)}::bigint[], ${shares.map((one) => one.most)}::int[])
      as u (id, most) join sends s on s.id = u.id
    cross join lateral (
      select ${ROW_COLUMNS} from deliveries d
      where d.send_id = s.id and d.state in ('planned', 'held') and d.due_at <= ${now} and ${inTurn}
      order by d.due_at, d.id limit u.most for update of d skip locked) c`.execute(trx)
  return oneAFan(rows)
}

/** One row by its id, if it is still due. */
export async function claimOne(trx: Trx, id: string, now: Date): Promise<ClaimedRow[]> {
  const { rows } = await sql<ClaimedRow>`select ${ROW_COLUMNS} from deliveries d
    where d.id = ${id}::bigint and d.state in ('planned', 'held') and d.due_at <= ${now} for update skip locked`.execute(
    trx,
  )
  return rows
}

function oneAFan(rows: readonly ClaimedRow[]): ClaimedRow[] {
  const seen = new Set<string>()
  return rows.filter(({ fanId }) => !seen.has(fanId) && seen.add(fanId))
}
