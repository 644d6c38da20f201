import type { Ctx } from '../../../context.ts'
import { invalid, notFound } from '../../../kernel/errors.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import { canSeePersons, scopeOf } from '../../contacts/index.ts'
import type { RegisteredEvent, RegisteredProperty } from '../schema.ts'
import * as recent from './recent-store.ts'
import * as store from './store.ts'

type ListQuery = {
  q?: string | undefined
  ignored?: boolean | undefined
  sort: store.EventSort
  cursor?: string | undefined
  limit: number
}

/** Names of events as seen. The catalogue is the installation's: it says what happens, not to whom. */
export async function listRegisteredEvents(ctx: Ctx, query: ListQuery): Promise<Page<RegisteredEvent>> {
  const { cursor, limit, ...filter } = query
  const rows = await store.selectEvents(ctx.db, {
    ...filter,
    limit: limit + 1,
    after: cursor === undefined ? undefined : placeOf(cursor),
  })
  const { items, nextCursor } = toPage(rows, limit, cursorOf)
  return { items: items.map(({ sortKey: _key, ...event }) => event), nextCursor }
}

const cursorOf = ({ sortKey, name }: store.ListedEvent): string =>
  Buffer.from(JSON.stringify([sortKey, name])).toString('base64url')

function placeOf(cursor: string): { key: string; name: string } {
  try {
    const [key, name] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if (typeof key === 'string' && typeof name === 'string') return { key, name }
  } catch {}
  throw invalid('bad_cursor', 'the cursor is not one of this list')
}

export async function getRegisteredEvent(ctx: Ctx, name: string): Promise<RegisteredEvent> {
  const event = await store.selectEvent(ctx.db, name)
  if (event === undefined) throw notFound('event')
  return event
}

/** Samples are somebody's values, of whichever account: for those who may see all of them. */
export const seesSamples = (ctx: Ctx): boolean => canSeePersons(ctx.actor) && scopeOf(ctx) === null

export async function listRegisteredProperties(ctx: Ctx, event: string): Promise<RegisteredProperty[]> {
  await getRegisteredEvent(ctx, event)
  const properties = await store.selectProperties(ctx.db, { event })
  return seesSamples(ctx) ? properties : properties.map((one) => ({ ...one, sample: null }))
}

export async function getRegisteredProperty(
  ctx: Ctx,
  { event, name }: { event: string; name: string },
): Promise<RegisteredProperty> {
  const [found] = await store.selectProperties(ctx.db, { event, name })
  if (found === undefined) throw notFound('property')
  return seesSamples(ctx) ? found : { ...found, sample: null }
}

/** Values a property had lately among the people the caller may see. */
export async function suggestValues(
  ctx: Ctx,
  query: { event: string; property: string; q?: string | undefined; limit: number },
): Promise<{ items: { value: string; count: number }[]; lookedAt: number }> {
  if (!canSeePersons(ctx.actor)) return { items: [], lookedAt: 0 }
  return recent.selectValues(ctx.db, { ...query, scope: scopeOf(ctx) })
}

/** The newest events of a name, of accounts the caller may see. */
export async function listOccurrences(ctx: Ctx, { event, limit }: { event: string; limit: number }) {
  const rows = await recent.selectOccurrences(ctx.db, { event, limit, scope: scopeOf(ctx) })
  const whole = canSeePersons(ctx.actor)
  return rows.map((row) => ({
    id: row.id,
    contactId: row.contact_id,
    accountId: row.account_id,
    sourceId: row.source_id,
    at: row.at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    properties: whole ? row.properties : null,
  }))
}
