import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { releaseMass, reserveMass } from './mass-ledger.ts'

/** People a transaction charges or gives back at most: the account's ledger is locked for no longer than a batch takes. */
const CHUNK = 20_000

/** A mass send that was made without us: whose month it takes (`outside_send_fans`), and in which month (`2026-11`). */
export type OutsideCharge = { id: string; accountId: string; month: string }

/** Writes down whom it takes, before anybody is charged; `audience` has each fan_id once, and following. Returns how many. */
export async function noteOutsideFans(
  trx: Executor,
  sendId: string,
  audience: RawBuilder<unknown>,
): Promise<number> {
  const { numAffectedRows } = await sql`insert into outside_send_fans (outside_send_id, fan_id)
    select ${sendId}::bigint, fan_id from (${audience}) a where following on conflict do nothing`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}

const rowsOf = (sendId: string, range: RawBuilder<unknown>) =>
  sql`select fan_id from outside_send_fans where outside_send_id = ${sendId}::bigint and ${range} order by fan_id limit ${CHUNK}::int`

/** The end of a chunk, and how many are in it; `through` is null where nobody is left. */
export type OutsideChunk = { through: string | null; fans: number }

async function chunkOf(trx: Executor, rows: RawBuilder<unknown>): Promise<OutsideChunk> {
  const { rows: found } = await sql<{ through: string | null; fans: number }>`
    select max(fan_id) as through, count(*)::int as fans from (${rows}) c`.execute(trx)
  return found[0] ?? { through: null, fans: 0 }
}

/**
 * Charges the next people after `after`, in the order of their numbers: one of their month's sends, over its limit too, since
 * what WeChat refused them is given back with what it let them have. Under `lockMassLedger`, with the place in one transaction.
 */
export async function chargeOutside(
  trx: Executor,
  { id, accountId, month }: OutsideCharge,
  after: string,
): Promise<OutsideChunk> {
  const rows = rowsOf(id, sql`fan_id > ${after}::bigint`)
  const chunk = await chunkOf(trx, rows)
  if (chunk.fans > 0) await reserveMass(trx, { accountId, months: [month], fans: rows })
  return chunk
}

/** Gives the next of those up to `through` their send back and forgets them; nobody twice. Under `lockMassLedger`. */
export async function dischargeOutside(
  trx: Executor,
  { id, accountId, month }: OutsideCharge,
  through: string,
): Promise<OutsideChunk> {
  const rows = rowsOf(id, sql`fan_id <= ${through}::bigint`)
  const chunk = await chunkOf(trx, rows)
  if (chunk.through === null) return chunk
  await releaseMass(trx, { accountId, months: [month], fans: rows })
  await forgetThrough(trx, id, chunk.through)
  return chunk
}

/** Forgets the next of those who were written down and never charged. */
export async function forgetOutsideFans(trx: Executor, id: string): Promise<OutsideChunk> {
  const chunk = await chunkOf(trx, rowsOf(id, sql`true`))
  if (chunk.through !== null) await forgetThrough(trx, id, chunk.through)
  return chunk
}

const forgetThrough = (trx: Executor, id: string, through: string) =>
  sql`delete from outside_send_fans where outside_send_id = ${id}::bigint and fan_id <= ${through}::bigint`.execute(
    trx,
  )

/** Accounts that made a mass send, here or elsewhere, on the Beijing days from `from` up to and without `until`. */
export async function accountsThatSent(
  db: Executor,
  { from, until }: { from: string; until: string },
): Promise<string[]> {
  const { rows } = await sql<{ account_id: string }>`select distinct account_id from mass_days
    where day >= ${from}::date and day < ${until}::date and sends > 0`.execute(db)
  return rows.map((row) => row.account_id)
}
