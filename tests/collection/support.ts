import type { Ctx } from '../../src/context.ts'
import { createSource, type NewSource } from '../../src/modules/sources/index.ts'
import type { SourceKeys } from '../../src/modules/sources/schema.ts'

export type TestSource = { id: string; keys: SourceKeys }

export const makeSource = (ctx: Ctx, overrides: Partial<NewSource> = {}): Promise<TestSource> =>
  createSource(ctx, { name: 'a source', kind: 'server', ...overrides })

export type StoredEvent = {
  id: string
  name: string
  at: Date
  received_at: Date
  contact_id: string | null
  fan_id: string | null
  account_id: string | null
  properties: Record<string, unknown>
}

/** What a source has in the log, as it is numbered. */
export async function eventsOf(ctx: Ctx, sourceId: string): Promise<StoredEvent[]> {
  const { rows } = await ctx.pool.query<StoredEvent>(
    `select id, name, at, received_at, contact_id, fan_id, account_id, properties from events where source_id = $1
     order by id`,
    [sourceId],
  )
  return rows
}

export async function rejectionsOf(ctx: Ctx, sourceId: string) {
  const { rows } = await ctx.pool.query<{ reason: string; detail: object; payload: string }>(
    'select reason, detail, payload from source_rejections where source_id = $1 order by id',
    [sourceId],
  )
  return rows
}

/** The person's open values, by key. */
export async function attributesOf(ctx: Ctx, contactId: string): Promise<Record<string, unknown>> {
  const { rows } = await ctx.pool.query<{ key: string; type: string; values: unknown[] }>(
    `select a.key, a.type, array_agg(coalesce(to_jsonb(v.number_value), to_jsonb(v.text_value)) order by v.item) as values
     from contact_attributes v join attributes a on a.id = v.attribute_id
     where v.contact_id = $1 and v.until = 'infinity' group by 1, 2`,
    [contactId],
  )
  return Object.fromEntries(rows.map((row) => [row.key, row.type === 'list' ? row.values : row.values[0]]))
}
