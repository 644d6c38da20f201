import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import type { DeliveryState } from '../../deliveries/schema.ts'
import type { Originality } from '../schema.ts'

export type BatchRow = {
  id: string
  broadcast_id: string
  account_id: string
  arm: number
  seq: number
  state: DeliveryState
  reason: string | null
  detail: Record<string, unknown> | null
  size: number
  attempt: number
  client_msg_id: string
  draft_media_id: string | null
  msg_id: string | null
  msg_data_id: string | null
  reserved_months: string[]
  reserved_day: string | null
  due_at: Date
  intent_at: Date | null
  accepted_at: Date | null
  finished_at: Date | null
  total_count: number | null
  filter_count: number | null
  sent_count: number | null
  error_count: number | null
  allow_reprint: boolean
  fence: string
}

const COLUMNS = sql`t.id, t.broadcast_id, t.account_id, t.arm, t.seq, t.state, t.reason, t.detail, t.size, t.attempt, t.client_msg_id,
  t.draft_media_id, t.msg_id, t.msg_data_id, to_jsonb(t.reserved_months) as reserved_months, t.reserved_day, t.due_at, t.intent_at,
  t.accepted_at, t.finished_at, t.total_count, t.filter_count, t.sent_count, t.error_count, t.allow_reprint, t.fence`

export type NewBatch = { arm: number; seq: number; size: number; clientMsgId: string; dueAt: Date }

/** One row per batch in one statement, however many. */
export async function insertBatches(
  trx: Executor,
  { broadcastId, accountId }: { broadcastId: string; accountId: string },
  batches: readonly NewBatch[],
): Promise<void> {
  const column = <K extends keyof NewBatch>(key: K) => batches.map((batch) => batch[key])
  await sql`insert into broadcast_batches (broadcast_id, account_id, arm, seq, size, client_msg_id, due_at)
    select ${broadcastId}::bigint, ${accountId}::bigint, arm, seq, size, key, due_at
    from unnest(${column('arm')}::smallint[], ${column('seq')}::int[], ${column('size')}::int[],
      ${column('clientMsgId')}::text[], ${column('dueAt')}::timestamptz[]) as u (arm, seq, size, key, due_at)`.execute(
    trx,
  )
}

/**
 * Claims the next batch that is due: planned or held ones of running arms, and ones in flight whose sender is gone. Only of accounts that may send, and never while sending is paused after a restore.
 */
export async function claimDueBatch(db: Executor, now: Date): Promise<BatchRow | undefined> {
  const { rows } = await sql<BatchRow>`${prepare}
    update broadcast_batches t set lease_until = clock_timestamp() + interval '60 seconds', fence = t.fence + 1
    where t.id = (
      select x.id from broadcast_batches x
      join broadcasts b on b.id = x.broadcast_id
      join broadcast_arms r on r.broadcast_id = x.broadcast_id and r.number = x.arm
      join accounts a on a.id = x.account_id
      where x.state in ('planned', 'held', 'sending') and x.due_at <= ${now}
        and (x.lease_until is null or x.lease_until < clock_timestamp())
        and ((b.state = 'running' and r.state = 'running')
          or (x.state = 'sending' and b.state in ('running', 'paused', 'cancelled', 'ended', 'failed')))
        and a.state = 'active' and not (select sending_paused from installation)
      order by (x.state = 'sending') desc, x.due_at, x.broadcast_id, x.seq
      limit 1 for update of x skip locked)
    returning ${COLUMNS}`.execute(db)
  return rows[0]
}

/** Keeps a claim alive while its holder waits for its turn; false when it was lost. */
export async function renewBatchLease(db: Executor, batch: BatchRow): Promise<boolean> {
  const { numAffectedRows } = await sql`update broadcast_batches
    set lease_until = clock_timestamp() + interval '60 seconds'
    where id = ${batch.id}::bigint and fence = ${batch.fence}::bigint`.execute(db)
  return numAffectedRows === 1n
}

export const releaseBatch = (db: Executor, batch: BatchRow) =>
  sql`update broadcast_batches set lease_until = null where id = ${batch.id}::bigint and fence = ${batch.fence}::bigint`.execute(
    db,
  )

/** Locks a claimed batch if the claim still holds: a worker that woke up late finds nothing to write to. */
export async function lockBatch(
  trx: Executor,
  claim: { id: string; fence: string },
): Promise<BatchRow | undefined> {
  const { rows } = await sql<BatchRow>`select ${COLUMNS} from broadcast_batches t
    where t.id = ${claim.id}::bigint and t.fence = ${claim.fence}::bigint for update`.execute(trx)
  return rows[0]
}

