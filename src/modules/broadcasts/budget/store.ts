import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { monthsToReserve } from '../../../wechat/rules/broadcast-quota.ts'

const firstDays = (months: readonly string[]) => sql`${months.map((month) => `${month}-01`)}::date[]`

/** Of an arm, or some batches. */
type Which = { broadcastId: string; arm: number } | { batchId: string }
const rowsOf = (which: Which) =>
  'batchId' in which
    ? sql`id = ${which.batchId}::bigint`
    : sql`broadcast_id = ${which.broadcastId}::bigint and arm = ${which.arm}`

/** Says in which months waiting batches are to be booked; {@link settleBookings} does it. Needs no lock of the ledger. */
export const planBookings = (trx: Executor, which: Which, months: readonly string[]) =>
  sql`update broadcast_batches set months_to_book = nullif(${firstDays(months)}, booked_months)
    where ${rowsOf(which)} and state in ('planned', 'held')`.execute(trx)

/** What is booked for an arm is booked for this time instead; where nothing is booked nothing will be. */
export const moveBookings = (trx: Executor, arm: Which, at: Date) =>
  sql`update broadcast_batches set months_to_book = nullif(${firstDays(monthsToReserve(at))}, booked_months)
    where ${rowsOf(arm)} and state in ('planned', 'held') and (booked_months <> '{}' or months_to_book is not null)`.execute(
    trx,
  )

/** What a batch has booked is no booking any more: taken, or given back. */
export const forgetBooking = (trx: Executor, batchId: string) =>
  sql`update broadcast_batches set booked_months = '{}', months_to_book = null where id = ${batchId}::bigint`.execute(
    trx,
  )

export type Unsettled = { id: string; seq: number; arm: number; size: number; from: string[]; to: string[] }

/** In one transaction at most: it holds the ledger's lock, and an intent waits for it. */
const MOST_BATCHES = 20
const MOST_PEOPLE = 200_000

/** Locks the next batches of a broadcast that are to be booked otherwise, all in the same way; at least one however large. */
export async function lockUnsettled(trx: Executor, broadcastId: string): Promise<Unsettled[]> {
  const { rows } = await sql<Unsettled>`
    select id, seq, arm, size, to_jsonb(booked_months) as "from", to_jsonb(months_to_book) as "to" from broadcast_batches
    where broadcast_id = ${broadcastId}::bigint and months_to_book is not null
    order by months_to_book, booked_months, seq limit ${MOST_BATCHES} for update`.execute(trx)
  const alike = rows.filter(
    ({ from, to }) => from.join() === rows[0]?.from.join() && to.join() === rows[0]?.to.join(),
  )
  let people = 0
  return alike.filter(({ size }, index) => {
    people += size
    return index === 0 || people <= MOST_PEOPLE
  })
}

export const markSettled = (trx: Executor, ids: readonly string[]) =>
  sql`update broadcast_batches set booked_months = months_to_book, months_to_book = null
    where id = any(${[...ids]}::bigint[])`.execute(trx)

/** A broadcast with bookings to settle that is not being prepared: that does it itself. */
export async function findUnsettled(db: Executor): Promise<{ id: string; accountId: string } | undefined> {
  const { rows } = await sql<{ id: string; accountId: string }>`
    select b.id, b.account_id as "accountId" from broadcast_batches t join broadcasts b on b.id = t.broadcast_id
    where t.months_to_book is not null and b.state <> 'preparing' order by t.id limit 1`.execute(db)
  return rows[0]
}

/** The months that a batch has booked now. */
export async function bookedMonths(db: Executor, broadcastId: string, seq: number): Promise<string[]> {
  const { rows } = await sql<{
    months: string[]
  }>`select to_jsonb(booked_months) as months from broadcast_batches
    where broadcast_id = ${broadcastId}::bigint and seq = ${seq}`.execute(db)
  return rows[0]?.months ?? []
}

/** Every booking of a broadcast, by the months it is in. */
export async function bookingsOf(
  db: Executor,
  broadcastId: string,
): Promise<{ seqs: number[]; months: string[] }[]> {
  const { rows } = await sql<{ seqs: number[]; months: string[] }>`
    select array_agg(seq) as seqs, to_jsonb(booked_months) as months from broadcast_batches
    where broadcast_id = ${broadcastId}::bigint and booked_months <> '{}' group by booked_months`.execute(db)
  return rows
}

/** The fans of these batches as a relation with fan_id alone. */
export const fansOf = (broadcastId: string, seqs: readonly number[]) =>
  sql`select fan_id from broadcast_recipients
    where broadcast_id = ${broadcastId}::bigint and batch_seq = any(${[...seqs]}::int[])`
