import { type RawBuilder, sql } from 'kysely'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import { type DecidedRow, planForMany } from '../../deliveries/index.ts'
import type { DeliveryState } from '../../deliveries/schema.ts'
import { SEQS_AN_ARM } from '../rules.ts'

/** Deciding a whole audience group by group: each fan with the arm they are in. */
type Decided = RawBuilder<DecidedRow & { arm: number }>

export type DecidedCount = { arm: number; reason: string | null; used: number; count: number }

/** How many fans of each arm fall under each verdict, by what the month holds for them. */
export async function countDecided(db: Executor, decided: Decided): Promise<DecidedCount[]> {
  return inTransaction(db, async (trx) => {
    await planForMany(trx)
    const { rows } = await sql<Omit<DecidedCount, 'count'> & { count: string }>`
      select arm, reason, used, count(*) as count from (${decided}) d group by 1, 2, 3`.execute(trx)
    return rows.map((row) => ({ ...row, count: Number(row.count) }))
  })
}

export type FrozenCounts = {
  batches: { arm: number; seq: number; size: number }[]
  skipped: { arm: number; reason: string; count: number }[]
}

/**
 * Freezes all groups in one statement: one row per fan, in a batch of their arm or skipped with the reason. Where
 * batches are limited, the place of a fan among those of the arm decides the batch, never one alone, as `planBatches`
 * plans it; somebody who is alone in an arm by list is skipped. Returns what was written.
 */
export async function freezeRecipients(
  trx: Executor,
  { broadcastId, decided, largest }: { broadcastId: string; decided: Decided; largest: number | null },
): Promise<FrozenCounts> {
  const batch =
    largest === null
      ? sql`0`
      : sql`((row_number() over (partition by arm, reason is null order by fan_id) - 1) / ${largest}::int)::int`
  await planForMany(trx)
  await sql`insert into broadcast_recipients (broadcast_id, fan_id, arm, batch_seq, reason)
    select ${broadcastId}::bigint, fan_id, arm, case when reason is null then arm * ${SEQS_AN_ARM}::int + ${batch} end, reason
    from (${decided}) d`.execute(trx)
  const { rows } = await sql<{
    arm: number
    batch_seq: number | null
    reason: string | null
    count: string
    last: string
  }>`
    select arm, batch_seq, reason, count(*) as count, max(fan_id) as last from broadcast_recipients
    where broadcast_id = ${broadcastId}::bigint group by 1, 2, 3 order by 1, 2`.execute(trx)
  const batches = rows.flatMap(({ arm, batch_seq: seq, count, last }) =>
    seq === null ? [] : [{ arm, seq, size: Number(count), last }],
  )
  const skipped = rows.flatMap(({ arm, reason, count }) =>
    reason === null ? [] : [{ arm, reason, count: Number(count) }],
  )
  const alone = largest === null ? [] : batches.filter(({ size }) => size === 1)
  for (const one of alone) {
    const before = batches.find(({ seq }) => seq === one.seq - 1)
    const moved = before?.last ?? one.last
    await sql`update broadcast_recipients
      set batch_seq = ${before === undefined ? null : one.seq}::int, reason = ${before === undefined ? 'below_two' : null}::text
      where broadcast_id = ${broadcastId}::bigint and fan_id = ${moved}::bigint`.execute(trx)
    if (before === undefined) skipped.push({ arm: one.arm, reason: 'below_two', count: 1 })
    else before.size -= 1
    one.size = before === undefined ? 0 : 2
  }
  return { batches: batches.filter(({ size }) => size > 0), skipped }
}

/** As if nobody had been chosen. */
export const deleteRecipients = (trx: Executor, broadcastId: string) =>
  trx.deleteFrom('broadcast_recipients').where('broadcast_id', '=', broadcastId).execute()

/** The fans of one batch as a relation with fan_id, openid, following. */
export const batchAudience = (broadcastId: string, seq: number): RawBuilder<unknown> =>
  sql`select f.id as fan_id, f.openid, f.following from broadcast_recipients r join fans f on f.id = r.fan_id
    where r.broadcast_id = ${broadcastId}::bigint and r.batch_seq = ${seq}`