export async function findBatch(
  db: Executor,
  broadcastId: string,
  seq: number,
  lock = false,
): Promise<BatchRow | undefined> {
  const { rows } = await sql<BatchRow>`select ${COLUMNS} from broadcast_batches t
    where t.broadcast_id = ${broadcastId}::bigint and t.seq = ${seq} ${lock ? sql`for update` : sql``}`.execute(
    db,
  )
  return rows[0]
}

export type BatchChange = Partial<
  Omit<BatchRow, 'id' | 'broadcast_id' | 'account_id' | 'arm' | 'seq' | 'fence'>
>

/** Writes a change to a batch the caller has locked, and lets go of its lease. */
export async function changeBatch(trx: Executor, batchId: string, change: BatchChange): Promise<void> {
  const { detail, reserved_months, ...plain } = change
  await trx
    .updateTable('broadcast_batches')
    .set({
      ...plain,
      ...(detail !== undefined && { detail: detail === null ? null : JSON.stringify(detail) }),
      ...(reserved_months !== undefined && { reserved_months: sql`${reserved_months}::date[]` as never }),
      lease_until: null,
    })
    .where('id', '=', batchId)
    .execute()
}

/** Batches that still need their own copy of the draft, in order. */
export async function listUncopied(
  db: Executor,
  { broadcastId, number }: { broadcastId: string; number: number },
  limit: number,
): Promise<BatchRow[]> {
  const { rows } = await sql<BatchRow>`select ${COLUMNS} from broadcast_batches t
    where t.broadcast_id = ${broadcastId}::bigint and t.arm = ${number} and t.draft_media_id is null and t.state in ('planned', 'held')
    order by t.seq limit ${limit}`.execute(db)
  return rows
}

export const setDraftCopy = (trx: Executor, batchId: string, mediaId: string) =>
  trx.updateTable('broadcast_batches').set({ draft_media_id: mediaId }).where('id', '=', batchId).execute()

/** Waiting batches of an arm need copies anew; returns those they had. */
export async function forgetCopies(trx: Executor, part: Part): Promise<string[]> {
  const { rows } = await sql<{ media_id: string }>`
    with had as (select id, draft_media_id as media_id from broadcast_batches
      where ${ofArm(part)} and state in ('planned', 'held') and draft_media_id is not null for update)
    update broadcast_batches t set draft_media_id = null from had where t.id = had.id returning had.media_id`.execute(
    trx,
  )
  return rows.map((row) => row.media_id)
}

export async function listBatches(
  db: Executor,
  filter: {
    broadcastId: string
    arm?: number | undefined
    state?: DeliveryState | undefined
    cursor?: string | undefined
    limit: number
  },
): Promise<Page<BatchRow>> {
  const { rows } = await sql<BatchRow>`select ${COLUMNS} from broadcast_batches t
    where t.broadcast_id = ${filter.broadcastId}::bigint
      and (${filter.arm ?? null}::int is null or t.arm = ${filter.arm ?? null}::int)
      and (${filter.state ?? null}::text is null or t.state = ${filter.state ?? null}::text)
      and (${filter.cursor ?? null}::int is null or t.seq > ${filter.cursor ?? null}::int)
    order by t.seq limit ${filter.limit + 1}`.execute(db)
  return toPage(rows, filter.limit, (row) => String(row.seq))
}

/** Accepted batches whose result has arrived by callback, and ones settled by asking, which learn numbers and cause from it. */
export async function listWithResult(db: Executor, limit: number) {
  const { rows } = await sql<
    BatchRow & {
      status: string
      r_total: number | null
      r_filter: number | null
      r_sent: number | null
      r_error: number | null
      received_at: Date
      article_urls: unknown[]
      originality: Originality | null
    }
  >`
    select ${COLUMNS}, r.status, r.total_count as r_total, r.filter_count as r_filter, r.sent_count as r_sent,
      r.error_count as r_error, r.received_at, r.article_urls, r.originality
    from broadcast_batches t join mass_results r on r.account_id = t.account_id and r.msg_id = t.msg_id
    where t.state = 'accepted'
      or (t.state in ('delivered', 'unknown') and t.sent_count is null and t.reason is distinct from 'unknown_status')
      or (t.state = 'failed' and t.detail ? 'askedStatus')
    order by t.id limit ${limit}`.execute(db)
  return rows
}

/** Claims an accepted batch whose result is overdue, to ask the platform for it. */
export async function claimOverdueResult(db: Executor, now: Date): Promise<BatchRow | undefined> {
  const { rows } = await sql<BatchRow>`${prepare}
    update broadcast_batches t set lease_until = clock_timestamp() + interval '60 seconds', fence = t.fence + 1
    where t.id = (
      select x.id from broadcast_batches x join accounts a on a.id = x.account_id and a.state = 'active'
      where x.state = 'accepted' and x.due_at <= ${now} and (x.lease_until is null or x.lease_until < clock_timestamp())
      order by x.due_at limit 1 for update of x skip locked)
    returning ${COLUMNS}`.execute(db)
  return rows[0]
}

