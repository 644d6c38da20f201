import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { Activity, CampaignGroup } from './schema.ts'

type Scope = readonly string[] | null
export type Fields = { name: string; goal: string; startsOn: string | null; endsOn: string | null }
/** Enough for every installation we can think of; the picker and the page show them all. */
const MOST = 1_000

type Row = {
  id: string
  name: string
  goal: string
  starts_on: string | null
  ends_on: string | null
  archived_at: Date | null
  created_at: Date
}

export async function selectActivities(
  db: Executor,
  { archived, scope }: { archived: boolean; scope: Scope },
): Promise<Activity[]> {
  const { rows } = await sql<Row & { broadcasts: string; campaigns: string }>`
    select a.*, coalesce(w.broadcasts, 0) as broadcasts, coalesce(w.campaigns, 0) as campaigns
    from activities a left join (
      select activity_id, count(*) filter (where kind = 'broadcast') as broadcasts,
        count(*) filter (where kind <> 'broadcast') as campaigns
      from activity_work where ${scope === null ? sql`true` : sql`account_id = any(${[...scope]}::bigint[])`}
      group by activity_id) w on w.activity_id = a.id
    where ${archived} or a.archived_at is null
    order by a.archived_at is not null, a.id desc limit ${MOST}`.execute(db)
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    goal: row.goal,
    startsOn: row.starts_on,
    endsOn: row.ends_on,
    archived: row.archived_at !== null,
    createdAt: row.created_at.toISOString(),
    broadcasts: Number(row.broadcasts),
    campaigns: Number(row.campaigns),
  }))
}

export const findActivity = (db: Executor, id: string) =>
  db.selectFrom('activities').selectAll().where('id', '=', id).executeTakeFirst()

export async function insertActivity(
  trx: Executor,
  { name, goal, startsOn, endsOn, by, at }: Fields & { by: string | null; at: Date },
): Promise<string> {
  const row = await trx
    .insertInto('activities')
    .values({ name, goal, starts_on: startsOn, ends_on: endsOn, created_by: by, created_at: at })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export const updateActivity = (
  trx: Executor,
  id: string,
  { name, goal, startsOn, endsOn, archivedAt }: Fields & { archivedAt: Date | null },
) =>
  trx
    .updateTable('activities')
    .set({ name, goal, starts_on: startsOn, ends_on: endsOn, archived_at: archivedAt })
    .where('id', '=', id)
    .execute()

/** Of any account: what is filed must not lose its label because somebody can't see it. */
export async function countFiled(db: Executor, activityId: string): Promise<number> {
  const { rows } = await sql<{ n: string }>`
    select count(*) as n from activity_work where activity_id = ${activityId}::bigint`.execute(db)
  return Number(rows[0]?.n ?? 0)
}

export const deleteActivity = (trx: Executor, id: string) =>
  trx.deleteFrom('activities').where('id', '=', id).execute()

export async function selectGroups(db: Executor, scope: Scope): Promise<CampaignGroup[]> {
  const { rows } = await sql<{ id: string; name: string; campaigns: string }>`
    select g.id, g.name, (select count(*) from campaigns c where c.group_id = g.id
      and ${scope === null ? sql`true` : sql`c.account_id = any(${[...scope]}::bigint[])`}) as campaigns
    from campaign_groups g order by g.name limit ${MOST}`.execute(db)
  return rows.map((row) => ({ ...row, campaigns: Number(row.campaigns) }))
}

export const findGroup = (db: Executor, id: string) =>
  db.selectFrom('campaign_groups').selectAll().where('id', '=', id).executeTakeFirst()

export async function insertGroup(trx: Executor, name: string, at: Date): Promise<string> {
  const row = await trx
    .insertInto('campaign_groups')
    .values({ name, created_at: at })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export const renameGroup = (trx: Executor, id: string, name: string) =>
  trx.updateTable('campaign_groups').set({ name }).where('id', '=', id).execute()

export const deleteGroup = (trx: Executor, id: string) =>
  trx.deleteFrom('campaign_groups').where('id', '=', id).execute()
