import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import type { RunView } from './schema.ts'

/** Real time: a run whose worker hasn't said anything for so long is anybody's. */
export const LEASE_SECONDS = 60
/** A job that isn't picked up within this is put into the queue again; a waiting one is replaced, not doubled. */
const REQUEUE_AFTER_SECONDS = 10

/** A run in the hands of one worker. `fence` tells its writes from those of a worker before it. */
export type Run = {
  id: string
  accountId: string | null
  kind: string
  payload: Record<string, unknown>
  /** Where to go on; empty at the start, then whatever the work last reported. */
  place: Record<string, unknown>
  done: number
  total: number | null
  fence: string
}

type NewRun = {
  accountId: string | null
  kind: string
  payload: Record<string, unknown>
  requestedBy: string | null
  at: Date
}

/** Undefined when one of this kind is waiting or running for the account. */
export async function insertRun(db: Executor, run: NewRun): Promise<string | undefined> {
  const row = await db
    .insertInto('background_runs')
    .values({
      account_id: run.accountId,
      kind: run.kind,
      payload: JSON.stringify(run.payload),
      requested_by: run.requestedBy,
      created_at: run.at,
    })
    .onConflict((oc) =>
      oc.columns(['account_id', 'kind']).where(sql<boolean>`state in ('queued', 'running')`).doNothing(),
    )
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

/** Takes a run that waits, or whose worker fell silent; undefined when it is over or in other hands. */
export async function claimRun(db: Executor, runId: string): Promise<Run | undefined> {
  const { rows } = await sql<ClaimedRow>`
    update background_runs
    set state = 'running', fence = fence + 1, lease_until = clock_timestamp() + ${LEASE_SECONDS} * interval '1 second'
    where id = ${runId}
      and (state = 'queued' or (state = 'running' and lease_until < clock_timestamp()))
    returning id, account_id, kind, payload, place, done, total, fence`.execute(db)
  const row = rows[0]
  return (
    row && {
      id: row.id,
      accountId: row.account_id,
      kind: row.kind,
      payload: row.payload,
      place: row.place,
      done: Number(row.done),
      total: row.total === null ? null : Number(row.total),
      fence: row.fence,
    }
  )
}

type ClaimedRow = {
  id: string
  account_id: string | null
  kind: string
  payload: Record<string, unknown>
  place: Record<string, unknown>
  done: string
  total: string | null
  fence: string
}

/** Each of these is false, and changes nothing, when the run is no longer in this worker's hands. */
export async function renewLease(db: Executor, run: Run): Promise<boolean> {
  return held(
    await sql`update background_runs
      set lease_until = clock_timestamp() + ${LEASE_SECONDS} * interval '1 second'
      where id = ${run.id} and fence = ${run.fence} and state = 'running'`.execute(db),
  )
}

export type Progress = { done: number; total?: number | null; place?: Record<string, unknown> }

export async function writeProgress(db: Executor, run: Run, progress: Progress): Promise<boolean> {
  const place = progress.place === undefined ? null : JSON.stringify(progress.place)
  return held(
    await sql`update background_runs
      set done = ${progress.done}, place = coalesce(${place}::jsonb, place),
        total = case when ${progress.total !== undefined} then ${progress.total ?? null}::bigint else total end,
        lease_until = clock_timestamp() + ${LEASE_SECONDS} * interval '1 second'
      where id = ${run.id} and fence = ${run.fence} and state = 'running'`.execute(db),
  )
}

export async function finishRun(
  db: Executor,
  run: Run,
  end: { at: Date; error?: { reason: string; detail: Record<string, unknown> } },
): Promise<boolean> {
  return held(
    await sql`update background_runs
      set state = ${end.error === undefined ? 'done' : 'failed'}, finished_at = ${end.at}, lease_until = null,
        error_reason = ${end.error?.reason ?? null}::text,
        error_detail = ${end.error === undefined ? null : JSON.stringify(end.error.detail)}::jsonb
      where id = ${run.id} and fence = ${run.fence} and state = 'running'`.execute(db),
  )
}

/** Gives a run back so that the next sweep of any worker hands it out again. */
export async function releaseRun(db: Executor, run: Run): Promise<boolean> {
  return held(
    await sql`update background_runs
      set state = 'queued', lease_until = null, enqueued_at = clock_timestamp() - interval '1 hour'
      where id = ${run.id} and fence = ${run.fence} and state = 'running'`.execute(db),
  )
}

/** Runs that nobody works on and that have no fresh job; marked as enqueued now. */
export async function takeForsakenRuns(db: Executor, limit: number): Promise<{ id: string; kind: string }[]> {
  const { rows } = await sql<{ id: string; kind: string }>`
    update background_runs set enqueued_at = clock_timestamp()
    where id in (
      select id from background_runs
      where state in ('queued', 'running')
        and (state = 'queued' or lease_until < clock_timestamp())
        and enqueued_at < clock_timestamp() - ${REQUEUE_AFTER_SECONDS} * interval '1 second'
      order by id limit ${limit} for update skip locked)
    returning id, kind`.execute(db)
  return rows
}

export async function selectLastDone(db: Executor, accountId: string, kind: string): Promise<Date | null> {
  const row = await db
    .selectFrom('background_runs')
    .select('finished_at')
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .where('state', '=', 'done')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.finished_at ?? null
}

export async function hasLiveRun(db: Executor): Promise<boolean> {
  const row = await db
    .selectFrom('background_runs')
    .select('id')
    .where(sql<boolean>`state in ('queued', 'running')`)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

const views = (db: Executor) =>
  db
    .selectFrom('background_runs as r')
    .leftJoin('operators as o', 'o.id', 'r.requested_by')
    .select([
      'r.id',
      'r.account_id',
      'r.kind',
      'r.state',
      'r.payload',
      'r.done',
      'r.total',
      'r.error_reason',
      'r.error_detail',
      'o.name as requested_by',
      'r.created_at',
      'r.finished_at',
    ])

export async function selectRun(db: Executor, runId: string): Promise<RunView | undefined> {
  const row = await views(db).where('r.id', '=', runId).executeTakeFirst()
  return row && present(row)
}

export async function selectLiveRun(
  db: Executor,
  accountId: string | null,
  kind: string,
): Promise<RunView | undefined> {
  const row = await views(db)
    .where('r.account_id', accountId === null ? 'is' : '=', accountId)
    .where('r.kind', '=', kind)
    .where(sql<boolean>`r.state in ('queued', 'running')`)
    .executeTakeFirst()
  return row && present(row)
}

type Filter = {
  accountId: string
  kind?: string | undefined
  state?: RunView['state'] | undefined
  cursor?: string | undefined
  limit: number
}

export async function selectRuns(db: Executor, filter: Filter): Promise<Page<RunView>> {
  let query = views(db).where('r.account_id', '=', filter.accountId).orderBy('r.id', 'desc')
  if (filter.kind !== undefined) query = query.where('r.kind', '=', filter.kind)
  if (filter.state !== undefined) query = query.where('r.state', '=', filter.state)
  if (filter.cursor !== undefined) query = query.where('r.id', '<', filter.cursor)
  const rows = await query.limit(filter.limit + 1).execute()
  return toPage(rows.map(present), filter.limit, (run) => run.id)
}

type ViewRow = Awaited<ReturnType<ReturnType<typeof views>['executeTakeFirstOrThrow']>>

const present = (row: ViewRow): RunView => ({
  id: row.id,
  accountId: row.account_id,
  kind: row.kind,
  state: row.state as RunView['state'],
  payload: row.payload as Record<string, unknown>,
  done: Number(row.done),
  total: row.total === null ? null : Number(row.total),
  error:
    row.error_reason === null
      ? null
      : { reason: row.error_reason, detail: (row.error_detail ?? {}) as Record<string, unknown> },
  requestedBy: row.requested_by,
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
})

const held = (result: { numAffectedRows?: bigint | undefined }): boolean =>
  (result.numAffectedRows ?? 0n) > 0n