/** The fans of one batch as a relation with fan_id alone. */
export const batchFans = (broadcastId: string, seq: number): RawBuilder<unknown> =>
  sql`select fan_id from broadcast_recipients where broadcast_id = ${broadcastId}::bigint and batch_seq = ${seq}`

/** Of one batch, in their order. */
export async function fanIdsOfBatch(db: Executor, broadcastId: string, seq: number): Promise<string[]> {
  const { rows } = await sql<{ fan_id: string }>`${batchFans(broadcastId, seq)} order by fan_id`.execute(db)
  return rows.map((row) => row.fan_id)
}

/** Takes those out of a batch who can't be reached any more; returns how many by reason. */
export async function skipUndeliverable(
  trx: Executor,
  input: { broadcastId: string; seq: number; decided: RawBuilder<DecidedRow> },
): Promise<Record<string, number>> {
  const { rows } = await sql<{ reason: string; count: string }>`
    with undeliverable as materialized (
      select fan_id, reason from (${input.decided}) d where reason is not null),
    gone as (
      update broadcast_recipients r set batch_seq = null, reason = u.reason from undeliverable u
      where r.broadcast_id = ${input.broadcastId}::bigint and r.fan_id = u.fan_id and r.batch_seq = ${input.seq}
      returning u.reason)
    select reason, count(*) as count from gone group by 1`.execute(trx)
  return Object.fromEntries(rows.map((row) => [row.reason, Number(row.count)]))
}

/**
 * Takes those out of a batch who are the same person as somebody this broadcast has been handed over for, or as somebody
 * of the same batch with an earlier fan: one message a person, also where two turned out to be one after the freeze.
 * Run it under the account's ledger lock; looked up person by person (`offset 0` keeps it so). Returns how many.
 */
export async function skipSamePerson(trx: Executor, broadcastId: string, seq: number): Promise<number> {
  const { numAffectedRows } = await sql`
    with others as materialized (
      select f.id, other.id as other_id from broadcast_recipients r join fans f on f.id = r.fan_id
      cross join lateral (
        select g.id from fans g where g.contact_id = f.contact_id and g.id <> f.id offset 0) other
      where r.broadcast_id = ${broadcastId}::bigint and r.batch_seq = ${seq}),
    same as materialized (
      select distinct p.id from others p
      join broadcast_recipients o on o.broadcast_id = ${broadcastId}::bigint and o.fan_id = p.other_id
      join broadcast_batches t on t.broadcast_id = o.broadcast_id and t.seq = o.batch_seq
      where (o.batch_seq = ${seq} and p.other_id < p.id)
        or (o.batch_seq <> ${seq} and t.state in ('sending', 'accepted', 'delivered', 'unknown')))
    update broadcast_recipients r set batch_seq = null, reason = 'same_person' from same
    where r.broadcast_id = ${broadcastId}::bigint and r.fan_id = same.id`.execute(trx)
  return Number(numAffectedRows ?? 0)
}

export async function skipWholeBatch(
  trx: Executor,
  broadcastId: string,
  seq: number,
  reason: string,
): Promise<number> {
  const { numAffectedRows } = await sql`update broadcast_recipients set batch_seq = null, reason = ${reason}
    where broadcast_id = ${broadcastId}::bigint and batch_seq = ${seq}`.execute(trx)
  return Number(numAffectedRows ?? 0)
}

