import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import { isDrainedSql } from '../../deliveries/index.ts'
import { type Basis, basis, type Counts, type RunState } from '../schema/shapes.ts'
import { countsFrom } from './campaigns.ts'

export type RunRow = {
  id: string
  campaignId: string
  version: number
  scheduledAt: Date
  state: RunState
  reason: string | null
  detail: Record<string, unknown> | null
  planned: number | null
  basis: Basis | null
  counts: Counts
  startedAt: Date | null
  finishedAt: Date | null
}

const COLUMNS = sql`r.id, r.campaign_id as "campaignId", r.version, r.scheduled_at as "scheduledAt", r.state, r.reason, r.detail,
  r.planned, r.basis, r.started_at as "startedAt", r.finished_at as "finishedAt",
  (select jsonb_object_agg(t.state, t.n) from (select d.state, sum(d.n) as n from delivery_tallies d
    join campaigns c on c.id = r.campaign_id and d.send_id = c.send_id
    where d.run_id = r.id group by d.state) t) as tallies`

type RawRow = Omit<RunRow, 'basis' | 'counts'> & {
  basis: unknown
  tallies: Partial<Record<keyof Counts, number>> | null
}
const present = ({ tallies, ...row }: RawRow): RunRow => ({
  ...row,
  basis: row.basis === null ? null : basis.parse(row.basis),
  counts: countsFrom(tallies ?? {}),
})

/** Newest first. */
export async function listRuns(
  db: Executor,
  { campaignId, cursor, limit }: { campaignId: string; cursor?: string | undefined; limit: number },
): Promise<Page<RunRow>> {
  const { rows } = await sql<RawRow>`select ${COLUMNS} from campaign_runs r
    where r.campaign_id = ${campaignId}::bigint
      and (${cursor ?? null}::bigint is null or r.id < ${cursor ?? null}::bigint)
    order by r.id desc limit ${limit + 1}`.execute(db)
  return toPage(rows.map(present), limit, (row) => row.id)
}

export async function findRun(
  db: Executor,
  { campaignId, runId, lock = false }: { campaignId: string; runId: string; lock?: boolean },
): Promise<RunRow | undefined> {
  const { rows } = await sql<RawRow>`select ${COLUMNS} from campaign_runs r
    where r.id = ${runId}::bigint and r.campaign_id = ${campaignId}::bigint
    ${lock ? sql`for update of r` : sql``}`.execute(db)
  return rows[0] === undefined ? undefined : present(rows[0])
}

export type NewRun = {
  scheduledAt: Date
  state: RunState
  reason?: string | null
  detail?: Record<string, unknown> | null
}

/** One row per time, however often it is asked. Returns how many are new. */
export async function insertRuns(
  trx: Executor,
  { campaignId, version, at }: { campaignId: string; version: number; at: Date },
  runs: readonly NewRun[],
): Promise<number> {
  if (runs.length === 0) return 0
  const { numAffectedRows } = await sql`
    insert into campaign_runs (campaign_id, version, scheduled_at, state, reason, detail, finished_at)
    select ${campaignId}::bigint, ${version}::int, u.scheduled_at, u.state, u.reason, u.detail,
      case when u.state = 'skipped' then ${at}::timestamptz end
    from unnest(${runs.map((run) => run.scheduledAt.toISOString())}::timestamptz[], ${runs.map((run) => run.state)}::text[],
      ${runs.map((run) => run.reason ?? null)}::text[],
      ${runs.map((run) => (run.detail ? JSON.stringify(run.detail) : null))}::jsonb[]) as u (scheduled_at, state, reason, detail)
    on conflict (campaign_id, scheduled_at) do nothing`.execute(trx)
  return Number(numAffectedRows ?? 0)
}

export type RunClaim = { id: string; campaignId: string; fence: number }

/** Real time. */
const LEASE_SECONDS = 300

/** A run whose time has come, for one worker; of one whose worker died, once its lease is over. Paused campaigns' runs wait. */
export async function claimRun(db: Executor): Promise<RunClaim | undefined> {
  const { rows } = await sql<RunClaim>`
    update campaign_runs set state = 'freezing', fence = fence + 1,
      lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}::int)
    where id = (
      select r.id from campaign_runs r join campaigns c on c.id = r.campaign_id
      where r.state in ('due', 'freezing') and (r.lease_until is null or r.lease_until < clock_timestamp())
        and c.state in ('preparing', 'running')
      order by r.scheduled_at, r.id limit 1 for update of r skip locked)
    returning id, campaign_id as "campaignId", fence`.execute(db)
  return rows[0]
}

/** The claimed run, if it is still this worker's; locked to the end of the transaction. */
export async function lockClaimed(trx: Executor, { id, fence }: RunClaim): Promise<RunRow | undefined> {
  const { rows } = await sql<RawRow>`select ${COLUMNS} from campaign_runs r
    where r.id = ${id}::bigint and r.fence = ${fence}::int and r.state = 'freezing' for update of r`.execute(
    trx,
  )
  return rows[0] === undefined ? undefined : present(rows[0])
}

/** Looks at it again, `inSeconds` of real time from now. */
export const releaseRun = (db: Executor, { id, fence }: RunClaim, inSeconds: number) =>
  sql`update campaign_runs set state = 'due', lease_until = clock_timestamp() + make_interval(secs => ${inSeconds}::int)
    where id = ${id}::bigint and fence = ${fence}::int and state = 'freezing'`.execute(db)

export type RunChanges = Partial<{
  state: RunState
  reason: string | null
  detail: Record<string, unknown> | null
  planned: number
  basis: Basis | null
  started_at: Date
  finished_at: Date | null
  lease_until: Date | null
}>

export async function changeRun(trx: Executor, runId: string, changes: RunChanges): Promise<void> {
  const { detail, basis: made, ...rest } = changes
  await trx
    .updateTable('campaign_runs')
    .set({
      ...rest,
      ...(detail !== undefined && { detail: detail === null ? null : JSON.stringify(detail) }),
      ...(made !== undefined && { basis: made === null ? null : JSON.stringify(made) }),
    })
    .where('id', '=', runId)
    .execute()
}

/** Runs that wait for anything are called off. */
export const callOffRuns = (trx: Executor, campaignId: string, reason: string, at: Date) =>
  sql`update campaign_runs set state = 'skipped', reason = ${reason}, finished_at = ${at}::timestamptz, lease_until = null,
    fence = fence + 1
    where campaign_id = ${campaignId}::bigint and state in ('due', 'asking', 'freezing')`.execute(trx)

/** Runs under way of which nothing is to be sent or in flight any more. */
export async function listDrained(db: Executor, most: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select r.id from campaign_runs r join campaigns c on c.id = r.campaign_id
    where r.state = 'running' and c.send_id is not null and c.state in ('running', 'ended', 'preparing')
      and ${isDrainedSql(sql`c.send_id`, sql`r.id`)}
    order by r.id limit ${most}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Whether any of its runs is still to come to an end. */
export async function hasOpenRuns(db: Executor, campaignId: string): Promise<boolean> {
  const { rows } = await sql`select from campaign_runs
    where campaign_id = ${campaignId}::bigint and state in ('due', 'asking', 'freezing', 'running') limit 1`.execute(
    db,
  )
  return rows.length > 0
}
