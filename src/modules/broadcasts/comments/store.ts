import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'

/** Comments are open to a reader as long as an article is; after a week hardly anybody writes one. */
const READ_FOR_HOURS = 7 * 24
const FIRST_AFTER_HOURS = 1

/** Has the comments of a delivered batch of articles read from an hour later on. */
export async function startReadingComments(trx: Executor, batchId: string, now: Date): Promise<void> {
  await sql`
    insert into comment_readings (batch_id, due_at, last_until)
    select t.id, ${now}::timestamptz + ${FIRST_AFTER_HOURS} * interval '1 hour',
      ${now}::timestamptz + ${READ_FOR_HOURS} * interval '1 hour'
    from broadcast_batches t join broadcast_arms b on b.broadcast_id = t.broadcast_id and b.number = t.arm
    where t.id = ${batchId}::bigint and t.msg_data_id is not null and b.frozen_content ->> 'kind' = 'articles'
    on conflict do nothing`.execute(trx)
}

export type Reading = {
  batchId: string
  broadcastId: string
  arm: number
  accountId: string
  accountName: string
  msgDataId: string
  rounds: number
  lastUntil: Date
  articles: { title: string; need_open_comment?: number }[]
}

/** Real time: a worker that died holds it no longer than this; reading twice is harmless. */
const HELD_MINUTES = 10

/** One batch whose comments are due, of an account that is not paused; put off while it is read. */
export async function claimReading(db: Executor, now: Date): Promise<Reading | undefined> {
  const { rows } = await sql<Reading>`${prepare}
    with due as (
      select r.batch_id from comment_readings r
        join broadcast_batches t on t.id = r.batch_id join accounts a on a.id = t.account_id
      where r.due_at <= ${now} and a.state = 'active'
      order by r.due_at limit 1 for update of r skip locked)
    update comment_readings r set due_at = ${now}::timestamptz + ${HELD_MINUTES} * interval '1 minute'
    from due, broadcast_batches t, broadcast_arms b, accounts a
    where r.batch_id = due.batch_id and t.id = r.batch_id and b.broadcast_id = t.broadcast_id and b.number = t.arm and a.id = t.account_id
    returning r.batch_id as "batchId", t.broadcast_id as "broadcastId", t.arm, a.id as "accountId", a.name as "accountName",
      t.msg_data_id as "msgDataId", r.rounds, r.last_until as "lastUntil", b.frozen_content -> 'articles' as articles`.execute(
    db,
  )
  return rows[0]
}

export async function putOffReading(
  db: Executor,
  batchId: string,
  { dueAt, rounds }: { dueAt: Date; rounds: number },
): Promise<void> {
  await sql`update comment_readings set due_at = ${dueAt}, rounds = ${rounds} where batch_id = ${batchId}::bigint`.execute(
    db,
  )
}

export async function endReading(db: Executor, batchId: string): Promise<void> {
  await sql`delete from comment_readings where batch_id = ${batchId}::bigint`.execute(db)
}

export async function nextReadingDue(
  db: Executor,
  now: Date,
): Promise<{ dueAt: Date | null; busy: boolean }> {
  const { rows } = await sql<{ due_at: Date | null; busy: boolean }>`
    select min(r.due_at) filter (where r.due_at > ${now}) as due_at, coalesce(bool_or(r.due_at <= ${now}), false) as busy
    from comment_readings r join broadcast_batches t on t.id = r.batch_id join accounts a on a.id = t.account_id
    where a.state = 'active'`.execute(db)
  return { dueAt: rows[0]?.due_at ?? null, busy: rows[0]?.busy ?? false }
}
