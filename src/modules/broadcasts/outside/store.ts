import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import type { OutsideReach, OutsideSend, OutsideState, OutsideSuspect } from '../schema/outside.ts'

export type OutsideRow = {
  id: string
  account_id: string
  source: OutsideSend['source']
  msg_id: string | null
  msg_data_id: string | null
  at: Date
  name: string
  people: number | null
  state: OutsideState
  reach: OutsideReach | null
  reach_name: string | null
  problem: string | null
  frozen_at: Date | null
  to_charge: number | null
  charged_through: string
  charged: number
  counted_day: string | null
  counted_people: number
  own_broadcast_id: string | null
  own_seq: number | null
  decided_at: Date | null
}

const COLUMNS = sql`o.id, o.account_id, o.source, o.msg_id, o.msg_data_id, o.at, o.name, o.people, o.state, o.reach, o.reach_name,
  o.problem, o.frozen_at, o.to_charge, o.charged_through, o.charged, o.counted_day::text as counted_day, o.counted_people,
  o.own_broadcast_id, o.own_seq, o.decided_at`

export type NewOutside = {
  accountId: string
  source: OutsideRow['source']
  at: Date
  now: Date
  msgId?: string | undefined
  msgDataId?: string | undefined
  name?: string | undefined
  people?: number | null | undefined
  createdBy?: string | null | undefined
}

/** Undefined where it is known already: told again, by another worker, or by its figures. */
export async function insertOutside(trx: Executor, send: NewOutside): Promise<OutsideRow | undefined> {
  const { rows } = await sql<OutsideRow>`
    insert into outside_sends as o (account_id, source, at, msg_id, msg_data_id, name, people, created_by, created_at)
    values (${send.accountId}::bigint, ${send.source}, ${send.at}, ${send.msgId ?? null}, ${send.msgDataId ?? null},
      ${send.name ?? ''}, ${send.people ?? null}, ${send.createdBy ?? null}::bigint, ${send.now})
    on conflict do nothing returning ${COLUMNS}`.execute(trx)
  return rows[0]
}

type Key = { accountId: string; outsideSendId: string }
const byKey = ({ accountId, outsideSendId }: Key) =>
  sql`o.account_id = ${accountId}::bigint and o.id = ${outsideSendId}::bigint`

export async function findOutside(db: Executor, key: Key, lock = false): Promise<OutsideRow | undefined> {
  const { rows } = await sql<OutsideRow>`select ${COLUMNS} from outside_sends o where ${byKey(key)}
    ${lock ? sql`for update` : sql``}`.execute(db)
  return rows[0]
}

export async function listOutside(
  db: Executor,
  filter: {
    accountId: string
    state?: 'open' | 'decided' | undefined
    cursor?: string | undefined
    limit: number
  },
): Promise<Page<OutsideRow>> {
  const { rows } = await sql<OutsideRow>`select ${COLUMNS} from outside_sends o
    where o.account_id = ${filter.accountId}::bigint
      and (${filter.state ?? null}::text is null or (o.state = 'open') = (${filter.state ?? null}::text = 'open'))
      and (${filter.cursor ?? null}::bigint is null or (o.at, o.id) < (select at, id from outside_sends where id = ${filter.cursor ?? null}::bigint))
    order by o.at desc, o.id desc limit ${filter.limit + 1}`.execute(db)
  return toPage(rows, filter.limit, (row) => row.id)
}

export type OutsideChange = Partial<{
  state: OutsideState
  reach: OutsideReach | null
  reach_name: string | null
  problem: string | null
  name: string
  msg_data_id: string
  people: number | null
  frozen_at: Date | null
  to_charge: number | null
  charged_through: string
  charged: number
  counted_day: string | null
  counted_people: number
  own_broadcast_id: string
  own_seq: number
  decided_by: string | null
  decided_at: Date | null
}>

export async function changeOutside(trx: Executor, id: string, change: OutsideChange): Promise<void> {
  const { reach, ...plain } = change
  await trx
    .updateTable('outside_sends')
    .set({
      ...plain,
      ...(reach !== undefined && { reach: reach === null ? null : JSON.stringify(reach) }),
    })
    .where('id', '=', id)
    .execute()
}

/** Sends of these rows that have something left to charge or to give back, the oldest first. */
export async function findWork(
  db: Executor,
  month: Date,
): Promise<Pick<OutsideRow, 'id' | 'account_id'> | undefined> {
  const { rows } = await sql<Pick<OutsideRow, 'id' | 'account_id'>>`
    select o.id, o.account_id from outside_sends o
    where o.state in ('charging', 'undoing') or (o.state = 'charged' and o.at < ${month}
      and exists (select from outside_send_fans f where f.outside_send_id = o.id))
    order by (o.state in ('charging', 'undoing')) desc, o.id limit 1`.execute(db)
  return rows[0]
}

const HOURS = (hours: number) => hours * 3_600_000
/** A job may wait for an administrator and for its turn; nobody documents for how long. */
const JOB_MS = HOURS(24)
/** Clocks of theirs and ours. */
const APART_MS = 60_000

/** When a batch of ours would have been handed over, were this send the one. */
const spanOf = ({ at, source }: Pick<OutsideRow, 'at' | 'source'>) => ({
  from: new Date(at.getTime() - JOB_MS),
  until: new Date(at.getTime() + (source === 'statistics' ? HOURS(24) : APART_MS)),
})

type Batch = Omit<OutsideSuspect, 'intentAt'> & { intentAt: Date }

/** Batches of the account of about that time whose job nobody could name: what became of them is unknown, or was said by hand. */
export async function suspectsOf(
  db: Executor,
  row: Pick<OutsideRow, 'account_id' | 'at' | 'source' | 'state'>,
): Promise<Batch[]> {
  if (row.state !== 'open') return []
  const { from, until } = spanOf(row)
  const nameless = row.source === 'statistics' ? sql`t.msg_data_id is null` : sql`t.msg_id is null`
  const { rows } = await sql<Batch>`
    select t.broadcast_id as "broadcastId", b.name, t.seq, t.size, t.intent_at as "intentAt",
      case when t.state in ('sending', 'unknown') then 'unknown' else t.reason end as state,
      t.state in ('unknown', 'delivered') as "canLink"
    from broadcast_batches t join broadcasts b on b.id = t.broadcast_id
    where t.account_id = ${row.account_id}::bigint and t.msg_id is null and ${nameless}
      and t.intent_at between ${from} and ${until}
      and (t.state in ('sending', 'unknown') or t.reason in ('marked_sent', 'marked_not_sent'))
    order by t.intent_at desc, t.seq limit 20`.execute(db)
  return rows
}

/** Whether a batch handed over around then still waits for its own answer: it will know by itself. */
export const awaitsAnswer = (accountId: RawBuilder<unknown>, at: RawBuilder<unknown>) =>
  sql<boolean>`exists (select from broadcast_batches t where t.account_id = ${accountId} and t.msg_id is null
    and t.state = 'sending' and t.intent_at between (${at}) - interval '24 hours' and (${at}) + interval '1 minute')`
