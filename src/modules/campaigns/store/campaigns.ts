import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import { releaseMaterials } from '../../contents/index.ts'
import { type CampaignKind, type Plan, plan } from '../schema/plan.ts'
import {
  type CampaignState,
  type Counts,
  type Preflight,
  preflight,
  type TriggerKind,
} from '../schema/shapes.ts'
import { holdMaterialsOf } from './uses.ts'

type Named = { id: string; name: string }

export type CampaignRow = {
  id: string
  accountId: string
  accountName: string
  kind: CampaignKind
  name: string
  state: CampaignState
  activity: Named | null
  group: Named | null
  plan: Plan
  revision: number
  version: number
  sendId: string | null
  segmentId: string | null
  ratePerMinute: number | null
  preflight: Preflight | null
  counts: Counts
  waiting: number
  asking: number
  dueAt: Date | null
  startsAt: Date | null
  endsAt: Date | null
  pauseReason: string | null
  pauseDetail: Record<string, unknown> | null
  failureReason: string | null
  failureDetail: Record<string, unknown> | null
  createdByName: string | null
  startedByName: string | null
  createdAt: Date
  updatedAt: Date
  startedAt: Date | null
  endedAt: Date | null
}

const COLUMNS = sql`c.id, c.account_id as "accountId", a.name as "accountName", c.kind, c.name, c.state, c.plan, c.revision, c.version,
  c.send_id as "sendId", c.segment_id as "segmentId", s.rate_per_minute as "ratePerMinute", c.preflight, c.due_at as "dueAt",
  c.starts_at as "startsAt", c.ends_at as "endsAt", c.pause_reason as "pauseReason", c.pause_detail as "pauseDetail",
  c.failure_reason as "failureReason", c.failure_detail as "failureDetail", c.created_at as "createdAt",
  c.updated_at as "updatedAt", c.started_at as "startedAt", c.ended_at as "endedAt",
  o.name as "createdByName", b.name as "startedByName",
  case when v.id is not null then jsonb_build_object('id', v.id::text, 'name', v.name) end as activity,
  case when g.id is not null then jsonb_build_object('id', g.id::text, 'name', g.name) end as "group",
  (select jsonb_object_agg(t.state, t.n) from (select state, sum(n) as n from delivery_tallies
    where send_id = c.send_id group by state) t) as tallies,
  (select coalesce(sum(w.n), 0)::int from campaign_wait_hours w where w.campaign_id = c.id) as waiting,
  (select count(*)::int from campaign_runs r where r.campaign_id = c.id and r.state = 'asking') as asking`

const SOURCE = sql`from campaigns c join accounts a on a.id = c.account_id
  left join sends s on s.id = c.send_id
  left join operators o on o.id = c.created_by left join operators b on b.id = c.started_by
  left join activities v on v.id = c.activity_id left join campaign_groups g on g.id = c.group_id`

type RawRow = Omit<CampaignRow, 'plan' | 'preflight' | 'counts'> & {
  plan: unknown
  preflight: unknown
  tallies: Partial<Record<keyof Counts, number>> | null
}

const present = ({ tallies, ...row }: RawRow): CampaignRow => ({
  ...row,
  plan: plan.parse(row.plan),
  preflight: row.preflight === null ? null : preflight.parse(row.preflight),
  counts: countsFrom(tallies ?? {}),
})

export const countsFrom = (found: Partial<Record<keyof Counts, number | string>>): Counts => ({
  planned: Number(found.planned ?? 0),
  held: Number(found.held ?? 0),
  sending: Number(found.sending ?? 0),
  accepted: Number(found.accepted ?? 0),
  delivered: Number(found.delivered ?? 0),
  failed: Number(found.failed ?? 0),
  unknown: Number(found.unknown ?? 0),
  skipped: Number(found.skipped ?? 0),
})

