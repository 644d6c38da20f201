import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import { scopeOf } from '../contacts/index.ts'
import type { DeliveryState } from '../deliveries/schema.ts'
import { detailFor } from './people.ts'
import type { CampaignKind } from './schema/plan.ts'
import type { Touch } from './schema/views.ts'
import { personOf } from './why.ts'

type Row = {
  campaignId: string
  campaignName: string
  accountId: string
  accountName: string
  kind: CampaignKind
  deliveryId: string
  state: DeliveryState
  reason: string | null
  detail: Record<string, unknown> | null
  plannedAt: Date
  dueAt: Date
  settledAt: Date | null
  clickedAt: Date | null
  convertedAt: Date | null
}

/** What campaigns brought one person under any id they have had, newest first; test sends are left out. */
export async function touchesOf(
  ctx: Ctx,
  contactId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<Page<Touch>> {
  const { ids } = await personOf(ctx, contactId)
  const scope = scopeOf(ctx)
  const { rows } = await sql<Row>`
    select c.id as "campaignId", c.name as "campaignName", c.account_id as "accountId", a.name as "accountName", c.kind,
      d.id as "deliveryId", d.state, d.reason, d.detail, d.planned_at as "plannedAt", d.due_at as "dueAt",
      d.settled_at as "settledAt", d.clicked_at as "clickedAt", d.converted_at as "convertedAt"
    from deliveries d join campaigns c on c.send_id = d.send_id join accounts a on a.id = c.account_id
    where d.contact_id = any(${ids}::bigint[])
      and (${scope === null} or c.account_id = any(${[...(scope ?? [])]}::bigint[]))
      and (${cursor ?? null}::bigint is null or d.id < ${cursor ?? null}::bigint)
    order by d.id desc limit ${limit + 1}`.execute(ctx.db)
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null
  const items = rows.map((row) => ({
    ...row,
    detail: detailFor(ctx, row),
    plannedAt: row.plannedAt.toISOString(),
    dueAt: row.dueAt.toISOString(),
    settledAt: iso(row.settledAt),
    clickedAt: iso(row.clickedAt),
    convertedAt: iso(row.convertedAt),
  }))
  return toPage(items, limit, (row) => row.deliveryId)
}
