import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import type { Due } from '../../manifest.ts'
import type { Withdrawal } from '../schema/withdraw.ts'

/** Records of a send, and what of them: 0 is the whole message. */
export type Target = { accountId: string; broadcastId: string; arms: readonly number[]; article: number }

/** Deletions that are needed: a message that is gone whole, or on its way, needs none for an article of it. */
const missing = ({ broadcastId, arms, article }: Target) => sql`
  t.broadcast_id = ${broadcastId}::bigint and t.arm = any(${[...arms]}::smallint[]) and t.state = 'delivered'
  and t.msg_id is not null and not exists (
    select 1 from withdrawals w where w.batch_id = t.id and w.article in (0, ${article}::smallint) and w.state <> 'failed')`

/** Has them deleted at WeChat; asking again adds only what failed or was never asked. Returns how many there are to make. */
export async function askWithdrawals(
  trx: Executor,
  target: Target,
  { at, by }: { at: Date; by: string | null },
): Promise<number> {
  // the whole message takes its articles along
  if (target.article === 0)
    await sql`delete from withdrawals where broadcast_id = ${target.broadcastId}::bigint
      and arm = any(${[...target.arms]}::smallint[]) and article > 0 and state <> 'done'`.execute(trx)
  const { numAffectedRows } = await sql`
    insert into withdrawals as w (batch_id, article, account_id, broadcast_id, arm, asked_at, asked_by, due_at)
    select t.id, ${target.article}::smallint, t.account_id, t.broadcast_id, t.arm, ${at}::timestamptz, ${by}::bigint, ${at}::timestamptz
    from broadcast_batches t where ${missing(target)}
    on conflict (batch_id, article) do update set state = 'waiting', errcode = null, asked_at = excluded.asked_at,
      asked_by = excluded.asked_by, due_at = excluded.due_at, ended_at = null, lease_until = null`.execute(
    trx,
  )
  return Number(numAffectedRows ?? 0)
}

export async function planWithdrawals(
  db: Executor,
  target: Target,
  today: Date,
): Promise<{ deletions: number; already: number; unreachable: number; usedToday: number; waiting: number }> {
  const { rows } = await sql<{
    deletions: number
    sent: number
    unreachable: number
    used_today: number
    waiting: number
  }>`
    select (select count(*)::int from broadcast_batches t where ${missing(target)}) as deletions,
      count(*) filter (where t.msg_id is not null)::int as sent, count(*) filter (where t.msg_id is null)::int as unreachable,
      (select count(*)::int from withdrawals w where w.account_id = ${target.accountId}::bigint and w.called_at >= ${today}) as used_today,
      (select count(*)::int from withdrawals w where w.account_id = ${target.accountId}::bigint and w.state = 'waiting') as waiting
    from broadcast_batches t where t.broadcast_id = ${target.broadcastId}::bigint and t.arm = any(${[...target.arms]}::smallint[])
      and t.state = 'delivered'`.execute(db)
  const { deletions = 0, sent = 0, unreachable = 0, used_today = 0, waiting = 0 } = rows[0] ?? {}
  return { deletions, already: sent - deletions, unreachable, usedToday: used_today, waiting }
}

export type WithdrawalClaim = {
  batchId: string
  article: number
  accountId: string
  broadcastId: string
  arm: number
  msgId: string
  fence: string
  /** It was asked for before and nobody wrote down what became of it. */
  repeated: boolean
}

/** Claims the next deletion that is due, of an account that isn't paused; the lease is real time. */
export async function claimWithdrawal(db: Executor, now: Date): Promise<WithdrawalClaim | undefined> {
  const { rows } = await sql<WithdrawalClaim>`${prepare}
    with due as (
      select w.batch_id, w.article, w.called_at, t.msg_id from withdrawals w join accounts a on a.id = w.account_id
        join broadcast_batches t on t.id = w.batch_id
      where w.state = 'waiting' and w.due_at <= ${now} and (w.lease_until is null or w.lease_until < clock_timestamp())
        and a.state = 'active' and t.msg_id is not null
      order by w.due_at, w.asked_at, w.batch_id, w.article limit 1 for update of w skip locked)
    update withdrawals w set lease_until = clock_timestamp() + interval '1 minute', fence = w.fence + 1, called_at = ${now}
    from due where w.batch_id = due.batch_id and w.article = due.article
    returning w.batch_id as "batchId", w.article, w.account_id as "accountId", w.broadcast_id as "broadcastId", w.arm,
      due.msg_id as "msgId", w.fence, due.called_at is not null as repeated`.execute(db)
  return rows[0]
}