export type CampaignFilter = {
  /** Accounts the caller may see; null: all. */
  scope: readonly string[] | null
  accountId?: string | undefined
  kind?: CampaignKind | undefined
  state?: readonly string[] | undefined
  trigger?: TriggerKind | undefined
  groupId?: string | undefined
  activityId?: string | undefined
  q?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** Newest first. */
export async function listCampaigns(db: Executor, filter: CampaignFilter): Promise<Page<CampaignRow>> {
  const { scope, state, q } = filter
  const where = [
    scope !== null && sql`c.account_id = any(${[...scope]}::bigint[])`,
    filter.accountId !== undefined && sql`c.account_id = ${filter.accountId}::bigint`,
    filter.kind !== undefined && sql`c.kind = ${filter.kind}`,
    state !== undefined && state.length > 0 && sql`c.state = any(${[...state]}::text[])`,
    filter.trigger !== undefined && sql`c.plan #>> '{trigger,kind}' = ${filter.trigger}::text`,
    filter.groupId !== undefined && sql`c.group_id = ${filter.groupId}::bigint`,
    filter.activityId !== undefined && sql`c.activity_id = ${filter.activityId}::bigint`,
    q !== undefined &&
      q !== '' &&
      sql`(strpos(lower(c.name), lower(${q}::text)) > 0 or c.id::text = ${q}::text)`,
    filter.cursor !== undefined && sql`c.id < ${filter.cursor}::bigint`,
  ].filter((one) => one !== false)
  const { rows } = await sql<RawRow>`select ${COLUMNS} ${SOURCE}
    where ${where.length === 0 ? sql`true` : sql.join(where, sql` and `)}
    order by c.id desc limit ${filter.limit + 1}`.execute(db)
  return toPage(rows.map(present), filter.limit, (row) => row.id)
}

export type CampaignKey = { accountId: string; campaignId: string }

export async function findCampaign(
  db: Executor,
  { accountId, campaignId, lock = false }: CampaignKey & { lock?: boolean },
): Promise<CampaignRow | undefined> {
  const { rows } = await sql<RawRow>`select ${COLUMNS} ${SOURCE}
    where c.id = ${campaignId}::bigint and c.account_id = ${accountId}::bigint
    ${lock ? sql`for update of c` : sql``}`.execute(db)
  return rows[0] === undefined ? undefined : present(rows[0])
}

/** For the worker, which knows only the id. */
export async function readCampaign(db: Executor, campaignId: string): Promise<CampaignRow | undefined> {
  const { rows } = await sql<RawRow>`select ${COLUMNS} ${SOURCE} where c.id = ${campaignId}::bigint`.execute(
    db,
  )
  return rows[0] === undefined ? undefined : present(rows[0])
}

/** The same, locked. */
export async function lockCampaign(trx: Executor, campaignId: string): Promise<CampaignRow | undefined> {
  const { rows } = await sql<RawRow>`select ${COLUMNS} ${SOURCE}
    where c.id = ${campaignId}::bigint for update of c`.execute(trx)
  return rows[0] === undefined ? undefined : present(rows[0])
}

/** What a chunk of work needs to know of a campaign, which can't be ended meanwhile. */
export async function holdCampaign(
  trx: Executor,
  campaignId: string,
): Promise<
  { accountId: string; state: CampaignState; sendId: string | null; segmentId: string | null } | undefined
> {
  const { rows } = await sql<{
    accountId: string
    state: CampaignState
    sendId: string | null
    segmentId: string | null
  }>`select account_id as "accountId", state, send_id as "sendId", segment_id as "segmentId" from campaigns
    where id = ${campaignId}::bigint for share`.execute(trx)
  return rows[0]
}

export type NewCampaign = {
  accountId: string
  kind: CampaignKind
  name: string
  activityId: string | null
  groupId: string | null
  plan: Plan
  createdBy: string | null
  at: Date
}

export async function insertCampaign(db: Executor, row: NewCampaign): Promise<string> {
  const { id } = await db
    .insertInto('campaigns')
    .values({
      account_id: row.accountId,
      kind: row.kind,
      name: row.name,
      activity_id: row.activityId,
      group_id: row.groupId,
      plan: JSON.stringify(row.plan),
      created_by: row.createdBy,
      created_at: row.at,
      updated_at: row.at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await holdMaterialsOf(db, id)
  return id
}

export type Changes = Partial<{
  name: string
  state: CampaignState
  activity_id: string | null
  group_id: string | null
  plan: Plan
  revision: number
  version: number
  send_id: string | null
  segment_id: string | null
  preflight: Preflight | null
  due_at: Date | null
  starts_at: Date | null
  ends_at: Date | null
  pause_reason: string | null
  pause_detail: Record<string, unknown> | null
  failure_reason: string | null
  failure_detail: Record<string, unknown> | null
  started_by: string | null
  started_at: Date | null
  ended_at: Date | null
  close_after: string | null
  drop_waits: boolean
}>

const json = (value: unknown) => (value === null ? null : JSON.stringify(value))

/** Writes a campaign the caller has locked. */
export async function changeCampaign(trx: Executor, id: string, at: Date, changes: Changes): Promise<void> {
  const { plan: changedPlan, preflight: changedPreflight, pause_detail, failure_detail, ...rest } = changes
  await trx
    .updateTable('campaigns')
    .set({
      ...rest,
      updated_at: at,
      ...(changedPlan !== undefined && { plan: JSON.stringify(changedPlan) }),
      ...(changedPreflight !== undefined && { preflight: json(changedPreflight) }),
      ...(pause_detail !== undefined && { pause_detail: json(pause_detail) }),
      ...(failure_detail !== undefined && { failure_detail: json(failure_detail) }),
    })
    .where('id', '=', id)
    .execute()
  if (changes.name ?? changes.state ?? changedPlan) await holdMaterialsOf(trx, id)
}

export async function deleteCampaign(trx: Executor, id: string): Promise<void> {
  await trx.deleteFrom('campaigns').where('id', '=', id).execute()
  await releaseMaterials(trx, { kind: 'campaign', id })
}

/** Campaigns that wait for events and are not ready for them yet. */
export async function listPreparing(db: Executor, most: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from campaigns
    where state = 'preparing' and plan #>> '{trigger,kind}' in ('event', 'event-not') order by id limit ${most}`.execute(
    db,
  )
  return rows.map(({ id }) => id)
}

/** Campaigns under way whose events are decided by crowds as stored, of which one was computed and isn't kept yet. */
export async function listUnkept(db: Executor, most: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select distinct c.id from campaigns c
    join segment_uses u on u.user_kind = 'campaign' and u.user_id = c.id and u.active and u.snapshot_id is null
    join segments s on s.id = u.segment_id and s.update_kind not in ('live', 'daily') and s.current_snapshot_id is not null
    where c.state in ('scheduled', 'running', 'paused') and c.plan #>> '{trigger,check}' = 'stored'
    order by c.id limit ${most}`.execute(db)
  return rows.map(({ id }) => id)
}
