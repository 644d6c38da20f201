import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { type Plan, plan } from '../schema/plan.ts'

export type VersionRow = {
  version: number
  plan: Plan
  pinned: Record<string, string>
  changedByName: string | null
  changedAt: Date
}

export async function insertVersion(
  trx: Executor,
  row: {
    campaignId: string
    version: number
    plan: Plan
    pinned: ReadonlyMap<string, string>
    changedBy: string | null
    at: Date
  },
): Promise<void> {
  await trx
    .insertInto('campaign_versions')
    .values({
      campaign_id: row.campaignId,
      version: row.version,
      plan: JSON.stringify(row.plan),
      pinned: JSON.stringify(Object.fromEntries(row.pinned)),
      changed_by: row.changedBy,
      changed_at: row.at,
    })
    .execute()
}

type RawVersion = Omit<VersionRow, 'plan'> & { plan: unknown }

/** Newest first; at most 100. */
export async function listVersions(db: Executor, campaignId: string): Promise<VersionRow[]> {
  const { rows } = await sql<RawVersion>`
    select v.version, v.plan, v.pinned, o.name as "changedByName", v.changed_at as "changedAt"
    from campaign_versions v left join operators o on o.id = v.changed_by
    where v.campaign_id = ${campaignId}::bigint order by v.version desc limit 100`.execute(db)
  return rows.map((row) => ({ ...row, plan: plan.parse(row.plan) }))
}

export async function findVersion(
  db: Executor,
  campaignId: string,
  version: number,
): Promise<{ plan: Plan; pinned: Map<string, string> } | undefined> {
  const { rows } = await sql<{ plan: unknown; pinned: Record<string, string> }>`
    select plan, pinned from campaign_versions
    where campaign_id = ${campaignId}::bigint and version = ${version}::int`.execute(db)
  const [row] = rows
  return row && { plan: plan.parse(row.plan), pinned: new Map(Object.entries(row.pinned)) }
}

export const setPinned = (
  trx: Executor,
  key: { campaignId: string; version: number },
  pinned: ReadonlyMap<string, string>,
) =>
  sql`update campaign_versions set pinned = ${JSON.stringify(Object.fromEntries(pinned))}::jsonb
    where campaign_id = ${key.campaignId}::bigint and version = ${key.version}::int`.execute(trx)