/** Claims a batch that ended without being sent and still has its copy of the draft. */
export async function claimUnusedDraft(db: Executor, now: Date): Promise<BatchRow | undefined> {
  const { rows } = await sql<BatchRow>`${prepare}
    update broadcast_batches t set lease_until = clock_timestamp() + interval '60 seconds', fence = t.fence + 1
    where t.id = (
      select x.id from broadcast_batches x join accounts a on a.id = x.account_id and a.state = 'active'
      where x.state in ('skipped', 'failed') and x.draft_media_id is not null and x.due_at <= ${now}
        and (x.lease_until is null or x.lease_until < clock_timestamp())
      order by x.id limit 1 for update of x skip locked)
    returning ${COLUMNS}`.execute(db)
  return rows[0]
}

type Part = Pick<BatchRow, 'broadcast_id' | 'arm'>
const ofArm = ({ broadcast_id, arm }: Part) => sql`broadcast_id = ${broadcast_id}::bigint and arm = ${arm}`

export async function anySubmitted(db: Executor, part: Part): Promise<boolean> {
  const { rows } = await sql`select 1 from broadcast_batches where ${ofArm(part)}
    and state in ('accepted', 'delivered', 'unknown') limit 1`.execute(db)
  return rows.length > 0
}

/** Whether any batch already counted this arm as one of the day's or month's sends: each arm is one of its own. */
export async function anyIntent(db: Executor, part: Part): Promise<boolean> {
  const { rows } = await sql`select 1 from broadcast_batches where ${ofArm(part)}
    and reserved_day is not null limit 1`.execute(db)
  return rows.length > 0
}

export async function anyOtherIntent(db: Executor, batch: BatchRow): Promise<boolean> {
  const { rows } = await sql`select 1 from broadcast_batches where ${ofArm(batch)}
    and id <> ${batch.id}::bigint and reserved_day is not null limit 1`.execute(db)
  return rows.length > 0
}

/** What is due when an arm is let go: its batches at their time. */
export const dueBatchesAt = (trx: Executor, part: Part, at: Date) =>
  sql`update broadcast_batches set due_at = ${at} where ${ofArm(part)} and state in ('planned', 'held')`.execute(
    trx,
  )

/** As if they had never been chosen; nothing of them has left. */
export const deleteBatches = (trx: Executor, broadcastId: string) =>
  trx.deleteFrom('broadcast_batches').where('broadcast_id', '=', broadcastId).execute()

/** Ends every batch of an arm that was not handed over yet; returns how many, and of how many people. */
export async function endWaitingBatches(
  trx: Executor,
  input: {
    broadcastId: string
    arm: number
    state: 'failed' | 'skipped'
    reason: string
    detail: Record<string, unknown> | null
    at: Date
  },
): Promise<{ batches: number; people: number }> {
  const { rows } = await sql<{ size: number }>`update broadcast_batches
    set state = ${input.state}, reason = ${input.reason}, finished_at = ${input.at}, lease_until = null, fence = fence + 1,
      months_to_book = nullif('{}'::date[], booked_months),
      detail = ${input.detail === null ? null : JSON.stringify(input.detail)}::jsonb
    where broadcast_id = ${input.broadcastId}::bigint and arm = ${input.arm} and state in ('planned', 'held')
    returning size`.execute(trx)
  return { batches: rows.length, people: rows.reduce((sum, row) => sum + row.size, 0) }
}

/** The earliest instant at which any batch wants attention, and whether one is in flight right now. */
export async function nextBatchDue(db: Executor, now: Date): Promise<{ dueAt: Date | null; busy: boolean }> {
  const { rows } = await sql<{ due_at: Date | null; busy: boolean }>`
    select min(t.due_at) filter (where t.due_at > ${now}) as due_at,
      coalesce(bool_or(t.due_at <= ${now} and t.state <> 'accepted'), false)
        or exists (select 1 from broadcasts where state = 'preparing')
        or exists (select 1 from broadcast_batches where months_to_book is not null) as busy
    from broadcast_batches t join broadcasts b on b.id = t.broadcast_id join accounts a on a.id = t.account_id
    join broadcast_arms r on r.broadcast_id = t.broadcast_id and r.number = t.arm
    where t.state in ('planned', 'held', 'sending', 'accepted') and a.state = 'active'
      and ((b.state = 'running' and r.state = 'running') or t.state in ('sending', 'accepted'))`.execute(db)
  return { dueAt: rows[0]?.due_at ?? null, busy: rows[0]?.busy ?? false }
}
