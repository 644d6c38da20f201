import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Page } from '../../kernel/paging.ts'
import { canSeePersons, maskName, shortenId } from '../contacts/index.ts'
import { type DeliveryRow, listDeliveries } from '../deliveries/index.ts'
import type { DeliveryState } from '../deliveries/schema.ts'
import type { CampaignPerson, Wait } from './schema/shapes.ts'
import { type CampaignKey, type CampaignRow, findCampaign } from './store/campaigns.ts'
import * as waits from './store/waits.ts'

type Ref = { contactId: string; fanId: string; name: string | null; openid: string | null }

/** Who people are, as the caller may see them; whoever is gone has neither name nor openid. */
export async function refsOf(
  ctx: Ctx,
  people: readonly { contactId: string; fanId: string }[],
): Promise<Map<string, Ref>> {
  if (people.length === 0) return new Map()
  const { rows } = await sql<{ fanId: string; openid: string; name: string | null }>`
    select f.id as "fanId", f.openid, coalesce(nullif(f.remark, ''), c.name) as name
    from fans f join contacts c on c.id = f.contact_id
    where f.id = any(${people.map(({ fanId }) => fanId)}::bigint[])`.execute(ctx.db)
  const whole = canSeePersons(ctx.actor)
  const found = new Map(rows.map((row) => [row.fanId, row]))
  return new Map(
    people.map(({ contactId, fanId }) => {
      const row = found.get(fanId)
      const name = row?.name ?? null
      const openid = row?.openid ?? null
      return [
        fanId,
        {
          contactId,
          fanId,
          name: name === null || whole ? name : maskName(name),
          openid: openid === null || whole ? openid : shortenId(openid),
        },
      ]
    }),
  )
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null
const nobody = (contactId: string, fanId: string): Ref => ({ contactId, fanId, name: null, openid: null })

export async function presentPeople(ctx: Ctx, rows: readonly DeliveryRow[]): Promise<CampaignPerson[]> {
  const refs = await refsOf(ctx, rows)
  return rows.map((row) => ({
    ...(refs.get(row.fanId) ?? nobody(row.contactId, row.fanId)),
    deliveryId: row.id,
    state: row.state,
    reason: row.reason,
    detail: detailFor(ctx, row),
    runId: row.runId,
    version: row.version,
    dueAt: row.dueAt.toISOString(),
    plannedAt: row.plannedAt.toISOString(),
    settledAt: iso(row.settledAt),
    clickedAt: iso(row.clickedAt),
    convertedAt: iso(row.convertedAt),
  }))
}

/** The value that broke a field's rule is the person's. */
export function detailFor(ctx: Ctx, { detail }: Pick<DeliveryRow, 'detail'>): Record<string, unknown> | null {
  if (detail === null || canSeePersons(ctx.actor) || !('value' in detail)) return detail
  const { value: _, ...rest } = detail
  return rest
}

type PeopleQuery = {
  state?: DeliveryState | undefined
  reason?: string | undefined
  runId?: string | undefined
  clicked?: 'true' | undefined
  converted?: 'true' | undefined
  cursor?: string | undefined
  limit: number
}

export async function listPeople(
  ctx: Ctx,
  key: CampaignKey,
  query: PeopleQuery,
): Promise<Page<CampaignPerson>> {
  const { sendId } = await existing(ctx, key)
  if (sendId === null) return { items: [], nextCursor: null }
  const page = await listDeliveries(ctx.db, {
    sendId,
    ...(query.state !== undefined && { states: [query.state] }),
    reason: query.reason,
    runId: query.runId,
    ...(query.clicked !== undefined && { clicked: true }),
    ...(query.converted !== undefined && { converted: true }),
    cursor: query.cursor,
    limit: query.limit,
  })
  return { items: await presentPeople(ctx, page.items), nextCursor: page.nextCursor }
}

type WaitQuery = { state: Wait['state']; cursor?: string | undefined; limit: number }

export async function listWaits(ctx: Ctx, key: CampaignKey, query: WaitQuery): Promise<Page<Wait>> {
  const { id } = await existing(ctx, key)
  const page = await waits.listWaits(ctx.db, { ...query, campaignId: id })
  const refs = await refsOf(ctx, page.items)
  return { items: page.items.map((row) => presentWait(row, refs)), nextCursor: page.nextCursor }
}

const presentWait = (row: waits.WaitRow, refs: ReadonlyMap<string, Ref>): Wait => ({
  ...(refs.get(row.fanId) ?? nobody(row.contactId, row.fanId)),
  id: row.id,
  state: row.state,
  version: row.version,
  aAt: row.aAt.toISOString(),
  deadline: row.deadline.toISOString(),
  dueAt: row.dueAt.toISOString(),
  bAt: iso(row.bAt),
  settledAt: iso(row.settledAt),
})

export async function existing(ctx: Ctx, key: CampaignKey): Promise<CampaignRow> {
  const row = await findCampaign(ctx.db, key)
  if (row === undefined) throw notFound('campaign')
  return row
}