const held = ({ batchId, article, fence }: WithdrawalClaim) => sql`batch_id = ${batchId}::bigint
  and article = ${article}::smallint and fence = ${fence}::bigint and state = 'waiting'`

export type Outcome = { state: 'done' | 'failed'; errcode: number | null }

/** Writes what became of a deletion, if the claim still holds; false where somebody else took over. */
export async function endWithdrawal(
  trx: Executor,
  claim: WithdrawalClaim,
  { state, errcode }: Outcome,
  at: Date,
): Promise<boolean> {
  const { numAffectedRows } =
    await sql`update withdrawals set state = ${state}, errcode = ${errcode}, ended_at = ${at},
    lease_until = null where ${held(claim)}`.execute(trx)
  return numAffectedRows === 1n
}

/** Tried again later. `refused`: WeChat surely did nothing, so it is a first call again. */
export const putOffWithdrawal = (
  trx: Executor,
  claim: WithdrawalClaim,
  { dueAt, refused, errcode }: { dueAt: Date; refused: boolean; errcode: number | null },
) =>
  sql`update withdrawals set due_at = ${dueAt}, lease_until = null, errcode = ${errcode},
    called_at = case when ${refused} then null else called_at end where ${held(claim)}`.execute(trx)

/** The day's deletions of an account are used up: everything of it waits. */
export const putOffAccount = (trx: Executor, accountId: string, dueAt: Date) =>
  sql`update withdrawals set due_at = ${dueAt} where account_id = ${accountId}::bigint and state = 'waiting'
    and due_at < ${dueAt}`.execute(trx)

/** Each record of these sends that was taken offline, whole first. */
export async function withdrawalsOf(
  db: Executor,
  broadcastIds: readonly string[],
): Promise<{ broadcastId: string; arm: number; withdrawal: Withdrawal }[]> {
  if (broadcastIds.length === 0) return []
  const { rows } = await sql<{
    broadcast_id: string
    arm: number
    article: number
    total: number
    done: number
    waiting: number
    failed: number
    asked_at: Date
    next_at: Date | null
    ended_at: Date | null
    codes: (number | null)[] | null
  }>`
    select broadcast_id, arm, article, count(*)::int as total, count(*) filter (where state = 'done')::int as done,
      count(*) filter (where state = 'waiting')::int as waiting, count(*) filter (where state = 'failed')::int as failed,
      max(asked_at) as asked_at, min(due_at) filter (where state = 'waiting') as next_at, max(ended_at) as ended_at,
      jsonb_agg(errcode) filter (where state = 'failed') as codes
    from withdrawals where broadcast_id = any(${[...broadcastIds]}::bigint[])
    group by broadcast_id, arm, article order by broadcast_id, arm, article`.execute(db)
  return rows.map((row) => ({
    broadcastId: row.broadcast_id,
    arm: row.arm,
    withdrawal: {
      article: row.article === 0 ? null : row.article,
      state: row.waiting > 0 ? 'running' : row.failed > 0 ? 'incomplete' : 'done',
      total: row.total,
      done: row.done,
      waiting: row.waiting,
      failed: row.failed,
      failures: [...Map.groupBy(row.codes ?? [], (code) => code)].map(([errcode, all]) => ({
        errcode,
        count: all.length,
      })),
      askedAt: row.asked_at.toISOString(),
      nextAt: row.next_at?.toISOString() ?? null,
      endedAt: row.ended_at?.toISOString() ?? null,
    },
  }))
}

export async function nextWithdrawalDue(db: Executor, now: Date): Promise<Due> {
  const { rows } = await sql<{ due_at: Date | null; busy: boolean | null }>`
    select min(w.due_at) filter (where w.due_at > ${now}) as due_at, bool_or(w.due_at <= ${now}) as busy
    from withdrawals w join accounts a on a.id = w.account_id where w.state = 'waiting' and a.state = 'active'`.execute(
    db,
  )
  return { dueAt: rows[0]?.due_at ?? null, busy: rows[0]?.busy ?? false }
}
