import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import { requireActivity } from '../activities/index.ts'
import type { ActivityFigures, FiledWork } from '../activities/schema.ts'
import { scopeOf } from '../contacts/index.ts'
import { totalsOf } from './figures.ts'
import type { Funnel } from './schema.ts'

type Row = {
  kind: FiledWork['kind']
  id: string
  account_id: string
  account_name: string
  name: string
  state: string
  created_at: Date
  send_id: string | null
  sent: string
  delivered: string
}
type Asked = { activityId: string; cursor?: string | undefined; limit: number }

const inScope = (scope: readonly string[] | null): RawBuilder<boolean> =>
  scope === null ? sql<boolean>`true` : sql<boolean>`w.account_id = any(${[...scope]}::bigint[])`

/** Broadcasts and campaigns of one activity, newest first, with what each came to. */
export async function listFiledWork(
  ctx: Ctx,
  { activityId, cursor, limit }: Asked,
): Promise<Page<FiledWork>> {
  await requireActivity(ctx.db, activityId)
  const [at, kind, id] = (cursor ?? '').split('_')
  const { rows } = await sql<Row & { at: string }>`
    select w.*, a.name as account_name, to_char(w.created_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS') as at
    from activity_work w join accounts a on a.id = w.account_id
    where w.activity_id = ${activityId}::bigint and ${inScope(scopeOf(ctx))}
      and ${
        id === undefined
          ? sql`true`
          : sql`(to_char(w.created_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS'), w.kind, w.id) < (${at}, ${kind}, ${id}::bigint)`
      }
    order by at desc, w.kind desc, w.id desc limit ${limit + 1}`.execute(ctx.db)
  const totals = await totalsOf(
    ctx.db,
    rows.flatMap((row) => row.send_id ?? []),
  )
  const page = toPage(rows, limit, (row) => `${row.at}_${row.kind}_${row.id}`)
  return { ...page, items: page.items.map((row) => present(row, totals.get(row.send_id ?? ''))) }
}

const present = (row: Row, totals: Funnel | undefined): FiledWork => ({
  key: `${row.kind}:${row.id}`,
  kind: row.kind,
  id: row.id,
  accountId: row.account_id,
  accountName: row.account_name,
  name: row.name,
  state: row.state,
  createdAt: row.created_at.toISOString(),
  sent: totals?.sent ?? Number(row.sent),
  delivered: totals?.delivered ?? Number(row.delivered),
  clicked: row.kind === 'broadcast' ? null : (totals?.clicked ?? 0),
  converted: row.kind === 'broadcast' ? null : (totals?.converted ?? 0),
  value: totals?.value ?? null,
})

/** The sums over all of them, of the caller's accounts. */
export async function activityFigures(ctx: Ctx, activityId: string): Promise<ActivityFigures> {
  await requireActivity(ctx.db, activityId)
  const { rows } = await sql<{
    broadcasts: string
    campaigns: string
    sent: string
    delivered: string
    sends: string[]
  }>`
    select count(*) filter (where w.kind = 'broadcast') as broadcasts, count(*) filter (where w.kind <> 'broadcast') as campaigns,
      coalesce(sum(w.sent), 0) as sent, coalesce(sum(w.delivered), 0) as delivered,
      coalesce(array_agg(w.send_id::text) filter (where w.send_id is not null), '{}') as sends
    from activity_work w where w.activity_id = ${activityId}::bigint and ${inScope(scopeOf(ctx))}`.execute(
    ctx.db,
  )
  const filed = rows[0]
  const totals = [...(await totalsOf(ctx.db, filed?.sends ?? [])).values()]
  const sum = (of: (totals: Funnel) => number) => totals.reduce((all, one) => all + of(one), 0)
  return {
    broadcasts: Number(filed?.broadcasts ?? 0),
    campaigns: Number(filed?.campaigns ?? 0),
    sent: Number(filed?.sent ?? 0) + sum((one) => one.sent),
    delivered: Number(filed?.delivered ?? 0) + sum((one) => one.delivered),
    clicked: sum((one) => one.clicked),
    converted: sum((one) => one.converted),
    conversions: sum((one) => one.conversions),
    value: totals.some((one) => one.value !== null) ? sum((one) => one.value ?? 0) : null,
  }
}