/** Moves what is left of a batch into another one of its arm that is still waiting and has room; returns its seq. */
export async function moveIntoWaitingBatch(
  trx: Executor,
  input: { broadcastId: string; arm: number; seq: number; people: number; largest: number },
): Promise<number | undefined> {
  const { rows } = await sql<{ seq: number }>`
    select seq from broadcast_batches where broadcast_id = ${input.broadcastId}::bigint and arm = ${input.arm}
      and seq <> ${input.seq}
      and state in ('planned', 'held') and size + ${input.people}::int <= ${input.largest}::int
    order by seq limit 1 for update skip locked`.execute(trx)
  const target = rows[0]?.seq
  if (target === undefined) return undefined
  await sql`update broadcast_recipients set batch_seq = ${target}
    where broadcast_id = ${input.broadcastId}::bigint and batch_seq = ${input.seq}`.execute(trx)
  await sql`update broadcast_batches set size = size + ${input.people}::int
    where broadcast_id = ${input.broadcastId}::bigint and seq = ${target}`.execute(trx)
  return target
}

/** In the order of the fans. One value instead of up to 10,000 rows: a worker that sends to a million stays small. */
export async function openidsOfBatch(db: Executor, broadcastId: string, seq: number): Promise<string[]> {
  const { rows } = await sql<{ openids: string[] | null }>`
    select json_agg(f.openid order by r.fan_id) as openids from broadcast_recipients r join fans f on f.id = r.fan_id
    where r.broadcast_id = ${broadcastId}::bigint and r.batch_seq = ${seq}`.execute(db)
  return rows[0]?.openids ?? []
}

export type RecipientRow = {
  fan_id: string
  openid: string
  remark: string | null
  arm: number
  batch_seq: number | null
  state: DeliveryState
  reason: string | null
}

/** A person's state is their batch's; without a batch they were skipped. */
export async function listRecipients(
  db: Executor,
  filter: {
    broadcastId: string
    reason?: string | undefined
    arm?: number | undefined
    batchSeq?: number | undefined
    openid?: string | undefined
    cursor?: string | undefined
    limit: number
  },
): Promise<Page<RecipientRow>> {
  const { rows } = await sql<RecipientRow>`
    select r.fan_id, f.openid, f.remark, r.arm, r.batch_seq, coalesce(t.state, 'skipped') as state, coalesce(r.reason, t.reason) as reason
    from broadcast_recipients r
    join fans f on f.id = r.fan_id
    left join broadcast_batches t on t.broadcast_id = r.broadcast_id and t.seq = r.batch_seq
    where r.broadcast_id = ${filter.broadcastId}::bigint
      and (${filter.cursor ?? null}::bigint is null or r.fan_id > ${filter.cursor ?? null}::bigint)
      and (${filter.reason ?? null}::text is null or coalesce(r.reason, t.reason) = ${filter.reason ?? null}::text)
      and (${filter.arm ?? null}::int is null or r.arm = ${filter.arm ?? null}::int)
      and (${filter.batchSeq ?? null}::int is null or r.batch_seq = ${filter.batchSeq ?? null}::int)
      and (${filter.openid ?? null}::text is null or f.openid = ${filter.openid ?? null}::text)
    order by r.fan_id limit ${filter.limit + 1}`.execute(db)
  return toPage(rows, filter.limit, (row) => row.fan_id)
}

/** What every confirmed broadcast of the account did for one fan, newest first; an account has few hundred of them. */
export async function listForFan(db: Executor, accountId: string, fanId: string) {
  const { rows } = await sql<{
    broadcast_id: string
    name: string
    path: 'list' | 'tag' | 'all'
    state: DeliveryState
    reason: string | null
    at: Date | null
    batch_seq: number | null
    msg_id: string | null
  }>`
    select b.id as broadcast_id, b.name, g.path, r.batch_seq, coalesce(t.state, 'skipped') as state,
      coalesce(r.reason, t.reason) as reason, coalesce(t.accepted_at, t.finished_at, b.confirmed_at) as at, t.msg_id
    from broadcasts b
    join broadcast_recipients r on r.broadcast_id = b.id and r.fan_id = ${fanId}::bigint
    join broadcast_arms a on a.broadcast_id = b.id and a.number = r.arm join broadcast_groups g on g.id = a.group_id
    left join broadcast_batches t on t.broadcast_id = b.id and t.seq = r.batch_seq
    where b.account_id = ${accountId}::bigint and b.confirmed_at is not null
    order by b.id desc limit 200`.execute(db)
  return rows
}
